import { createReadStream } from "node:fs";
import { check } from "../check.js";
import type { UrlLists } from "../filters/url-filter.js";
import { readUrlList } from "../filters/url-lists.js";
import { MissingPathError } from "./errors.js";

/** Where lists are: the path of a file, plain or gzip, or of several that make one list. */
export type UrlListPaths = { readonly [list in keyof UrlLists]?: string | readonly string[] };

/**
 * Reads the lists for `urlFilter` from files.
 *
 * @throws MissingPathError, UrlListError
 */
export async function readUrlLists(paths: UrlListPaths): Promise<UrlLists> {
  check("readUrlLists", paths, {
    domains: "string|array",
    urls: "string|array",
    words: "string|array",
    softWords: "string|array",
    subwords: "string|array",
  });
  const lists: Record<string, string[]> = {};
  for (const [list, given] of Object.entries(paths)) {
    const entries: string[] = [];
    for (const path of typeof given === "string" ? [given] : given) {
      for (const entry of await readFile(path)) entries.push(entry);
    }
    lists[list] = entries;
  }
  return lists;
}

async function readFile(path: string): Promise<string[]> {
  try {
    return await readUrlList(createReadStream(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new MissingPathError(path);
    throw error;
  }
}
