import { concat } from "./concat.js";
import { Gunzip, type GzipEvent, isGzip } from "./gzip.js";

/** Where bytes come from: a file stream, a fetch body, or chunks in memory. */
export type ByteSource =
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | ReadableStream<Uint8Array>
  | Uint8Array;

/** Chunks of a source, in order. */
async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source;
  else if (!(source instanceof ReadableStream) || Symbol.asyncIterator in source) yield* source;
  else {
    // Some browsers' streams cannot be iterated.
    const reader = (source as ReadableStream<Uint8Array>).getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    } finally {
      await reader.cancel();
    }
  }
}

/** Bytes of a source, decompressed where it is gzip, in at most `slice` input bytes at a time. */
export async function* decompressed(source: ByteSource, slice = 1 << 16): AsyncGenerator<GzipEvent> {
  let head: Uint8Array = new Uint8Array(0);
  let gunzip: Gunzip | "plain" | undefined;
  for await (const chunk of chunksOf(source)) {
    for (let at = 0; at < chunk.length; at += slice) {
      let part = chunk.subarray(at, at + slice);
      if (gunzip === undefined) {
        head = concat(head, part);
        if (head.length < 3) continue;
        gunzip = isGzip(head) ? new Gunzip() : "plain";
        part = head;
      }
      if (gunzip === "plain") yield { bytes: part };
      else yield* gunzip.push(part);
    }
  }
  if (gunzip instanceof Gunzip) yield* gunzip.push(new Uint8Array(0), true);
  else if (gunzip === undefined && head.length > 0) yield { bytes: head };
}

/** Reads lines and counted bytes from a stream that may break off or be damaged in the middle. */
export class ByteReader {
  /** What went wrong where the last read fell short; `"end"` at the end of the stream. */
  stopped: "end" | "corrupt_gzip" | "truncated_gzip" | undefined;
  /** Decompressed bytes read so far. */
  offset = 0;
  /** Decompressed bytes up to the ends of the gzip members whose checksum was right, those still to be met and the last before. */
  private wholes = [0];
  /** What the bytes that are here are followed by, where that is known: reading ahead must not stop what is still whole. */
  private ended: ByteReader["stopped"];
  private readonly events: AsyncIterator<GzipEvent>;
  private chunks: Uint8Array[] = [];
  private start = 0;
  private available = 0;

  constructor(source: ByteSource) {
    this.events = decompressed(source);
  }

  /** The next byte without taking it; undefined where reading stopped. */
  async peek(): Promise<number | undefined> {
    if (await this.fill(1)) return this.chunks[0]![this.start];
    this.stopped = this.ended;
    return undefined;
  }

  /** The next `count` bytes, or undefined (and `stopped`) where so many do not come. */
  async take(count: number): Promise<Uint8Array | undefined> {
    if (!(await this.fill(count))) {
      this.stopped = this.ended;
      return undefined;
    }
    const result = new Uint8Array(count);
    let done = 0;
    while (done < count) {
      const chunk = this.chunks[0]!;
      const part = chunk.subarray(this.start, this.start + count - done);
      result.set(part, done);
      done += part.length;
      this.skip(part.length);
    }
    return result;
  }

  /** The next line without its line break, as Latin-1; undefined where none of at most `limit` bytes comes. */
  async line(limit = 65_536): Promise<string | undefined> {
    for (let wanted = 256; ; wanted *= 2) {
      const isThere = await this.fill(Math.min(wanted, limit));
      const length = this.indexOf(10);
      if (length >= 0) {
        const bytes = (await this.take(length + 1))!;
        return latin1(bytes.subarray(0, bytes[length - 1] === 13 ? length - 1 : length));
      }
      if (!isThere) this.stopped = this.ended;
      if (!isThere || wanted >= limit) return undefined;
    }
  }

  /** Whether a gzip member begins here, or the source. */
  beginsMember(): boolean {
    while (this.wholes.length > 1 && this.wholes[1]! <= this.offset) this.wholes.shift();
    return this.wholes[0] === this.offset;
  }

  /** How many of the next `count` bytes come before a gzip member that begins with these ASCII characters. */
  async countBefore(text: string, count: number): Promise<number> {
    await this.fill(count + text.length);
    for (const end of this.wholes) {
      const ahead = end - this.offset;
      if (ahead > 0 && ahead < count && (await this.startsWith(text, ahead))) return ahead;
    }
    return count;
  }

  /** Whether these ASCII characters come next, or `ahead` bytes from here. */
  async startsWith(text: string, ahead = 0): Promise<boolean> {
    if (!(await this.fill(ahead + text.length))) return false;
    let [chunk, at] = [0, this.start + ahead];
    for (let i = 0; i < text.length; i++, at++) {
      while (at >= this.chunks[chunk]!.length) [chunk, at] = [chunk + 1, 0];
      if (this.chunks[chunk]![at] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Drops bytes up to and with the next line feed, or to where reading stops. */
  async skipLine(): Promise<void> {
    while (await this.fill(1)) {
      const chunk = this.chunks[0]!;
      const at = chunk.indexOf(10, this.start);
      this.skip((at < 0 ? chunk.length - 1 : at) - this.start + 1);
      if (at >= 0) return;
    }
  }

  /**
   * Whether what stopped the last read came after a whole gzip member that reached to `offset`. It is then no fault of the bytes before,
   * and is met again by the next read.
   */
  stoppedBehind(offset: number): boolean {
    if (this.wholes.at(-1)! < offset) return false;
    this.stopped = undefined;
    return true;
  }

  /** Forgets what is left of a damaged part, to read on after it; false at the end of the stream. */
  resume(): boolean {
    if (this.ended === "end") return false;
    this.stopped = undefined;
    this.ended = undefined;
    this.offset += this.available;
    this.wholes = [this.offset];
    this.chunks = [];
    this.start = 0;
    this.available = 0;
    return true;
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.events.return?.();
  }

  private async fill(count: number): Promise<boolean> {
    while (this.available < count && this.ended === undefined) {
      const { value, done } = await this.events.next();
      if (done) this.ended = "end";
      else if ("problem" in value) this.ended = value.problem;
      else if ("isWhole" in value) this.wholes.push(this.offset + this.available);
      else if (value.bytes.length > 0) {
        this.chunks.push(value.bytes);
        this.available += value.bytes.length;
      }
    }
    return this.available >= count;
  }

  private indexOf(byte: number): number {
    let before = 0;
    let { start } = this;
    for (const chunk of this.chunks) {
      const at = chunk.indexOf(byte, start);
      if (at >= 0) return before + at - start;
      before += chunk.length - start;
      start = 0;
    }
    return -1;
  }

  private skip(count: number): void {
    this.start += count;
    this.offset += count;
    this.available -= count;
    if (this.start === this.chunks[0]!.length) {
      this.chunks.shift();
      this.start = 0;
    }
  }
}

/** Bytes as the characters of the same numbers. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}
