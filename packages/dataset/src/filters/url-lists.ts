import { byteLines } from "../readers/lines.js";
import { type ByteSource, decompressed } from "../warc/bytes.js";

/** A list that is damaged: a filter that used what is left of it would keep what it should not. */
export class UrlListError extends Error {
  override readonly name = "UrlListError";
  constructor(problem: string) {
    super(`A list of domains, URLs or words is damaged (${problem}). Get the whole of it again.`);
  }
}

const longestEntry = 2 ** 20;

/**
 * Reads a list for `urlFilter`: text with an entry a line, plain or gzip. Empty lines and those that start with `#` are
 * passed over.
 *
 * @throws UrlListError if the gzip is cut off or corrupt, or a line is too long to be an entry
 */
export async function readUrlList(source: ByteSource): Promise<string[]> {
  const decoder = new TextDecoder();
  const entries: string[] = [];
  for await (const line of byteLines(contents(source), longestEntry)) {
    if (line === undefined) throw new UrlListError(`a line of more than ${longestEntry} bytes`);
    const entry = decoder.decode(line).trim();
    if (entry !== "" && entry[0] !== "#") entries.push(entry);
  }
  return entries;
}

async function* contents(source: ByteSource): AsyncGenerator<Uint8Array> {
  for await (const event of decompressed(source)) {
    if ("problem" in event) throw new UrlListError(event.problem);
    if ("bytes" in event) yield event.bytes;
  }
}
