import { readdir, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { MissingPathError } from "./errors.js";

/** A file found, and what it is called relative to where the search began, with `/` on every system. */
export interface FoundFile {
  path: string;
  id: string;
}

interface Root {
  folder: string;
  accepts: (path: string) => boolean;
  /** Set where the root is one file. */
  file?: string;
}

/**
 * The files at some paths, each of which is a file, a folder or a pattern with `*`, `**`, `?` or `{a,b}`. Sorted by path within
 * each; a file comes once. Hidden files and folders, and links to folders, are passed over.
 */
export async function* walkPaths(paths: readonly string[]): AsyncGenerator<FoundFile> {
  const roots = await Promise.all(paths.map(toRoot));
  const base = commonFolder(roots.map(({ folder }) => folder));
  const seen = new Set<string>();
  for (const { folder, accepts, file } of roots) {
    for await (const path of file ? [file] : walk(folder)) {
      if (seen.has(path) || !accepts(slashes(relative(folder, path)))) continue;
      if (roots.length > 1) seen.add(path);
      yield { path, id: slashes(relative(base, path)) };
    }
  }
}

async function toRoot(path: string): Promise<Root> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { folder: resolve(path), accepts: () => true };
  if (found) return { folder: dirname(resolve(path)), accepts: () => true, file: resolve(path) };
  const parts = slashes(path).split("/");
  const magic = parts.findIndex((part) => /[*?{]/.test(part));
  if (magic < 0) throw new MissingPathError(path);
  const folder = parts.slice(0, magic).join("/") || (path.startsWith("/") ? "/" : ".");
  if (!(await stat(folder).catch(() => undefined))) throw new MissingPathError(folder);
  const pattern = globPattern(parts.slice(magic).join("/"));
  return { folder: resolve(folder), accepts: (id) => pattern.test(id) };
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

/** `**` stands for any folders, `*` and `?` stay within a name. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[.+^$()|[\]\\{}]/g, (token) => {
    if (token === "**/") return "(?:[^/]+/)*";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token.length > 1) {
      return `(?:${token
        .slice(1, -1)
        .split(",")
        .map((part) => globPattern(part).source.slice(1, -1))
        .join("|")})`;
    }
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`, "u");
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
