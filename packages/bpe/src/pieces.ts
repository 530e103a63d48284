import { borderNear } from "./borders.js";
import { inCodePoints } from "./code-points.js";
import { align, type Kernel } from "./kernel.js";
import type { Pattern, PatternName } from "./patterns.js";

/** Characters a chunk aims at: small enough that text, bytes, borders and ids stay in the processor's cache. */
export const CHUNK = 16_384;
/** Zero bytes behind the text, so that 64 bytes can be looked at from any place in it. */
export const PADDING = 64;
/** With so few bytes, looking for the longest piece is not worth it: room to merge them all costs nothing until it is used. */
const MANY = 2 ** 19;
const encoder = new TextEncoder();

/** The number of each pattern in assembly/scan.ts. */
export const SCANNERS: Readonly<Record<PatternName, number>> = {
  gpt2: 0,
  r50k: 0,
  p50k: 0,
  qwen2: 1,
  nanochat: 2,
  cl100k: 3,
  llama3: 3,
  o200k: 4,
};

/**
 * Cuts text into pieces, a chunk at a time. After `read`, the chunk's UTF-8 and the end of each of its `count` pieces
 * are in the kernel's memory, from `text` and from `endsAt` on. Lone surrogates come out as U+FFFD.
 */
export class PieceReader {
  readonly kernel: Kernel;
  /** The address of the chunk's bytes. All memory from here on is the reader's: allocate before it is made. */
  readonly text: number;
  /** Bytes in the chunk. */
  length = 0;
  /** Pieces in the chunk. */
  count = 0;
  /** The address of the ends: 32-bit numbers, counted from `text`. */
  endsAt = 0;
  readonly #scanner: number;
  readonly #classes: number;
  readonly #expression: RegExp | undefined;
  #matched = new Uint32Array(1024);

  /** @param classes the address of the table of character classes */
  constructor(kernel: Kernel, pattern: Pattern, classes: number) {
    this.kernel = kernel;
    this.#classes = classes;
    this.#scanner = pattern instanceof RegExp ? -1 : SCANNERS[pattern];
    if (pattern instanceof RegExp) {
      this.#expression = inCodePoints(pattern);
    }
    this.text = align(kernel.top);
  }

  /** The first address behind text and ends. */
  get top(): number {
    return align(this.endsAt + this.count * 4);
  }

  /** The chunk's bytes. A view that the next `read` overwrites. */
  get bytes(): Uint8Array {
    return this.kernel.bytes.subarray(this.text, this.text + this.length);
  }

  /** Where each piece ends in `bytes`. A view that the next `read` overwrites. */
  get ends(): Uint32Array {
    return this.kernel.words.subarray(this.endsAt >> 2, (this.endsAt >> 2) + this.count);
  }

  /** At least as many bytes as the longest piece of the chunk has. */
  get longestPiece(): number {
    if (this.length <= MANY) return this.length;
    let longest = 0;
    let start = 0;
    for (const end of this.ends) {
      if (end - start > longest) longest = end - start;
      start = end;
    }
    return longest;
  }

  /** Reads the chunk that starts at `from`; returns where the next one starts (`text.length` after the last). */
  read(text: string, from: number): number {
    return this.#expression ? this.#match(this.#expression, text, from) : this.#scan(text, from);
  }

  /** See the function of that name. For an expression of the user's it is the end of the text. */
  borderNear(text: string, from: number, length: number): number {
    if (this.#expression || text.length - from <= length) return text.length;
    const classes = this.kernel.bytes.subarray(this.#classes, this.#classes + 0x10000);
    return borderNear(classes, text, from, length);
  }

  #scan(text: string, from: number): number {
    const { kernel } = this;
    const to = this.borderNear(text, from, CHUNK);
    kernel.reach(this.text + (to - from) * 3 + PADDING);
    this.length = encoder.encodeInto(text.slice(from, to), kernel.bytes.subarray(this.text)).written;
    this.#cut();
    return to;
  }

  /** Reads valid UTF-8 as one chunk; only where the pattern is a known one. */
  readUtf8(utf8: Uint8Array): void {
    this.kernel.reach(this.text + utf8.length + PADDING);
    this.kernel.bytes.set(utf8, this.text);
    this.length = utf8.length;
    this.#cut();
  }

  #cut(): void {
    this.#placeEnds(this.length);
    this.count = this.kernel.run.scan(this.#scanner, this.#classes, this.text, this.length, this.endsAt);
  }

  /** Puts padding behind the text, and room for `count` ends behind that. */
  #placeEnds(count: number): void {
    const end = this.text + this.length;
    this.endsAt = align(end + PADDING);
    this.kernel.reach(this.endsAt + count * 4);
    this.kernel.bytes.fill(0, end, end + PADDING);
  }

  #match(expression: RegExp, text: string, from: number): number {
    this.length = this.count = 0;
    let at = from;
    expression.lastIndex = from;
    while (at < text.length && at - from < CHUNK) {
      const match = expression.exec(text);
      if (match?.[0] === "") {
        const { index } = match;
        // V8 also finds nothing in the middle of a surrogate pair.
        const isInside = index > 0 && text.codePointAt(index - 1)! > 0xffff;
        expression.lastIndex = index + (text.codePointAt(index)! > 0xffff ? 2 : 1);
        if (isInside) continue;
        // A match of nothing cuts too.
        this.#push(text.slice(at, index));
        at = index;
        continue;
      }
      const index = match?.index ?? text.length;
      this.#push(text.slice(at, index));
      at = index;
      if (!match) break;
      this.#push(match[0]);
      at += match[0].length;
    }
    this.#placeEnds(this.count);
    this.kernel.words.set(this.#matched.subarray(0, this.count), this.endsAt >> 2);
    return at;
  }

  #push(piece: string): void {
    if (piece === "") return;
    const { kernel } = this;
    const end = this.text + this.length;
    kernel.reach(end + piece.length * 3);
    this.length += encoder.encodeInto(piece, kernel.bytes.subarray(end)).written;
    if (this.count === this.#matched.length) {
      const matched = new Uint32Array(this.count * 2);
      matched.set(this.#matched);
      this.#matched = matched;
    }
    this.#matched[this.count++] = this.length;
  }
}

/** Lone surrogates as U+FFFD, as UTF-8 has it. */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}
