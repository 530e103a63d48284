import { check, checkArgument } from "./check.js";
import type { EncodingName } from "./encodings.js";
import { BpeError, DownloadError, TokenizerFormatError } from "./errors.js";
import { readTiktoken, type TiktokenOptions } from "./tiktoken.js";
import { Tokenizer } from "./tokenizer.js";
import { writable } from "./writable.js";

/**
 * Fetches a `.tiktoken` table, or takes its bytes, and makes a tokenizer of it.
 *
 * @param source where `fetch` finds the table, or its content.
 * @param encoding the name of a published encoding, whose special tokens and size are known, or what the table lacks.
 * @param options `signal` gives up the download: its reason is thrown.
 * @throws DownloadError, TokenizerFormatError, VocabularyError
 */
export async function loadTiktoken(
  source: URL | string | Uint8Array,
  encoding: EncodingName | TiktokenOptions,
  options: { signal?: AbortSignal } = {},
): Promise<Tokenizer> {
  checkArgument("source of loadTiktoken", source, "string|object");
  check("loadTiktoken", options, { signal: "signal" });
  if (source instanceof Uint8Array) return new Tokenizer(await writable(readTiktoken(source, encoding)));
  const url = String(source);
  const table = await download(url, options.signal);
  try {
    return new Tokenizer(await writable(readTiktoken(table, encoding)));
  } catch (error) {
    if (!(error instanceof BpeError)) throw error;
    throw new TokenizerFormatError(`${url}: ${error.message}`, { cause: error });
  }
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    signal?.throwIfAborted();
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) {
      await response.body?.cancel();
      throw new DownloadError(
        url,
        response.status,
        `the answer is ${response.status} ${response.statusText}`.trimEnd(),
      );
    }
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    if (cause instanceof DownloadError || signal?.aborted) throw cause;
    const reason = (cause as Error).cause ?? cause;
    throw new DownloadError(
      url,
      undefined,
      `${reason instanceof Error ? reason.message : String(reason)}. Files on disk are read by \`load\` of @llm/bpe/node.`,
      { cause },
    );
  }
}
