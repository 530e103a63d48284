import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "@llm/platform/durable";
import { type SinkTask, taskName } from "../sink.js";
import type { ShardTokenizer } from "./encode.js";
import { AtomicFile } from "./file.js";

/** One shard: its files, what they hold, and the checksum of the tokens. */
export interface ShardEntry {
  /** File of little-endian token ids. */
  readonly tokens: string;
  /** File of little-endian u64 document ends: token offsets within the shard, the separator included. */
  readonly index: string;
  /** Tokens. */
  readonly count: number;
  readonly documents: number;
  /** SHA-256 of the token file, hex. */
  readonly sha256: string;
}

/** `manifest.json` of a folder of token shards. A folder without one is no set of shards. */
export interface TokenManifest {
  readonly version: 1;
  readonly dtype: "uint16" | "uint32";
  readonly vocabSize: number;
  /** SHA-256 of the tokenizer's `tokenizer.json` text, hex; null where the tokenizer does not give one. */
  readonly tokenizer: string | null;
  /** Id after every document; null for none. */
  readonly separator: number | null;
  readonly tokens: number;
  readonly documents: number;
  readonly shards: readonly ShardEntry[];
  /** In the manifest of one task of several: which. */
  readonly task?: SinkTask;
}

/** A manifest that is missing or does not say what it should. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

/** Reads and checks the manifest of a folder; throws `ManifestError`. */
export function readManifest(folder: string): Promise<TokenManifest> {
  return read(join(folder, manifestName()));
}

/**
 * Joins the manifests of all tasks that wrote to a folder into its `manifest.json`, the shards in order of rank. Throws
 * `ManifestError` where a task has not finished, or the tasks do not belong together.
 */
export async function mergeManifests(folder: string): Promise<TokenManifest> {
  const names = (await readdir(folder)).filter((name) => /^\d{5}\.manifest\.json$/.test(name)).sort();
  const parts: TokenManifest[] = [];
  for (const name of names) parts.push(await read(join(folder, name)));
  const world = parts[0]?.task?.world ?? 0;
  for (let rank = 0; rank < Math.max(world, parts.length, 1); rank++) {
    const { task } = parts[rank] ?? {};
    if (task?.rank !== rank || task.world !== world)
      throw new ManifestError(
        `${folder}: there is no manifest of task ${rank} of ${world}: let every task finish, and clear what another run left`,
      );
  }
  const { task: _, ...first } = parts[0]!;
  for (const [rank, part] of parts.entries()) {
    for (const field of ["dtype", "vocabSize", "tokenizer", "separator"] as const)
      if (part[field] !== first[field])
        throw new ManifestError(
          `${folder}: ${field} is ${part[field]} in task ${rank} and ${first[field]} in task 0`,
        );
  }
  const merged: TokenManifest = {
    ...first,
    tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
    documents: parts.reduce((sum, { documents }) => sum + documents, 0),
    shards: parts.flatMap(({ shards }) => shards),
  };
  const file = await writeManifest(folder, merged);
  await file.commit();
  await syncFolder(folder);
  return merged;
}

/** Of the folder, or of one task of several. */
export function manifestName(task?: SinkTask): string {
  return task && task.world > 1 ? `${taskName(task)}.manifest.json` : "manifest.json";
}

/** A manifest beside its place, to be moved there when all it names is in place. */
export async function writeManifest(folder: string, manifest: TokenManifest): Promise<AtomicFile> {
  const file = await AtomicFile.create(join(folder, manifestName(manifest.task)));
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
    await file.close();
    return file;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** What a manifest knows a tokenizer by. */
export function tokenizerHash(tokenizer: ShardTokenizer, json?: string): string | null {
  const text = json ?? (tokenizer.toHF && JSON.stringify(tokenizer.toHF()));
  return text === undefined ? null : createHash("sha256").update(text).digest("hex");
}

async function read(path: string): Promise<TokenManifest> {
  let manifest: TokenManifest;
  try {
    manifest = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const why = isMissing(cause)
      ? "is not there: the shards were never finished, write them again"
      : "is not JSON";
    throw new ManifestError(`${path} ${why}`, { cause });
  }
  const problem = findProblem(manifest);
  if (problem) throw new ManifestError(`${path}: ${problem}`);
  return manifest;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function findProblem(manifest: TokenManifest): string | undefined {
  if (typeof manifest !== "object" || manifest === null) return "is no object";
  if (manifest.version !== 1) return `version is ${manifest.version}, this library reads version 1`;
  if (manifest.dtype !== "uint16" && manifest.dtype !== "uint32")
    return `dtype is ${manifest.dtype}, not uint16 or uint32`;
  if (!Array.isArray(manifest.shards)) return "shards is no list";
  for (const field of ["tokens", "documents"] as const) {
    const key = field === "tokens" ? "count" : field;
    const sum = manifest.shards.reduce((total, shard) => total + shard[key], 0);
    if (sum !== manifest[field]) return `${field} is ${manifest[field]}, but the shards hold ${sum}`;
  }
  return undefined;
}
