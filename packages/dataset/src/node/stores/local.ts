import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { SourceFile } from "../../step.js";
import { MissingPathError } from "../errors.js";
import { parsePattern } from "./pattern.js";
import type { StoredFile } from "./store.js";

/**
 * The files at some paths: each path is a file, a folder or a pattern. Sorted by path within each; a file is
 * called by its path relative to the deepest folder that holds everything, with `/` on every system. Hidden files and folders, and
 * links to folders, are passed over.
 *
 * @throws MissingPathError
 */
export async function* findLocal(paths: readonly string[]): AsyncGenerator<SourceFile> {
  const roots = await Promise.all(paths.map(toRoot));
  const base = commonFolder(roots.map(({ folder }) => folder));
  for (const { folder, accepts, file } of roots) {
    for await (const path of file ? [file] : walk(folder)) {
      if (accepts(slashes(relative(folder, path)))) yield { path, id: slashes(relative(base, path)) };
    }
  }
}

/** A file of this machine. */
export function localFile(path: string): StoredFile {
  return {
    bytes: () => createReadStream(path, { highWaterMark: 2 ** 18 }),
    size: async () => (await stat(path)).size,
    async slice(start, end) {
      const bytes = new Uint8Array(end - start);
      const file = await open(path, "r");
      try {
        let at = 0;
        while (at < bytes.length) {
          const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
          if (bytesRead === 0) break;
          at += bytesRead;
        }
        return bytes.subarray(0, at);
      } finally {
        await file.close();
      }
    },
  };
}

interface Root {
  folder: string;
  accepts: (path: string) => boolean;
  /** Set where the root is one file. */
  file?: string;
}

async function toRoot(path: string): Promise<Root> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { folder: resolve(path), accepts: () => true };
  if (found) return { folder: dirname(resolve(path)), accepts: () => true, file: resolve(path) };
  const pattern = slashes(path);
  const { base, isGlob } = parsePattern(pattern);
  if (!isGlob) throw new MissingPathError(path);
  const folder = base === "" ? "." : base;
  if (!(await stat(folder).catch(() => undefined))) throw new MissingPathError(folder);
  return { folder: resolve(folder), accepts: parsePattern(pattern.slice(base.length)).accepts };
}

async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  // As the whole paths would be sorted: a folder's name is followed by a slash.
  const keyed = entries.map((entry) => ({
    entry,
    key: entry.isDirectory() ? `${entry.name}/` : entry.name,
  }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { entry } of keyed) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile() || (await stat(path).catch(() => undefined))?.isFile()) yield path;
  }
}

function commonFolder(folders: readonly string[]): string {
  let common = folders[0] ?? ".";
  while (!folders.every((folder) => folder === common || folder.startsWith(common + sep) || common === sep)) {
    common = dirname(common);
  }
  return common;
}

function slashes(path: string): string {
  return path.split(sep).join("/");
}
