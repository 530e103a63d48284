import { crc32 } from "@llm/platform/crc32";
import { concat } from "./concat.js";
import { Inflate } from "./inflate.js";

/** What comes out of a gzip stream: bytes, or word that their member is whole, or that it is broken and its rest is lost. */
export type GzipEvent =
  | { readonly bytes: Uint8Array }
  | { readonly isWhole: true }
  | { readonly problem: "corrupt_gzip" | "truncated_gzip" };

/** Whether bytes begin like a gzip member. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/**
 * Decompresses concatenated gzip members (RFC 1952), checking length and CRC of each. A broken member is reported and
 * skipped: reading goes on at the next bytes that look like the start of a member.
 */
export class Gunzip {
  private pending: Uint8Array = new Uint8Array(0);
  private member: { inflate: Inflate; crc: number; size: number } | undefined;
  private isSkipping = false;

  /** Takes the next compressed bytes; `isLast` says that no more come. */
  *push(chunk: Uint8Array, isLast = false): Generator<GzipEvent> {
    this.pending = concat(this.pending, chunk);
    for (;;) {
      if (this.member) {
        const { member } = this;
        member.inflate.feed(this.pending);
        this.pending = new Uint8Array(0);
        try {
          for (let bytes = member.inflate.read(); bytes; bytes = member.inflate.read()) {
            member.crc = crc32(bytes, member.crc);
            member.size = (member.size + bytes.length) >>> 0;
            yield { bytes };
          }
        } catch {
          this.pending = member.inflate.rest();
          yield this.broken("corrupt_gzip");
          continue;
        }
        if (!member.inflate.done) {
          if (isLast) yield this.broken("truncated_gzip");
          return;
        }
        const rest = member.inflate.rest();
        if (rest.length < 8) {
          if (isLast) yield this.broken("truncated_gzip");
          return;
        }
        this.pending = rest.subarray(8);
        this.member = undefined;
        const view = new DataView(rest.buffer, rest.byteOffset, 8);
        if (view.getUint32(0, true) !== member.crc || view.getUint32(4, true) !== member.size) {
          yield this.broken("corrupt_gzip");
        } else yield { isWhole: true };
        continue;
      }
      if (this.isSkipping && !this.findMember(isLast)) return;
      if (this.pending.length === 0) return;
      const start = headerLength(this.pending);
      if (start === "bad") {
        // Zeros after the last member are padding, anything else is damage.
        if (this.pending.some((byte) => byte !== 0)) {
          this.pending = this.pending.subarray(1);
          yield this.broken("corrupt_gzip");
        } else this.pending = new Uint8Array(0);
        continue;
      }
      if (start === "short") {
        if (!isLast) return;
        // A damaged header may claim to be longer than it is: there may be a member in what it claims.
        this.pending = this.pending.subarray(1);
        yield this.broken("truncated_gzip");
        continue;
      }
      this.pending = this.pending.subarray(start);
      this.member = { inflate: new Inflate(), crc: 0, size: 0 };
    }
  }

  private broken(problem: "corrupt_gzip" | "truncated_gzip"): GzipEvent {
    this.member = undefined;
    this.isSkipping = true;
    return { problem };
  }

  /** Drops bytes up to the next likely start of a member. */
  private findMember(isLast: boolean): boolean {
    const { pending } = this;
    for (let i = 0; i + 3 < pending.length; i++) {
      if (isGzip(pending.subarray(i, i + 3)) && pending[i + 3]! < 32) {
        this.pending = pending.subarray(i);
        this.isSkipping = false;
        return true;
      }
    }
    this.pending = isLast ? new Uint8Array(0) : pending.slice(-3);
    return false;
  }
}

/** Length of the header of a member; "short" while its end is not there yet. */
function headerLength(bytes: Uint8Array): number | "short" | "bad" {
  if (bytes.length < 10) return isGzip(concat(bytes, gzipMagic.subarray(bytes.length))) ? "short" : "bad";
  if (!isGzip(bytes)) return "bad";
  const flags = bytes[3]!;
  if (flags & 0xe0) return "bad";
  let end = 10;
  if (flags & 4) end += 2 + (bytes[10] ?? 0) + (bytes[11] ?? 0) * 256;
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, end);
    if (zero < 0) return bytes.length > 100_000 ? "bad" : "short";
    end = zero + 1;
  }
  if (flags & 2) end += 2;
  return end <= bytes.length ? end : "short";
}

const gzipMagic = Uint8Array.of(0x1f, 0x8b, 8);
