import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { syncFolder } from "@llm/platform/durable";
import { type SinkState, type SinkTask, type SinkWriter, taskName } from "../sink.js";
import { type Separator, type ShardTokenizer, TokenEncoder, uint64 } from "./encode.js";
import { AtomicFile } from "./file.js";
import {
  manifestName,
  type ShardEntry,
  type TokenManifest,
  tokenizerHash,
  writeManifest,
} from "./manifest.js";

/** Options of `writeTokens` as the end of a pipeline. */
export interface TokenSinkOptions {
  /** Tokens after which a shard is closed; a document is never cut. Default 2^27 (256 MiB of uint16). */
  readonly shardTokens?: number | undefined;
  /** Written after every document: an id, a special token's name, or null for none. Default `<|endoftext|>`. */
  readonly separator?: Separator | undefined;
  /** Text of the tokenizer's `tokenizer.json`, whose hash goes into the manifest. Default `JSON.stringify(tokenizer.toHF())`. */
  readonly tokenizerJson?: string | undefined;
}

/** The shards of one task, beside their places until all are whole. */
export class ShardsWriter implements SinkWriter {
  readonly total = { documents: 0, tokens: 0, shards: 0 };
  private readonly folder: string;
  private readonly task: SinkTask;
  private readonly tokenizer: ShardTokenizer;
  private readonly options: TokenSinkOptions;
  private readonly encoder: TokenEncoder;
  private readonly shardTokens: number;
  private readonly begun: AtomicFile[] = [];
  private readonly entries: ShardEntry[] = [];
  private shard: OpenShard | undefined;

  private constructor(tokenizer: ShardTokenizer, folder: string, task: SinkTask, options: TokenSinkOptions) {
    const { shardTokens = 2 ** 27 } = options;
    if (!(shardTokens >= 1)) throw new RangeError(`shardTokens is ${shardTokens}, but has to be at least 1`);
    this.folder = folder;
    this.task = task;
    this.tokenizer = tokenizer;
    this.options = options;
    this.encoder = new TokenEncoder(tokenizer, options.separator);
    this.shardTokens = shardTokens;
  }

  static async open(
    tokenizer: ShardTokenizer,
    folder: string,
    task: SinkTask,
    options: TokenSinkOptions,
    state?: SinkState,
  ): Promise<ShardsWriter> {
    const writer = new ShardsWriter(tokenizer, folder, task, options);
    if (state) await writer.resume(state as unknown as ShardsState);
    return writer;
  }

  async write({ text }: { readonly text: string }): Promise<void> {
    this.shard ??= await this.begin();
    const { shard, encoder, total } = this;
    const bytes = encoder.encode(text);
    await shard.tokens.write(bytes);
    shard.count += bytes.length / encoder.width;
    shard.documents++;
    await shard.index.write(uint64(shard.count));
    total.tokens += bytes.length / encoder.width;
    total.documents++;
    total.shards = this.entries.length + 1;
    if (shard.count >= this.shardTokens) await this.end(shard);
  }

  async checkpoint(): Promise<SinkState> {
    const { shard } = this;
    await shard?.tokens.sync();
    await shard?.index.sync();
    const state: ShardsState = {
      shards: [...this.entries],
      ...(shard && { open: { count: shard.count, documents: shard.documents } }),
    };
    return { ...state };
  }

  async close(): Promise<readonly string[]> {
    await this.finish();
    const names = this.entries.flatMap(({ tokens, index }) => [tokens, index]);
    return [...names, manifestName(this.task)];
  }

  /** As `close`; the signal is heard until the first file is moved to its place. */
  async finish(signal?: AbortSignal): Promise<TokenManifest> {
    if (this.shard) await this.end(this.shard);
    const { tokens, documents } = this.total;
    const manifest: TokenManifest = {
      version: 1,
      dtype: this.encoder.dtype,
      vocabSize: this.tokenizer.vocabSize,
      tokenizer: tokenizerHash(this.tokenizer, this.options.tokenizerJson),
      separator: this.encoder.separator,
      tokens,
      documents,
      shards: this.entries,
      ...(this.task.world > 1 && { task: { rank: this.task.rank, world: this.task.world } }),
    };
    signal?.throwIfAborted();
    await this.publish(manifest);
    return manifest;
  }

  async abort(): Promise<void> {
    for (const file of this.begun) await file.leave();
  }

  /** Removes what was begun and is not in its place. */
  async discard(): Promise<void> {
    for (const file of this.begun) await file.discard();
  }

  /** From here on the folder has no manifest until all its shards are the new ones. */
  private async publish(manifest: TokenManifest): Promise<void> {
    const { folder, task } = this;
    const written = await writeManifest(folder, manifest);
    this.begun.push(written);
    for (const name of [manifestName(), manifestName(task)]) await rm(join(folder, name), { force: true });
    await syncFolder(folder);
    const shards = this.begun.filter((file) => file !== written);
    for (const file of shards) await file.commit();
    const current = new Set(shards.map(({ path }) => basename(path)));
    const own = new RegExp(`^${shardPrefix(task)}\\d{5}\\.(?:tokens|index)(?:\\.part)?$`);
    for (const name of await readdir(folder))
      if (own.test(name) && !current.has(name)) await rm(join(folder, name));
    await syncFolder(folder);
    await written.commit();
    await syncFolder(folder);
  }

  private paths(number: number): { tokens: string; index: string } {
    const name = `${shardPrefix(this.task)}${`${number}`.padStart(5, "0")}`;
    return { tokens: `${name}.tokens`, index: `${name}.index` };
  }

  private async begin(): Promise<OpenShard> {
    const { tokens, index } = this.paths(this.entries.length);
    return {
      tokens: this.keep(await AtomicFile.create(join(this.folder, tokens), { hashed: true })),
      index: this.keep(await AtomicFile.create(join(this.folder, index))),
      count: 0,
      documents: 0,
    };
  }

  private async end({ tokens, index, count, documents }: OpenShard): Promise<void> {
    await index.close();
    const sha256 = await tokens.close();
    this.entries.push({ ...this.paths(this.entries.length), count, documents, sha256 });
    this.shard = undefined;
    this.total.shards = this.entries.length;
  }

  private async resume({ shards, open }: ShardsState): Promise<void> {
    const reopen = async (number: number, { count, documents }: Counts, hashed: boolean) => {
      const { tokens, index } = this.paths(number);
      const { width } = this.encoder;
      const shard = {
        tokens: this.keep(await AtomicFile.resume(join(this.folder, tokens), count * width, { hashed })),
        index: this.keep(await AtomicFile.resume(join(this.folder, index), documents * 8)),
        count,
        documents,
      };
      this.total.tokens += count;
      this.total.documents += documents;
      return shard;
    };
    try {
      for (const [number, entry] of shards.entries()) {
        const { tokens, index } = await reopen(number, entry, false);
        await tokens.close();
        await index.close();
        this.entries.push(entry);
      }
      if (open) this.shard = await reopen(shards.length, open, true);
    } catch (error) {
      await this.abort();
      throw error;
    }
    this.total.shards = this.entries.length + (this.shard ? 1 : 0);
  }

  private keep(file: AtomicFile): AtomicFile {
    this.begun.push(file);
    return file;
  }
}

interface Counts {
  readonly count: number;
  readonly documents: number;
}

interface ShardsState {
  readonly shards: readonly ShardEntry[];
  readonly open?: Counts;
}

interface OpenShard {
  readonly tokens: AtomicFile;
  readonly index: AtomicFile;
  /** Tokens. */
  count: number;
  documents: number;
}

/** A task that is one of several puts its rank before its shards' numbers. */
function shardPrefix(task: SinkTask): string {
  return task.world > 1 ? `${taskName(task)}_` : "";
}
