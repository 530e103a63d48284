// Token shards as @llm/dataset writes them: little-endian ids in NNNNN.tokens beside a manifest.json.
// Nothing is held in memory but the manifest: every row of a batch is read from its place in the file.
import { createHash } from "node:crypto";
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { endianness } from "node:os";
import { basename, join } from "node:path";
import { check } from "../check.js";
import type { Batch, Batches, BatchKey } from "../data/batch.js";
import { PackedRows } from "../data/packing.js";
import { checkRows, ROWS, type RowOptions, requireRows } from "../data/token-array.js";
import { cut, dealtStarts, rowStarts } from "../data/windows.js";
import { DataError } from "../errors.js";

interface Shard {
  tokens: string;
  index: string;
  count: number;
  documents: number;
  sha256: string;
}

interface Manifest {
  version: number;
  dtype: "uint16" | "uint32";
  vocabSize: number;
  tokenizer: string;
  separator: number | null;
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
  window(start: number, count: number): Uint16Array | Uint32Array {
    let first = start;
    let index = 0;
    for (const shard of this.manifest.shards) {
      const here = Math.max(0, shard.count - (count - 1));
      if (first < here) break;
      first -= here;
      index++;
    }
    return this.#read(index, first, count);
  }

  /** Tokens within one shard, from a place among all tokens. */
  read(start: number, count: number): Uint16Array | Uint32Array {
    let first = start;
    let index = 0;
    for (const shard of this.manifest.shards) {
      if (first < shard.count) break;
      first -= shard.count;
      index++;
    }
    return this.#read(index, first, count);
  }

  /** Where each document ends, among all tokens. @throws {DataError} for an index that does not fit its shard */
  ends(): Float64Array {
    const { shards } = this.manifest;
    const ends = new Float64Array(shards.reduce((sum, { documents }) => sum + documents, 0));
    let document = 0;
    let base = 0;
    for (const { index, documents, count } of shards) {
      const path = join(this.#folder, index);
      let bytes: Buffer;
      try {
        bytes = readFileSync(path);
      } catch (error) {
        throw new DataError(`"${path}" cannot be read; packing needs to know where documents end`, {
          cause: error,
        });
      }
      const last =
        documents > 0 && bytes.length === 8 * documents
          ? Number(bytes.readBigUInt64LE(8 * (documents - 1)))
          : 0;
      if (bytes.length !== 8 * documents || last !== count) {
        throw new DataError(
          `"${path}" is not the index of ${documents} documents in ${count} tokens; make the shards anew`,
        );
      }
      let before = 0;
      for (let i = 0; i < documents; i++) {
        const end = Number(bytes.readBigUInt64LE(8 * i));
        if (end < before) throw new DataError(`"${path}": document ${i} ends at ${end}, before it begins`);
        ends[document++] = base + end;
        before = end;
      }
      base += count;
    }
    return ends;
  }

  #read(index: number, first: number, count: number): Uint16Array | Uint32Array {
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
export interface TokenShardsOptions extends RowOptions {
  /** Also read every shard and compare its SHA-256. Default false: sizes only. */
  verify?: boolean;
}

/** Batches from shards on disk. A row never crosses from one shard into the next, but where documents are packed. */
export class TokenShards implements Batches {
  /** Ids are below this. */
  readonly vocabSize: number;
  /** SHA-256 of the tokenizer.json the ids were made with. */
  readonly tokenizer: string;
  /** The hashes of the tokenizer and of every shard. */
  readonly description: Readonly<Record<string, unknown>>;
  readonly #splits: ReadonlyMap<string, Split>;
  readonly #how: RowOptions;
  readonly #packed = new Map<string, PackedRows>();

  private constructor(splits: ReadonlyMap<string, Split>, how: RowOptions) {
    const [first] = splits.values();
    this.#splits = splits;
    this.vocabSize = first!.manifest.vocabSize;
    this.tokenizer = first!.manifest.tokenizer;
    const shardsOf = ([name, { manifest }]: [string, Split]) => [
      name,
      manifest.shards.map(({ sha256 }) => sha256),
    ];
    this.#how = how;
    this.description = {
      ...how,
      tokenizer: this.tokenizer,
      shards: Object.fromEntries([...splits].map(shardsOf)),
    };
  }

  /**
   * Opens `folder`, which holds `train/` and `val/` with a manifest each, or one manifest: then all is `"train"`.
   * @throws {DataError} when a manifest or shard is absent, malformed, cut short, or the splits do not belong together
   */
  static async open(folder: string, options: TokenShardsOptions = {}): Promise<TokenShards> {
    check("TokenShards.open", options, { ...ROWS, verify: "boolean" });
    const { verify = false, ...how } = options;
    checkRows("TokenShards.open", how);
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
      if (verify) {
        for (const split of splits.values()) await split.verify();
      }
    } catch (error) {
      for (const split of splits.values()) split.close();
      throw error;
    }
    return new TokenShards(splits, how);
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
    const { packing = "stream", windows = "random", isolate = false } = this.#how;
    if (packing === "stream") {
      const positions = split.positions(key.blockSize);
      requireRows(positions, key, `no shard of more than ${key.blockSize} tokens`);
      const startsOf = windows === "dealt" ? dealtStarts : rowStarts;
      return cut(startsOf(key, positions), key.blockSize, (start, count) => split.window(start, count));
    }
    let packed = this.#packed.get(key.split);
    if (!packed) {
      const { separator } = split.manifest;
      const read = (start: number, count: number) => split.read(start, count);
      packed = new PackedRows({ ends: split.ends(), separator, read }, packing, isolate);
      this.#packed.set(key.split, packed);
    }
    requireRows(packed.count(key), key, `${split.manifest.tokens} tokens in its documents`);
    return packed.batch(key);
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
