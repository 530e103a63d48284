// Token shards as @llm/dataset writes them: little-endian ids in NNNNN.tokens beside a manifest.json.
// Nothing is held in memory but the manifest: every row of a batch is read from its place in the file.
import { createHash } from "node:crypto";
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { endianness } from "node:os";
import { basename, join } from "node:path";
import { type Batch, type Batches, type BatchKey, cut, rowStarts } from "../batches.js";
import { check } from "../check.js";
import { DataError } from "../errors.js";

interface Shard {
  tokens: string;
  count: number;
  sha256: string;
}

interface Manifest {
  version: number;
  dtype: "uint16" | "uint32";
  vocabSize: number;
  tokenizer: string;
  tokens: number;
  shards: Shard[];
}

/** One split: its manifest, and its files held open. */
class Split {
  readonly manifest: Manifest;
  readonly #folder: string;
  readonly #files: number[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    this.manifest = readManifest(folder);
    try {
      for (const shard of this.manifest.shards) {
        const path = join(folder, shard.tokens);
        const file = openSync(path, "r");
        this.#files.push(file);
        const { size } = fstatSync(file);
        if (size !== shard.count * this.width) {
          throw new DataError(
            `"${path}" has ${size} bytes where ${shard.count} ${this.manifest.dtype} tokens take ${shard.count * this.width}; it was cut short or is another run's`,
          );
        }
      }
    } catch (error) {
      this.close();
      throw error instanceof DataError
        ? error
        : new DataError(`"${folder}" lacks a shard its manifest names`, { cause: error });
    }
  }

  /** Bytes of one token. */
  get width(): 2 | 4 {
    return this.manifest.dtype === "uint16" ? 2 : 4;
  }

  /** Windows of blockSize + 1 tokens within one shard, over all shards. */
  positions(blockSize: number): number {
    return this.manifest.shards.reduce((total, { count }) => total + Math.max(0, count - blockSize), 0);
  }

  /** The tokens of window number `start`. */
  read(start: number, count: number): Uint16Array | Uint32Array {
    let first = start;
    let index = 0;
    for (const shard of this.manifest.shards) {
      const here = Math.max(0, shard.count - (count - 1));
      if (first < here) break;
      first -= here;
      index++;
    }
    const bytes = Buffer.allocUnsafeSlow(count * this.width);
    let done = 0;
    while (done < bytes.length) {
      const position = first * this.width + done;
      const got = readSync(this.#files[index]!, bytes, done, bytes.length - done, position);
      if (got === 0) {
        const { tokens } = this.manifest.shards[index]!;
        throw new DataError(`"${join(this.#folder, tokens)}" ended early; it changed while open`);
      }
      done += got;
    }
    if (endianness() === "BE") {
      this.width === 2 ? bytes.swap16() : bytes.swap32();
    }
    return this.width === 2 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
  }

  /** Compares every shard with its SHA-256, reading it in pieces. */
  async verify(): Promise<void> {
    for (const { tokens, sha256 } of this.manifest.shards) {
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(join(this.#folder, tokens))) {
        hash.update(chunk as Uint8Array);
      }
      if (hash.digest("hex") !== sha256) {
        throw new DataError(`"${join(this.#folder, tokens)}" does not match its SHA-256; make it anew`);
      }
    }
  }

  close(): void {
    for (const file of this.#files.splice(0)) closeSync(file);
  }
}

/** Options of {@link TokenShards.open}. */
export interface TokenShardsOptions {
  /** Also read every shard and compare its SHA-256. Default false: sizes only. */
  verify?: boolean;
}

/** Batches of random windows from shards on disk. A window never crosses from one shard into the next. */
export class TokenShards implements Batches {
  /** Ids are below this. */
  readonly vocabSize: number;
  /** SHA-256 of the tokenizer.json the ids were made with. */
  readonly tokenizer: string;
  /** The hashes of the tokenizer and of every shard. */
  readonly description: Readonly<Record<string, unknown>>;
  readonly #splits: ReadonlyMap<string, Split>;

  private constructor(splits: ReadonlyMap<string, Split>) {
    const [first] = splits.values();
    this.#splits = splits;
    this.vocabSize = first!.manifest.vocabSize;
    this.tokenizer = first!.manifest.tokenizer;
    const shardsOf = ([name, { manifest }]: [string, Split]) => [
      name,
      manifest.shards.map(({ sha256 }) => sha256),
    ];
    this.description = { tokenizer: this.tokenizer, shards: Object.fromEntries([...splits].map(shardsOf)) };
  }

  /**
   * Opens `folder`, which holds `train/` and `val/` with a manifest each, or one manifest: then all is `"train"`.
   * @throws {DataError} when a manifest or shard is absent, malformed, cut short, or the splits do not belong together
   */
  static async open(folder: string, options: TokenShardsOptions = {}): Promise<TokenShards> {
    check("TokenShards.open", options, { verify: "boolean" });
    const splits = new Map<string, Split>();
    try {
      if (hasManifest(folder)) {
        splits.set("train", new Split(folder));
      } else {
        for (const name of ["train", "val"]) {
          if (hasManifest(join(folder, name))) splits.set(name, new Split(join(folder, name)));
        }
      }
      const [first] = splits.values();
      if (!first) {
        throw new DataError(
          `"${folder}" has no manifest.json, nor has its train/ or val/; write shards with @llm/dataset first`,
        );
      }
      for (const [name, { manifest }] of splits) {
        if (
          manifest.tokenizer !== first.manifest.tokenizer ||
          manifest.vocabSize !== first.manifest.vocabSize
        ) {
          throw new DataError(`"${folder}": ${name} was made with another tokenizer than train`);
        }
      }
      if (options.verify) {
        for (const split of splits.values()) await split.verify();
      }
    } catch (error) {
      for (const split of splits.values()) split.close();
      throw error;
    }
    return new TokenShards(splits);
  }

  /** Tokens in a split; 0 for one that is not there. */
  tokens(split: string): number {
    return this.#splits.get(split)?.manifest.tokens ?? 0;
  }

  /** @throws {DataError} for an absent split, or one too short for a single row */
  batch(key: BatchKey): Batch {
    const split = this.#splits.get(key.split);
    if (!split) {
      throw new DataError(`there is no split "${key.split}"; there are ${[...this.#splits.keys()]}`);
    }
    const positions = split.positions(key.blockSize);
    if (positions < 1) {
      throw new DataError(
        `no shard of split "${key.split}" has the ${key.blockSize + 1} tokens a window of blockSize = ${key.blockSize} needs`,
      );
    }
    return cut(rowStarts(key, positions), key.blockSize, (start, count) => split.read(start, count));
  }

  /** Closes the files. */
  close(): void {
    for (const split of this.#splits.values()) split.close();
  }
}

function readText(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, "manifest.json"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new DataError(`"${folder}": manifest.json cannot be read`, { cause: error });
  }
}

function hasManifest(folder: string): boolean {
  return readText(folder) !== undefined;
}

function readManifest(folder: string): Manifest {
  const refuse = (what: string, cause?: unknown): never => {
    throw new DataError(`"${join(folder, "manifest.json")}": ${what}`, { cause });
  };
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readText(folder)!);
  } catch (error) {
    return refuse("is not JSON; was it cut short?", error);
  }
  const { version, dtype, vocabSize, shards, tokens } = manifest;
  if (version !== 1) refuse(`version is ${version}; version 1 is read here`);
  if (dtype !== "uint16" && dtype !== "uint32") refuse(`dtype is "${dtype}"; it must be uint16 or uint32`);
  if (!Number.isSafeInteger(vocabSize) || vocabSize < 1 || (dtype === "uint16" && vocabSize > 65_536)) {
    refuse(`vocabSize ${vocabSize} does not go with ${dtype}`);
  }
  if (!Array.isArray(shards) || shards.length === 0) refuse("names no shards");
  for (const { tokens, count, sha256 } of shards.map((shard) => ({ ...shard }))) {
    if (
      typeof tokens !== "string" ||
      basename(tokens) !== tokens ||
      !Number.isSafeInteger(count) ||
      count < 0 ||
      typeof sha256 !== "string"
    ) {
      refuse(
        `names a shard without file name, count and sha256: ${JSON.stringify({ tokens, count, sha256 })}`,
      );
    }
  }
  const counted = shards.reduce((total, { count }) => total + count, 0);
  if (counted !== tokens) refuse(`tokens is ${tokens}, but its shards count ${counted}`);
  return manifest;
}
