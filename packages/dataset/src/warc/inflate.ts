import { Z_BUF_ERROR, Z_OK, Z_STREAM_END, Z_SYNC_FLUSH, ZStream, zlibInflate, zlibInflateInit2 } from "pako";
import { concat } from "./concat.js";

/** What each piece is decompressed into, and copied from. */
const output = new Uint8Array(65_536);
/** zlib's largest window; negative for data without a header of zlib's own. */
const rawWindow = -15;

/** Compressed data that cannot be what a compressor wrote. */
class InflateError extends Error {
  override readonly name = "InflateError";
}

/**
 * Streaming DEFLATE (RFC 1951) that knows where the compressed data ends, which `DecompressionStream` does not tell
 * and concatenated gzip members need. Feed it, then call `read` until it answers undefined.
 */
export class Inflate {
  /** Whether the final block has been read to its end. */
  done = false;
  private readonly stream = new ZStream();

  constructor() {
    this.stream.input = new Uint8Array(0);
    zlibInflateInit2(this.stream, rawWindow);
  }

  /** Adds compressed bytes, which must stay as they are until they are read. */
  feed(chunk: Uint8Array): void {
    this.stream.input = concat(this.rest(), chunk);
    this.stream.next_in = 0;
    this.stream.avail_in = this.stream.input.length;
  }

  /** Bytes that were fed and do not belong to the compressed data; to be asked when `done`. */
  rest(): Uint8Array {
    return this.stream.input.subarray(this.stream.next_in);
  }

  /** The next decompressed bytes; undefined when more input is needed or all is done. */
  read(): Uint8Array | undefined {
    if (this.done) return undefined;
    const { stream } = this;
    stream.output = output;
    stream.next_out = 0;
    stream.avail_out = output.length;
    const status = zlibInflate(stream, Z_SYNC_FLUSH);
    if (status === Z_STREAM_END) this.done = true;
    else if (status !== Z_OK && status !== Z_BUF_ERROR)
      throw new InflateError(stream.msg || `zlib's error ${status}`);
    return stream.next_out > 0 ? output.slice(0, stream.next_out) : undefined;
  }
}
