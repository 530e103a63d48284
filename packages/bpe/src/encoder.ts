import { type EncodingKernels, Kernel } from "./kernel.js";
import { MissingByteError } from "./missing-byte.js";
import type { Pattern } from "./patterns.js";
import { PieceReader } from "./pieces.js";

/** Room that a buffer keeps for the next text: 16 MB, as new memory costs more than what is written to it. */
const KEPT = 2 ** 22;

/** Ids being collected: doubles as it fills. */
export class IdBuffer {
  ids: Uint32Array<ArrayBuffer> = new Uint32Array(1024);
  length = 0;

  /** Empties it, with room for the ids that a text of so many characters may well have. */
  start(characters: number): void {
    this.length = 0;
    if (this.ids.length > KEPT || this.ids.length * 3 < characters) {
      this.ids = new Uint32Array(Math.max(1024, Math.ceil(characters / 3)));
    }
  }

  /** Empties it, and lets it fill this array first. */
  use(ids: Uint32Array<ArrayBuffer>): void {
    this.length = 0;
    this.ids = ids;
  }

  /** A copy of the ids. */
  taken(): Uint32Array<ArrayBuffer> {
    return this.ids.slice(0, this.length);
  }

  /** Makes room for `more` ids. */
  reserve(more: number): void {
    if (this.length + more <= this.ids.length) return;
    const ids = new Uint32Array(Math.max(this.ids.length * 2, this.length + more));
    ids.set(this.ids.subarray(0, this.length));
    this.ids = ids;
  }

  push(id: number): void {
    this.reserve(1);
    this.ids[this.length++] = id;
  }

  append(ids: Uint32Array): void {
    this.reserve(ids.length);
    this.ids.set(ids, this.length);
    this.length += ids.length;
  }
}

/** All that an encoder is made of, fit to be sent to another thread. */
export interface EncoderImage {
  pattern: Pattern;
  /** The kernel's memory, and in it the addresses of the vocabulary (assembly/model.ts) and of the character classes. */
  memory: Uint8Array<ArrayBuffer>;
  model: number;
  classes: number;
}

/** Plain text to ids: cut into pieces, which the kernel's tables of known words or merges turn into ids. */
export class Encoder {
  readonly #kernel: Kernel<EncodingKernels>;
  readonly #pattern: Pattern;
  readonly #model: number;
  readonly #classes: number;
  readonly #reader: PieceReader;

  constructor(kernel: Kernel<EncodingKernels>, pattern: Pattern, model: number, classes: number) {
    this.#kernel = kernel;
    this.#pattern = pattern;
    this.#model = model;
    this.#classes = classes;
    this.#reader = new PieceReader(kernel, pattern, classes);
  }

  static fromImage(module: WebAssembly.Module, image: EncoderImage): Encoder {
    return new Encoder(new Kernel(module, image.memory), image.pattern, image.model, image.classes);
  }

  /** A copy, with the words that were learned so far. */
  image(): EncoderImage {
    const memory = this.#kernel.bytes.slice(0, this.#reader.text);
    return { pattern: this.#pattern, memory, model: this.#model, classes: this.#classes };
  }

  /** See `PieceReader.borderNear`. */
  borderNear(text: string, from: number, length: number): number {
    return this.#reader.borderNear(text, from, length);
  }

  /** Appends the ids of `text`. */
  encode(text: string, out: IdBuffer): void {
    for (let at = 0; at < text.length; ) {
      at = this.#reader.read(text, at);
      out.append(this.#encodeChunk());
    }
  }

  /** Whether `encodeUtf8` can be used: the pattern is a known one. */
  get readsUtf8(): boolean {
    return !(this.#pattern instanceof RegExp);
  }

  /** Appends the ids of valid UTF-8, read in one chunk. */
  encodeUtf8(utf8: Uint8Array, out: IdBuffer): void {
    this.#reader.readUtf8(utf8);
    out.append(this.#encodeChunk());
  }

  /** How many ids `text` has, without keeping them; some number above `limit` where there are more than that. */
  count(text: string, limit: number): number {
    let total = 0;
    for (let at = 0; at < text.length && total <= limit; ) {
      at = this.#reader.read(text, at);
      total += this.#encodeChunk().length;
    }
    return total;
  }

  /** The pieces of `text`, as its pattern cuts it. */
  pieces(text: string): string[] {
    const reader = this.#reader;
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const pieces: string[] = [];
    for (let at = 0; at < text.length; ) {
      at = reader.read(text, at);
      const { bytes } = reader;
      let start = 0;
      for (const end of reader.ends) {
        pieces.push(decoder.decode(bytes.subarray(start, end)));
        start = end;
      }
    }
    return pieces;
  }

  /** The ids of the chunk that was read: a view that the next one overwrites. */
  #encodeChunk(): Uint32Array {
    const reader = this.#reader;
    const { run } = this.#kernel;
    const ids = reader.top;
    const scratch = ids + reader.length * 4 + 64;
    this.#kernel.reach(scratch + run.mergeScratch(reader.longestPiece));
    const count = run.encode(this.#model, reader.text, reader.endsAt, reader.count, ids, scratch);
    if (count < 0) throw new MissingByteError(-1 - count);
    return this.#kernel.words.subarray(ids >> 2, (ids >> 2) + count);
  }
}
