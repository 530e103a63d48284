import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Document } from "../document.js";
import { AtomicFile, syncFolder } from "./file.js";
import type { ShardEntry, TokenManifest } from "./manifest.js";

/** What `writeTokens` needs of a tokenizer; those of `@llm/bpe` have it. */
export interface ShardTokenizer {
  readonly vocabSize: number;
  /** Ids of a text taken literally: text that looks like a special token is text. */
  encodeOrdinary(text: string): ArrayLike<number>;
  readonly specialTokens?: ReadonlyMap<string, number>;
  /** Content of its `tokenizer.json`. */
  toHF?(): object;
}

/** Options of `writeTokens`. */
export interface WriteTokensOptions {
  /** Tokens after which a shard is closed; a document is never cut. Default 2^27 (256 MiB of uint16). */
  readonly shardTokens?: number | undefined;
  /** Written after every document: an id, a special token's name, or null for none. Default `<|endoftext|>`. */
  readonly separator?: number | string | null | undefined;
  /** Text of the tokenizer's `tokenizer.json`, whose hash goes into the manifest. Default `JSON.stringify(tokenizer.toHF())`. */
  readonly tokenizerJson?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every document. */
  readonly onProgress?:
    | ((progress: { documents: number; tokens: number; shards: number }) => void)
    | undefined;
}

/** Tokens that cannot be written: an id outside the vocabulary, or a separator that the tokenizer does not know. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

/**
 * Encodes documents into token shards in `folder`: `00000.tokens`, `00000.index`, .. and, last, `manifest.json`. Files are
 * written beside their places, flushed and moved there together at the end, so a run that is killed or fails leaves either
 * the folder as it was or one without a manifest, which nothing reads. When a run fails it removes what it began and
 * nothing else. A finished run replaces the shards that were there. Throws `DiskFullError`, `TokenError`, or the signal's
 * reason.
 */
export async function writeTokens(
  tokenizer: ShardTokenizer,
  documents: AsyncIterable<Pick<Document, "text">> | Iterable<Pick<Document, "text">>,
  folder: string,
  options: WriteTokensOptions = {},
): Promise<TokenManifest> {
  const { shardTokens = 2 ** 27, signal, onProgress } = options;
  const tokenizerJson = options.tokenizerJson ?? (tokenizer.toHF && JSON.stringify(tokenizer.toHF()));
  if (!(shardTokens >= 1)) throw new RangeError(`shardTokens is ${shardTokens}, but has to be at least 1`);
  const separator = separatorId(tokenizer, options.separator);
  const dtype = tokenizer.vocabSize <= 65_536 ? "uint16" : "uint32";
  await mkdir(folder, { recursive: true });
  const begun: AtomicFile[] = [];
  const shards: ShardEntry[] = [];
  const total = { documents: 0, tokens: 0, shards: 0 };
  try {
    let shard: Shard | undefined;
    for await (const { text } of documents) {
      signal?.throwIfAborted();
      shard ??= await Shard.create(folder, shards.length, dtype, begun);
      total.tokens += await shard.add(tokenizer.encodeOrdinary(text), separator, tokenizer.vocabSize);
      total.documents++;
      if (shard.count >= shardTokens) {
        shards.push(await shard.close());
        shard = undefined;
      }
      total.shards = shards.length + (shard ? 1 : 0);
      onProgress?.({ ...total });
    }
    if (shard) shards.push(await shard.close());
    const manifest: TokenManifest = {
      version: 1,
      dtype,
      vocabSize: tokenizer.vocabSize,
      tokenizer: tokenizerJson === undefined ? null : sha256(tokenizerJson),
      separator,
      tokens: total.tokens,
      documents: total.documents,
      shards,
    };
    const last = await AtomicFile.create(join(folder, "manifest.json"));
    begun.push(last);
    await last.write(new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
    await last.close();
    signal?.throwIfAborted();
    await publish(folder, begun);
    return manifest;
  } finally {
    for (const file of begun) await file.discard();
  }
}

/** From here on the folder has no manifest until all its shards are the new ones. */
async function publish(folder: string, files: readonly AtomicFile[]): Promise<void> {
  await rm(join(folder, "manifest.json"), { force: true });
  await syncFolder(folder);
  for (const file of files.slice(0, -1)) await file.commit();
  const current = new Set(files.map(({ path }) => path));
  for (const name of await readdir(folder)) {
    if (/^\d{5}\.(?:tokens|index)(?:\.tmp)?$/.test(name) && !current.has(join(folder, name)))
      await rm(join(folder, name));
  }
  await syncFolder(folder);
  await files.at(-1)!.commit();
  await syncFolder(folder);
}

class Shard {
  count = 0;
  private readonly tokens: AtomicFile;
  private readonly index: AtomicFile;
  private readonly dtype: "uint16" | "uint32";
  private readonly name: string;
  private readonly ends: number[] = [];

  private constructor(name: string, dtype: "uint16" | "uint32", tokens: AtomicFile, index: AtomicFile) {
    this.name = name;
    this.dtype = dtype;
    this.tokens = tokens;
    this.index = index;
  }

  static async create(
    folder: string,
    number: number,
    dtype: "uint16" | "uint32",
    begun: AtomicFile[],
  ): Promise<Shard> {
    const name = `${number}`.padStart(5, "0");
    const tokens = await AtomicFile.create(join(folder, `${name}.tokens`));
    begun.push(tokens);
    const index = await AtomicFile.create(join(folder, `${name}.index`));
    begun.push(index);
    return new Shard(name, dtype, tokens, index);
  }

  /** Appends a document and its separator; answers how many tokens that were. */
  async add(ids: ArrayLike<number>, separator: number | null, vocabSize: number): Promise<number> {
    const count = ids.length + (separator === null ? 0 : 1);
    const width = this.dtype === "uint16" ? 2 : 4;
    const view = new DataView(new ArrayBuffer(count * width));
    for (let i = 0; i < count; i++) {
      const id = i < ids.length ? ids[i]! : separator!;
      if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
        throw new TokenError(
          `token id ${id} is outside the vocabulary of ${vocabSize}: is this the tokenizer's encoder?`,
        );
      }
      if (width === 2) view.setUint16(2 * i, id, true);
      else view.setUint32(4 * i, id, true);
    }
    await this.tokens.write(new Uint8Array(view.buffer));
    this.count += count;
    this.ends.push(this.count);
    return count;
  }

  async close(): Promise<ShardEntry> {
    const view = new DataView(new ArrayBuffer(8 * this.ends.length));
    for (const [i, end] of this.ends.entries()) view.setBigUint64(8 * i, BigInt(end), true);
    await this.index.write(new Uint8Array(view.buffer));
    await this.index.close();
    const sha256 = await this.tokens.close();
    const { name, count } = this;
    return { tokens: `${name}.tokens`, index: `${name}.index`, count, documents: this.ends.length, sha256 };
  }
}

function separatorId(
  tokenizer: ShardTokenizer,
  separator: number | string | null = "<|endoftext|>",
): number | null {
  if (separator === null) return null;
  const id = typeof separator === "number" ? separator : tokenizer.specialTokens?.get(separator);
  if (id === undefined) {
    const known = [...(tokenizer.specialTokens?.keys() ?? [])].join(", ") || "none";
    throw new TokenError(
      `separator ${separator} is no special token of the tokenizer (it has: ${known}); pass an id, or null for none`,
    );
  }
  if (!Number.isInteger(id) || id < 0 || id >= tokenizer.vocabSize) {
    throw new TokenError(`separator ${id} is outside the vocabulary of ${tokenizer.vocabSize}`);
  }
  return id;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
