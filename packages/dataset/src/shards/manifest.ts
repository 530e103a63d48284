import { readFile } from "node:fs/promises";
import { join } from "node:path";

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
}

/** A manifest that is missing or does not say what it should. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

/** Reads and checks the manifest of a folder; throws `ManifestError`. */
export async function readManifest(folder: string): Promise<TokenManifest> {
  const path = join(folder, "manifest.json");
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
