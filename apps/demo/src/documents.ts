import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Document } from "@llm/dataset";
import { packageOf, type TitledDocument } from "./lessons/facts.js";
import { reading } from "./reading.js";

/** What documents are called by. */
export type Titles = "packages" | "headings";

/**
 * A kept document with its title: its first heading or what its page says, else its file's name. Among packages READMEs are called by
 * their package, and nothing else can be asked for.
 */
export function titled({ id, text, meta }: Document, titles: Titles): TitledDocument {
  const own = meta["title"];
  const file = basename(id).replace(/\.\w+(\.gz)?(#\d+)?$/i, "");
  const heading = (typeof own === "string" && own.replace(/\s+/g, " ").trim()) || file;
  if (titles === "headings") return { id, title: heading, isSubject: true, text };
  const name = packageOf(id);
  return { id, title: name ?? heading, isSubject: name !== undefined, text };
}

/** A document as the model reads it: its title in a line of its own. */
export function withTitle({ title, text }: TitledDocument): string {
  return `${title}\n${text}`;
}

/** The documents of a file that the cleaning left. */
export async function readDocuments(path: string): Promise<TitledDocument[]> {
  return reading(path, async () => {
    const lines = (await readFile(path, "utf8")).split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as TitledDocument);
  });
}
