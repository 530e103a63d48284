import { classTable, MARK, UNCASED, UPPER } from "./classes.js";
import type { Pattern } from "./patterns.js";
import { type Scanner, scannerOf } from "./scan.js";

/** Characters a chunk aims at: small enough that text, bytes and borders stay in the processor's cache. */
const CHUNK = 16_384;
/** Bytes that may be read past the text, so that a word's 16 bytes can be loaded at once. */
const PADDING = 16;
const encoder = new TextEncoder();

/**
 * Cuts text into pieces, a chunk at a time. After `read`, the chunk's UTF-8 is in `bytes` and piece k of `count` ends
 * before byte `ends[k]`. Lone surrogates come out as U+FFFD.
 */
export class PieceReader {
  bytes = new Uint8Array(CHUNK * 3 + PADDING);
  view = new DataView(this.bytes.buffer);
  ends = new Uint32Array(CHUNK);
  count = 0;
  readonly #scan: Scanner | undefined;
  readonly #expression: RegExp | undefined;

  constructor(pattern: Pattern) {
    if (pattern instanceof RegExp) {
      this.#expression = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, "")}g`);
    } else {
      this.#scan = scannerOf(pattern);
    }
  }

  /** Reads the chunk that starts at `from`; returns where the next one starts (`text.length` after the last). */
  read(text: string, from: number): number {
    this.count = 0;
    return this.#scan ? this.#scanChunk(this.#scan, text, from) : this.#matchChunk(text, from);
  }

  #scanChunk(scan: Scanner, text: string, from: number): number {
    const to = text.length - from <= CHUNK ? text.length : safeBorder(text, from);
    this.#reserve((to - from) * 3);
    const bytes = this.bytes;
    const length = encoder.encodeInto(text.slice(from, to), bytes).written;
    if (this.ends.length < length) this.ends = new Uint32Array(length);
    const ends = this.ends;
    let count = 0;
    for (let at = 0; at < length; ) {
      at = scan(bytes, at, length);
      ends[count++] = at;
    }
    this.count = count;
    return to;
  }

  #matchChunk(text: string, from: number): number {
    const expression = this.#expression!;
    let written = 0;
    let at = from;
    const push = (piece: string) => {
      if (piece === "") return;
      this.#reserve(written + piece.length * 3);
      written += encoder.encodeInto(piece, this.bytes.subarray(written)).written;
      if (this.count === this.ends.length) {
        const ends = this.ends;
        this.ends = new Uint32Array(ends.length * 2);
        this.ends.set(ends);
      }
      this.ends[this.count++] = written;
    };
    expression.lastIndex = from;
    while (at < text.length && at - from < CHUNK) {
      const match = expression.exec(text);
      if (!match) {
        push(text.slice(at));
        return text.length;
      }
      if (match[0] === "") {
        expression.lastIndex += text.codePointAt(match.index)! > 0xffff ? 2 : 1;
        continue;
      }
      push(text.slice(at, match.index));
      push(match[0]);
      at = match.index + match[0].length;
    }
    return at;
  }

  #reserve(length: number): void {
    if (this.bytes.length >= length + PADDING) return;
    const bytes = new Uint8Array(Math.max(length, this.bytes.length * 2) + PADDING);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/**
 * A place to cut near `from + CHUNK` where every known pattern ends a piece whatever follows: behind a letter and before
 * what is neither letter, mark nor apostrophe. Looks further where there is none.
 */
function safeBorder(text: string, from: number): number {
  const table = classTable();
  let low = from;
  for (let high = from + CHUNK; high < text.length; high += high - from) {
    for (let at = high; at > low; at--) {
      const before = table[text.charCodeAt(at - 1)]!;
      if (before < UPPER || before > UNCASED) continue;
      const code = text.charCodeAt(at);
      const after = table[code]!;
      if ((after < UPPER || after > MARK) && code !== 0x27 && (code < 0xd800 || code > 0xdfff)) return at;
    }
    low = high;
  }
  return text.length;
}

/** Lone surrogates as U+FFFD, as UTF-8 has it. */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}
