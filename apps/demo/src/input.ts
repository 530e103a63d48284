import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { formatBytes } from "@llm/platform/terminal";
import { type InputKind, kindOf } from "./cleaning.js";
import { DemoError } from "./errors.js";

/** Files to read, in order, and what they are known by. */
export interface Input {
  /** For people: "705 files of node_modules (7.3 MB)". */
  title: string;
  files: string[];
  bytes: number;
  /** What most files are. */
  kind: InputKind;
  /** Where the input is larger than it may be: how much there is in all. */
  partOf?: { files: number; bytes: number };
  /** SHA-256 over the names and contents of the files. */
  sha256: string;
}

const readable = /\.(md|markdown|txt|html?|jsonl|ndjson|warc|wet)(\.gz)?$/i;
const documentation = /\.(md|html)$/i;

/**
 * The files of a run: those given, or the documentation in node_modules. Sorted by path; where they
 * are more than `limit` bytes, as many as fit, picked by a hash of their paths.
 */
export async function findInput(
  paths: readonly string[],
  limit: number,
  root = process.cwd(),
): Promise<Input> {
  const wanted = paths.length ? paths : ["node_modules"];
  const found = new Map<string, number>();
  for (const path of wanted) {
    const before = found.size;
    await collect(resolve(root, path), paths.length ? readable : documentation, found, path);
    if (found.size > before) continue;
    throw new DemoError(
      paths.length
        ? `${path}: no file here can be read. Files are taken by extension: .md .txt .html .jsonl .warc, each also with .gz`
        : "There is no documentation in node_modules: run npm ci first, or give --input <path>",
    );
  }
  const all = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const chosen = bound(all, limit, root);
  const bytes = chosen.reduce((sum, [, length]) => sum + length, 0);
  const hash = createHash("sha256");
  for (const [path] of chosen) {
    const content = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    hash.update(`${name(path, root)}\t${content}\n`);
  }
  return {
    title: `${chosen.length} ${chosen.length === 1 ? "file" : "files"} of ${wanted.join(", ")} (${formatBytes(bytes)})`,
    files: chosen.map(([path]) => path),
    bytes,
    kind: kindOf(chosen.map(([path]) => path)),
    ...(chosen.length < all.length && {
      partOf: { files: all.length, bytes: all.reduce((sum, [, length]) => sum + length, 0) },
    }),
    sha256: hash.digest("hex"),
  };
}

async function collect(path: string, kind: RegExp, found: Map<string, number>, given: string): Promise<void> {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR")
      throw new DemoError(`${given}: there is no such file or folder`);
    throw error;
  });
  if (!there.isDirectory()) {
    if (kind.test(path)) found.set(path, there.size);
    return;
  }
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || entry.isSymbolicLink()) continue; // a link may lead in a circle
    const child = join(path, entry.name);
    if (entry.isDirectory()) await collect(child, kind, found, given);
    else if (entry.isFile() && kind.test(entry.name)) found.set(child, (await stat(child)).size);
  }
}

function bound(files: [path: string, bytes: number][], limit: number, root: string): [string, number][] {
  if (files.reduce((sum, [, bytes]) => sum + bytes, 0) <= limit) return files;
  const key = new Map(
    files.map(([path]) => [path, createHash("sha256").update(name(path, root)).digest("hex")]),
  );
  const chosen = new Set<string>();
  let held = 0;
  for (const [path, bytes] of [...files].sort(([a], [b]) => (key.get(a)! < key.get(b)! ? -1 : 1))) {
    if (held + bytes > limit) continue;
    chosen.add(path);
    held += bytes;
  }
  if (chosen.size === 0) {
    throw new DemoError(
      `Every input file is larger than ${formatBytes(limit)}: raise --megabytes, or give smaller files`,
    );
  }
  return files.filter(([path]) => chosen.has(path));
}

/** A path as it is on every machine that has the same files. */
function name(path: string, root: string): string {
  return relative(root, path).replaceAll("\\", "/");
}
