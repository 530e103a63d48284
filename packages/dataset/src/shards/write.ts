import type { Document } from "../document.js";
import type { Sink } from "../sink.js";
import type { ShardTokenizer } from "./encode.js";
import type { TokenManifest } from "./manifest.js";
import { ShardsWriter, type TokenSinkOptions } from "./shards-writer.js";

/** Options of `writeTokens` over documents. */
export interface WriteTokensOptions extends TokenSinkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after every document. */
  readonly onProgress?:
    | ((progress: { documents: number; tokens: number; shards: number }) => void)
    | undefined;
}

type Texts = AsyncIterable<Pick<Document, "text">> | Iterable<Pick<Document, "text">>;

/**
 * The end of a pipeline: token shards in `folder`. A task that is the only one writes what `writeTokens` over documents does; one
 * of several writes `<rank>_00000.tokens`, .. and `<rank>.manifest.json`, which `mergeManifests` joins when all are done. It can go on
 * from a checkpoint, with the same bytes wherever checkpoints are.
 */
export function writeTokens(tokenizer: ShardTokenizer, folder: string, options?: TokenSinkOptions): Sink;
/**
 * Encodes documents into token shards in `folder`: `00000.tokens`, `00000.index`, .. and, last, `manifest.json`. Files are
 * written beside their places, flushed and moved there together at the end, so a run that is killed or fails leaves either
 * the folder as it was or one without a manifest, which nothing reads. When a run fails it removes what it began and
 * nothing else. A finished run replaces the shards that were there. Throws `DiskFullError`, `TokenError`, or the signal's
 * reason.
 */
export function writeTokens(
  tokenizer: ShardTokenizer,
  documents: Texts,
  folder: string,
  options?: WriteTokensOptions,
): Promise<TokenManifest>;
export function writeTokens(
  tokenizer: ShardTokenizer,
  target: string | Texts,
  second?: string | TokenSinkOptions,
  options: WriteTokensOptions = {},
): Sink | Promise<TokenManifest> {
  if (typeof target !== "string") return writeAll(tokenizer, target, second as string, options);
  return {
    name: "writeTokens",
    folder: target,
    open: (task, state) =>
      ShardsWriter.open(tokenizer, target, task, (second ?? {}) as TokenSinkOptions, state),
  };
}

async function writeAll(
  tokenizer: ShardTokenizer,
  documents: Texts,
  folder: string,
  options: WriteTokensOptions,
): Promise<TokenManifest> {
  const { signal, onProgress } = options;
  const writer = await ShardsWriter.open(tokenizer, folder, { rank: 0, world: 1 }, options);
  try {
    for await (const document of documents) {
      signal?.throwIfAborted();
      await writer.write(document);
      onProgress?.({ ...writer.total });
    }
    return await writer.finish(signal);
  } finally {
    await writer.discard();
  }
}
