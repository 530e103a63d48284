import { Decompress } from "fzstd";
import { Xxh64 } from "../hash/xxh64.js";
import { concat } from "./concat.js";

/** What comes out of a zstd stream, as out of a gzip stream; after a problem nothing comes any more. */
export type ZstdEvent =
  | { readonly bytes: Uint8Array }
  | { readonly isWhole: true }
  | { readonly problem: "corrupt_zstd" | "truncated_zstd"; readonly cause: unknown };

/** A frame that is being read: what is left of its present block, and what comes after. */
interface Frame {
  readonly stream: Decompress;
  readonly checksum: Xxh64 | undefined;
  left: number;
  isLast: boolean;
}

/** Whether bytes begin like a zstd frame. */
export function isZstd(bytes: Uint8Array): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}

/**
 * Decompresses concatenated zstd frames (RFC 8878), checking the checksum of each that has one. The frames are told apart
 * here, since the decoder reads over checksums and cannot say where a frame ends.
 */
export class Unzstd {
  #pending: Uint8Array = new Uint8Array(0);
  #frame: Frame | undefined;
  #skip = 0;
  readonly #decoded: Uint8Array[] = [];

  /** Takes the next compressed bytes; `isLast` says that no more come. */
  *push(chunk: Uint8Array, isLast = false): Generator<ZstdEvent> {
    this.#pending = concat(this.#pending, chunk);
    for (;;) {
      let isWhole: boolean | undefined;
      try {
        isWhole = this.#frame ? this.#readFrame(this.#frame) : this.#open();
      } catch (cause) {
        yield* this.#output();
        yield { problem: "corrupt_zstd", cause };
        return;
      }
      yield* this.#output();
      if (isWhole) yield { isWhole };
      if (isWhole !== undefined) continue;
      if (isLast && (this.#frame || this.#skip > 0 || this.#pending.length > 0))
        yield { problem: "truncated_zstd", cause: "it ends inside a frame" };
      return;
    }
  }

  *#output(): Generator<ZstdEvent> {
    for (const bytes of this.#decoded.splice(0)) yield { bytes };
  }

  /** Begins a frame, or passes over one without content; undefined where more bytes are needed. @throws for what is none */
  #open(): false | undefined {
    if (this.#skip > 0) {
      const skipped = this.#take(Math.min(this.#skip, this.#pending.length));
      this.#skip -= skipped.length;
    }
    const { length } = this.#pending;
    if (this.#skip > 0 || length < 5)
      return length > 0 && !beginsFrame(this.#pending) ? fail(noFrame) : undefined;
    const view = new DataView(this.#pending.buffer, this.#pending.byteOffset);
    if (!beginsFrame(this.#pending)) return fail(noFrame);
    if (!isZstd(this.#pending)) {
      if (length < 8) return undefined;
      this.#skip = 8 + view.getUint32(4, true);
      return false;
    }
    const descriptor = this.#pending[4]!;
    const isSingle = (descriptor >> 5) & 1;
    const sizeBytes = [isSingle, 2, 4, 8][descriptor >> 6]!;
    const header = 5 + (1 - isSingle) + [0, 1, 2, 4][descriptor & 3]! + sizeBytes;
    if (length < header) return undefined;
    const checksum = descriptor & 4 ? new Xxh64() : undefined;
    const stream = new Decompress((bytes) => {
      checksum?.update(bytes);
      if (bytes.length > 0) this.#decoded.push(bytes);
    });
    this.#frame = { stream, checksum, left: 0, isLast: false };
    stream.push(this.#take(header));
    return false;
  }

  /** Reads on in a frame; true at its end, undefined where more bytes are needed. @throws for what cannot be decoded */
  #readFrame(frame: Frame): boolean | undefined {
    if (frame.left > 0) {
      if (this.#pending.length === 0) return undefined;
      const part = this.#take(Math.min(frame.left, this.#pending.length));
      frame.left -= part.length;
      frame.stream.push(part);
      return false;
    }
    if (frame.isLast) return this.#close(frame);
    if (this.#pending.length < 3) return undefined;
    const [a, b, c] = this.#pending as unknown as [number, number, number];
    const block = a | (b << 8) | (c << 16);
    frame.isLast = (block & 1) === 1;
    frame.left = ((block >> 1) & 3) === 1 ? 1 : block >> 3;
    frame.stream.push(this.#take(3));
    return false;
  }

  #close({ checksum, stream }: Frame): true | undefined {
    if (!checksum) stream.push(new Uint8Array(0), true);
    else {
      if (this.#pending.length < 4) return undefined;
      const bytes = this.#take(4);
      stream.push(bytes, true);
      if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) !== checksum.low())
        return fail("the checksum of a frame is wrong");
    }
    this.#frame = undefined;
    return true;
  }

  #take(count: number): Uint8Array {
    const taken = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    return taken;
  }
}

/** Whether bytes are, as far as they are there, the number that a frame begins with, or one without content. */
function beginsFrame(bytes: Uint8Array): boolean {
  const tail = [0x4d, 0x18];
  const isSkippable =
    (bytes[0]! & 0xf0) === 0x50 && [0x2a, ...tail].every((byte, i) => (bytes[i + 1] ?? byte) === byte);
  return isSkippable || [0x28, 0xb5, 0x2f, 0xfd].every((byte, i) => (bytes[i] ?? byte) === byte);
}

const noFrame = "a frame must begin where other bytes are";

function fail(message: string): never {
  throw new RangeError(message);
}
