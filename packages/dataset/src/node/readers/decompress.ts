import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Compressed data that is damaged or ends early. */
export class CompressionError extends Error {
  override readonly name = "CompressionError";
  readonly compression: "gzip" | "zstd";
  readonly reason: "truncated_gzip" | "corrupt_gzip" | "truncated_zstd" | "corrupt_zstd";
  constructor(compression: "gzip" | "zstd", isTruncated: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : `${cause}`, { cause });
    this.compression = compression;
    this.reason = `${isTruncated ? "truncated" : "corrupt"}_${compression}`;
  }
}

/**
 * The bytes of a file, decompressed if its name ends in `.gz` or `.zst`, any number of gzip members or zstd frames.
 *
 * @throws CompressionError after what could be decompressed
 */
export function decompressed(name: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (/\.gz$/i.test(name)) return gunzipped(bytes);
  if (/\.zst$/i.test(name)) return unzstd(bytes);
  return bytes;
}

async function* gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let length = 0;
  /** Where the last byte is that is no padding. */
  let last = -1;
  async function* watched() {
    for await (const chunk of bytes) {
      const at = chunk.findLastIndex((byte) => byte !== 0);
      if (at >= 0) last = length + at;
      length += chunk.length;
      yield chunk;
    }
  }
  const gunzip = createGunzip();
  try {
    // An error in either stream ends the other, and is thrown here.
    yield* pipeline(Readable.from(watched()), gunzip, () => {});
  } catch (error) {
    const code = error instanceof Error && "code" in error ? `${error.code}` : "";
    if (code.startsWith("Z_")) throw new CompressionError("gzip", code === "Z_BUF_ERROR", error);
    throw error;
  }
  // Node ends without a word at a zero behind a member, and so at a hole in a file.
  if (last >= gunzip.bytesWritten)
    throw new CompressionError("gzip", false, "there are zeros where a member should begin");
}

/** In JavaScript also where Node has zstd: its stream ends without a word where the data is cut off. */
async function* unzstd(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Unzstd } = await import("../../warc/zstd.js");
  const frames = new Unzstd();
  function* push(chunk: Uint8Array, isLast: boolean) {
    for (const event of frames.push(chunk, isLast)) {
      if ("problem" in event)
        throw new CompressionError("zstd", event.problem === "truncated_zstd", event.cause);
      if ("bytes" in event) yield event.bytes;
    }
  }
  for await (const chunk of bytes) yield* push(chunk, false);
  yield* push(new Uint8Array(0), true);
}
