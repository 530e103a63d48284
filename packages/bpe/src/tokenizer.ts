import type { Kinds } from "@llm/platform/options";
import { BATCH, Batches, type BatchOptions } from "./batch.js";
import { check, checkArgument, checkEncode, checkText, ENCODE } from "./check.js";
import type { EncodingName } from "./encodings.js";
import { BudgetError, VocabularyError } from "./errors.js";
import type { Expressions } from "./expressions.js";
import { type HFOptions, type HFTokenizer, readerFor, readHF, writeHF } from "./hf.js";
import { parseJson } from "./json.js";
import type { Normalizer } from "./normalizer.js";
import type { Offsets } from "./offsets.js";
import type { TokenizerParts } from "./parts.js";
import type { Pattern } from "./patterns.js";
import { Pipeline } from "./pipeline.js";
import { type EncodeOptions, ordinary } from "./special.js";
import { ByteDecoder, bytesOf, type StreamDecoder } from "./stream-decoder.js";
import { readTiktoken, type TiktokenOptions, type TiktokenRanks, writeTiktoken } from "./tiktoken.js";
import { type TraceStep, traceMerges } from "./trace.js";
import { readVocabBpe, type VocabBpe, type VocabBpeOptions, writeVocabBpe } from "./vocab-bpe.js";

/** What to count, and how far. */
export interface CountOptions extends EncodeOptions {
  /** Counting stops soon after this many tokens. Default: none. */
  limit?: number;
}

/** How a tokenizer.json is written. */
export interface ToHFOptions {
  /** Says a RegExp of yours in a file's words: `expressions` of `@llm/bpe/expressions`. Default: that is an error. */
  expressions?: Expressions;
}

const HF: Kinds<HFOptions> = { characters: "function", expressions: "object" };
const TO_HF: Kinds<ToHFOptions> = { expressions: "object" };
const COUNT: Kinds<CountOptions> = { ...ENCODE, limit: "any" };

/** How a piece becomes ids: the bytes it starts from, and the merges in order. */
export interface Trace {
  /** The ids of the single bytes; of the characters where tokens are made of these. */
  bytes: number[];
  steps: TraceStep[];
  /** The ids that encoding gives. */
  ids: number[];
  /** The piece is a token and was looked up at once, without merging: then `steps` says what merging would have done. */
  wholePiece: boolean;
}

/**
 * Text to token ids and back. Made by `train`, `loadTiktoken`, `Tokenizer.fromHF`, `Tokenizer.fromTiktoken` or
 * `Tokenizer.fromVocabBpe`.
 */
export class Tokenizer {
  readonly #parts: TokenizerParts;
  readonly #pipeline: Pipeline;
  readonly #batches: Batches;

  /** @internal */
  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    this.#pipeline = new Pipeline(parts);
    this.#batches = new Batches(this.#pipeline, parts.characters);
  }

  /**
   * Reads the content of a Hugging Face tokenizer.json that holds a BPE over bytes and cuts text by a known pattern, and, given
   * the modules for them, files that do more: `expressions` of `@llm/bpe/expressions` where text is treated in other ways,
   * `characters` of `@llm/bpe/characters` where tokens are made of characters (SentencePiece's kind: Llama 2, Mistral, Gemma).
   * @throws TokenizerFormatError, VocabularyError, OptionsError
   */
  static fromHF(json: object | string, readers: HFOptions = {}): Tokenizer {
    check("fromHF", readers, HF);
    return new Tokenizer(readHF(json, readers));
  }

  /** `fromHF` for any file: loads what it needs. */
  static async openHF(json: object | string): Promise<Tokenizer> {
    const file = parseJson(json, "The tokenizer file");
    const needed = readerFor(file);
    if (!needed) return Tokenizer.fromHF(file);
    return Tokenizer.fromHF(
      file,
      needed === "characters" ? await import("./characters.js") : await import("./expressions.js"),
    );
  }

  /**
   * Reads a table of ranks, tiktoken's form.
   *
   * @param encoding the name of a published encoding (see `ENCODINGS`), or what the table does not say.
   * @throws TokenizerFormatError, VocabularyError
   */
  static fromTiktoken(ranks: TiktokenRanks, encoding: EncodingName | TiktokenOptions): Tokenizer {
    return new Tokenizer(readTiktoken(ranks, encoding));
  }

  /**
   * Reads the contents of a vocab.json and a merges.txt, GPT-2's own form.
   * @throws TokenizerFormatError, VocabularyError
   */
  static fromVocabBpe(vocab: object | string, merges: string, options: VocabBpeOptions = {}): Tokenizer {
    return new Tokenizer(readVocabBpe(vocab, merges, options));
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

  /** The normalisation done before text is cut; null if none. */
  get normalizer(): Normalizer | null {
    return this.#parts.normalizer;
  }

  /**
   * Text to ids. A special token in the text is an error unless it is allowed, as in tiktoken.
   * @throws DisallowedSpecialError, OptionsError
   */
  encode(text: string, options?: EncodeOptions): Uint32Array {
    checkText("encode", text);
    if (options !== undefined) checkEncode("encode", options, ENCODE);
    return this.#pipeline.encode(text, options ?? {}).taken();
  }

  /** Text to ids; special tokens in it are plain text. */
  encodeOrdinary(text: string): Uint32Array {
    checkText("encodeOrdinary", text);
    return this.#pipeline.encode(text, ordinary({})).taken();
  }

  /**
   * `encode` into an array of yours from `offset` on; returns how many ids were written. There are never more than the
   * (normalised) text has UTF-8 bytes. By default special tokens in the text are plain text.
   * @throws VocabularyError if they do not fit, DisallowedSpecialError: then nothing is written.
   */
  encodeInto(text: string, target: Uint32Array | Int32Array, offset = 0, options?: EncodeOptions): number {
    checkText("encodeInto", text);
    if (options !== undefined) checkEncode("encodeInto", options, ENCODE);
    const out = this.#pipeline.encode(text, ordinary(options ?? {}));
    if (offset + out.length > target.length) {
      throw new VocabularyError(
        `The text has ${out.length} tokens, but the array has room for ${Math.max(0, target.length - offset)} from ${offset} on.`,
      );
    }
    target.set(out.ids.subarray(0, out.length), offset);
    return out.length;
  }

  /**
   * `encode`, with where each token stands: in the text, or, with a normaliser, in the normalised text, which comes along
   * as `text`. An added token with lstrip or rstrip covers the white space that it takes along.
   * @throws DisallowedSpecialError
   */
  encodeWithOffsets(text: string, options: EncodeOptions = {}): Offsets {
    checkText("encodeWithOffsets", text);
    checkEncode("encodeWithOffsets", options, ENCODE);
    return this.#pipeline.offsets(text, options);
  }

  /**
   * Encodes many texts, giving way to other work between them: here, or on worker threads (Web Workers in a browser) that
   * stay for the next batch. Long texts are shared out.
   * @throws DisallowedSpecialError, WorkerError
   */
  async encodeBatch(texts: Iterable<string>, options: BatchOptions = {}): Promise<Uint32Array[]> {
    checkArgument("texts of encodeBatch", texts, "iterable");
    checkEncode("encodeBatch", options, BATCH);
    return this.#batches.encode(texts, options);
  }

  /** Ends the workers that `encodeBatch` keeps. The tokenizer can still be used. */
  stopWorkers(): void {
    this.#batches.stop();
  }

  /**
   * How many ids `encode` gives. By default special tokens in the text are plain text.
   *
   * With a `limit` the answer is exact up to it, and `limit + 1` for anything above: a text too long to fit is known by
   * its length, others are read no further than needed. A disallowed special token may then go unseen.
   * @throws DisallowedSpecialError, BudgetError where `limit` is no whole number
   */
  count(text: string, options?: CountOptions): number {
    checkText("count", text);
    if (options !== undefined) checkEncode("count", options, COUNT);
    const { limit = Number.POSITIVE_INFINITY } = options ?? {};
    if (limit !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new BudgetError(`limit is ${limit}: pass a whole number of tokens, 0 or more.`);
    }
    return this.#pipeline.count(text, options ?? {}, limit);
  }

  /** The pieces that merging never crosses, as the pattern cuts plain text. */
  split(text: string): string[] {
    checkText("split", text);
    return this.#pipeline.split(text);
  }

  /** How one piece (see `split`) becomes ids, merge by merge. */
  trace(piece: string): Trace {
    checkArgument("piece of trace", piece, "string");
    const { vocabulary, merges, byteIds, wholePiece, characters, prepare } = this.#parts;
    const bytes = new TextEncoder().encode(prepare ? piece : this.#pipeline.normalize(piece));
    const { start, ids, steps } = characters
      ? characters.trace(bytes)
      : { start: Array.from(bytes, (byte) => byteIds[byte]!), ...traceMerges(bytes, merges, byteIds) };
    const known = wholePiece ? vocabulary.find(bytes, 0, bytes.length) : -1;
    return {
      bytes: start,
      steps,
      ids: known >= 0 ? [known] : ids,
      wholePiece: known >= 0,
    };
  }

  /** Ids to text; bytes that are not UTF-8 become U+FFFD. @throws UnknownTokenError */
  decode(ids: ArrayLike<number>): string {
    const { decoder } = this.#parts;
    // At once: for a few ids that costs a fraction of what a stream does.
    if (!decoder) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.decodeBytes(ids));
    checkArgument("ids of decode", ids, "list");
    const stream = decoder();
    return stream.write(ids) + stream.end();
  }

  /** Ids to the bytes they stand for, exactly. @throws UnknownTokenError */
  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    return bytesOf(this.#parts.vocabulary, ids);
  }

  /** Decodes ids one at a time, giving out text only once its characters are whole. */
  decoder(): StreamDecoder {
    const { decoder, vocabulary } = this.#parts;
    return decoder ? decoder() : new ByteDecoder(vocabulary);
  }

  /** Whether an id stands for a token: some below `vocabSize` may not. */
  has(id: number): boolean {
    return this.#parts.vocabulary.has(id);
  }

  /** The bytes of one token. @throws UnknownTokenError */
  tokenBytes(id: number): Uint8Array {
    return this.#parts.vocabulary.bytes(id).slice();
  }

  /**
   * The content of a Hugging Face tokenizer.json, to be written with `JSON.stringify`.
   *
   * @param options `expressions`: needed only for a RegExp of yours given to `fromTiktoken` or `fromVocabBpe`.
   * @throws TokenizerFormatError where a file cannot say what the tokenizer does
   */
  toHF(options: ToHFOptions = {}): HFTokenizer {
    check("toHF", options, TO_HF);
    return writeHF(this.#parts, options.expressions?.write);
  }

  /**
   * The contents of vocab.json and merges.txt (pattern, normaliser and flags of added tokens are not part of them).
   * @throws VocabularyError where merges alone cannot say what the tokenizer does.
   */
  toVocabBpe(): VocabBpe {
    return writeVocabBpe(this.#parts);
  }

  /**
   * The content of a `.tiktoken` file (special tokens and pattern are not part of it).
   * @throws VocabularyError where ids are not in the order of the merges.
   */
  toTiktoken(): string {
    return writeTiktoken(this.#parts);
  }
}
