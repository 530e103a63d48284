import { type Encoder, IdBuffer } from "./encoder.js";
import { UnknownTokenError, VocabularyError } from "./errors.js";
import { type HFTokenizer, readHF, writeHF } from "./hf.js";
import { createEncoder } from "./model.js";
import type { TokenizerParts } from "./parts.js";
import type { Pattern } from "./patterns.js";
import { wellFormed } from "./pieces.js";
import type { EncodeOptions } from "./special.js";
import { StreamDecoder } from "./stream-decoder.js";
import { readTiktoken, type TiktokenOptions, type TiktokenRanks, writeTiktoken } from "./tiktoken.js";
import { type TraceStep, traceMerges } from "./trace.js";

/** Ids with the places in the text that they stand for. Token i covers `[starts[i], starts[i + 1])`. */
export interface Offsets {
  ids: Uint32Array;
  /** Borders in UTF-8 bytes: one more than there are ids. */
  bytes: Uint32Array;
  /** Borders in UTF-16 units; one that falls within a character is at the start of that character. */
  utf16: Uint32Array;
}

/** How a piece becomes ids: the bytes it starts from, and the merges in order. */
export interface Trace {
  /** The ids of the single bytes. */
  bytes: number[];
  steps: TraceStep[];
  /** The ids that encoding gives. */
  ids: number[];
  /** The piece is a token and was looked up at once, without merging: then `steps` says what merging would have done. */
  wholePiece: boolean;
}

/** Text to token ids and back. Made by `train`, `Tokenizer.fromHF` or `Tokenizer.fromTiktoken`. */
export class Tokenizer {
  readonly #parts: TokenizerParts;
  readonly #encoder: Encoder;

  /** @internal */
  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    this.#encoder = createEncoder(parts);
  }

  /**
   * Reads the content of a Hugging Face tokenizer.json that holds a byte-level BPE.
   * @throws TokenizerFormatError, VocabularyError
   */
  static fromHF(json: object | string): Tokenizer {
    return new Tokenizer(readHF(json));
  }

  /**
   * Reads a table of ranks, tiktoken's form.
   * @throws TokenizerFormatError, VocabularyError
   */
  static fromTiktoken(ranks: TiktokenRanks, options: TiktokenOptions): Tokenizer {
    return new Tokenizer(readTiktoken(ranks, options));
  }

  /** One more than the highest id: the rows that a model's embedding needs. */
  get vocabSize(): number {
    return this.#parts.vocabulary.size;
  }

  /** The special tokens and their ids. */
  get specialTokens(): Map<string, number> {
    return new Map(this.#parts.special.ids);
  }

  /** How text is cut into pieces. */
  get pattern(): Pattern {
    return this.#parts.pattern;
  }

  /**
   * Text to ids. A special token in the text is an error unless it is allowed, as in tiktoken.
   * @throws DisallowedSpecialError
   */
  encode(text: string, options: EncodeOptions = {}): Uint32Array {
    const out = new IdBuffer(text.length >> 1);
    const matcher = this.#parts.special.matcher(text, options);
    this.#encodeAround(matcher, text, out, (plain) => this.#encoder.encode(this.#normalize(plain), out));
    return out.ids.slice(0, out.length);
  }

  /** Text to ids; special tokens in it are plain text. */
  encodeOrdinary(text: string): Uint32Array {
    const out = new IdBuffer(text.length >> 1);
    this.#encodeOrdinary(text, out);
    return out.ids.slice(0, out.length);
  }

  /**
   * `encodeOrdinary` into an array of yours from `offset` on; returns how many ids were written. There are never more
   * than the text has UTF-8 bytes.
   * @throws VocabularyError if they do not fit; then nothing is written.
   */
  encodeInto(text: string, target: Uint32Array | Int32Array, offset = 0): number {
    const out = this.#scratch;
    out.length = 0;
    this.#encodeOrdinary(text, out);
    if (offset + out.length > target.length) {
      throw new VocabularyError(
        `The text has ${out.length} tokens, but the array has room for ${Math.max(0, target.length - offset)} from ${offset} on.`,
      );
    }
    target.set(out.ids.subarray(0, out.length), offset);
    return out.length;
  }

  /** `encode`, with where each token stands in the text (in the normalised text, if there is a normaliser). */
  encodeWithOffsets(text: string, options: EncodeOptions = {}): Offsets {
    const ids = this.encode(text, options);
    const { vocabulary } = this.#parts;
    const bytes = new Uint32Array(ids.length + 1);
    const utf16 = new Uint32Array(ids.length + 1);
    let units = 0;
    let pending = 0;
    for (let i = 0; i < ids.length; i++) {
      const from = vocabulary.offsets[ids[i]!]!;
      const to = vocabulary.offsets[ids[i]! + 1]!;
      bytes[i + 1] = bytes[i]! + to - from;
      for (let at = from; at < to; at++) {
        const byte = vocabulary.arena[at]!;
        if ((byte & 0xc0) !== 0x80) {
          units += pending;
          pending = byte < 0xf0 ? 1 : 2;
        }
      }
      // The border lies within a character unless the next token starts with a character's first byte.
      const next = i + 1 < ids.length ? vocabulary.arena[vocabulary.offsets[ids[i + 1]!]!]! : 0;
      utf16[i + 1] = (next & 0xc0) === 0x80 ? units : units + pending;
    }
    return { ids, bytes, utf16 };
  }

  /** Encodes many texts, giving way to other work between them. */
  async encodeBatch(
    texts: Iterable<string>,
    options: EncodeOptions & { signal?: AbortSignal } = {},
  ): Promise<Uint32Array[]> {
    const batch: Uint32Array[] = [];
    let rested = performance.now();
    for (const text of texts) {
      options.signal?.throwIfAborted();
      batch.push(this.encode(text, options));
      if (performance.now() - rested > 30) {
        await new Promise((resolve) => setTimeout(resolve));
        rested = performance.now();
      }
    }
    return batch;
  }

  /** How many ids `encodeOrdinary` gives. */
  count(text: string): number {
    const { special } = this.#parts;
    if (special.always.size > 0) return this.encodeOrdinary(text).length;
    return this.#encoder.count(this.#normalize(text));
  }

  /** The pieces that merging never crosses, as the pattern cuts plain text. */
  split(text: string): string[] {
    return this.#encoder.pieces(this.#normalize(text));
  }

  /** How one piece (see `split`) becomes ids, merge by merge. */
  trace(piece: string): Trace {
    const { vocabulary, merges, byteIds, wholePiece } = this.#parts;
    const bytes = new TextEncoder().encode(this.#normalize(piece));
    const { ids, steps } = traceMerges(bytes, merges, byteIds);
    const known = wholePiece ? vocabulary.find(bytes, 0, bytes.length) : -1;
    return {
      bytes: Array.from(bytes, (byte) => byteIds[byte]!),
      steps,
      ids: known >= 0 ? [known] : ids,
      wholePiece: known >= 0,
    };
  }

  /** Ids to text; bytes that are not UTF-8 become U+FFFD. @throws UnknownTokenError */
  decode(ids: ArrayLike<number>): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.decodeBytes(ids));
  }

  /** Ids to the bytes they stand for, exactly. @throws UnknownTokenError */
  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    const { arena, offsets, size } = this.#parts.vocabulary;
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      const bytes = offsets[id + 1]! - offsets[id]!;
      if (!(bytes > 0)) throw new UnknownTokenError(id, size);
      length += bytes;
    }
    const out = new Uint8Array(length);
    let written = 0;
    for (let i = 0; i < ids.length; i++) {
      const end = offsets[ids[i]! + 1]!;
      for (let at = offsets[ids[i]!]!; at < end; at++) out[written++] = arena[at]!;
    }
    return out;
  }

  /** Decodes ids one at a time, giving out text only once its characters are whole. */
  decoder(): StreamDecoder {
    return new StreamDecoder(this.#parts.vocabulary);
  }

  /** The bytes of one token. @throws UnknownTokenError */
  tokenBytes(id: number): Uint8Array {
    return this.#parts.vocabulary.bytes(id).slice();
  }

  /** The content of a Hugging Face tokenizer.json, to be written with `JSON.stringify`. */
  toHF(): HFTokenizer {
    return writeHF(this.#parts);
  }

  /**
   * The content of a `.tiktoken` file (special tokens and pattern are not part of it).
   * @throws VocabularyError where ids are not in the order of the merges.
   */
  toTiktoken(): string {
    return writeTiktoken(this.#parts);
  }

  readonly #scratch = new IdBuffer();

  #encodeOrdinary(text: string, out: IdBuffer): void {
    const matcher = this.#parts.special.matcher(text, { disallowedSpecial: [] });
    this.#encodeAround(matcher, text, out, (plain) => this.#encoder.encode(this.#normalize(plain), out));
  }

  /** Plain stretches to `plain`, the tokens that `matcher` finds to `out`. */
  #encodeAround(
    matcher: RegExp | undefined,
    text: string,
    out: IdBuffer,
    plain: (text: string) => void,
  ): void {
    let at = 0;
    if (matcher) {
      matcher.lastIndex = 0;
      for (let found = matcher.exec(text); found; found = matcher.exec(text)) {
        if (found.index > at) plain(text.slice(at, found.index));
        out.push(this.#parts.special.id(found[0]));
        at = found.index + found[0].length;
      }
    }
    if (at < text.length) plain(at === 0 ? text : text.slice(at));
  }

  #normalize(text: string): string {
    const { normalizer, pattern } = this.#parts;
    // An expression of the user's must see what the bytes will say.
    const plain = pattern instanceof RegExp ? wellFormed(text) : text;
    return normalizer ? plain.normalize(normalizer) : plain;
  }
}
