import type { Kinds } from "@llm/platform/options";
import type { Characters } from "./character-tables.js";
import { check, checkArgument, checkEncode, checkText, ENCODE } from "./check.js";
import { type Encoder, IdBuffer } from "./encoder.js";
import type { EncodingName } from "./encodings.js";
import { BudgetError, UnknownTokenError, VocabularyError, WorkerError } from "./errors.js";
import { type CharacterReader, type HFTokenizer, isCharacterLevel, readHF, writeHF } from "./hf.js";
import { parseJson } from "./json.js";
import { createEncoder } from "./model.js";
import { type Normalizer, normalize } from "./normalizer.js";
import { Borders, type Offsets } from "./offsets.js";
import type { TokenizerParts } from "./parts.js";
import type { Pattern } from "./patterns.js";
import { wellFormed } from "./pieces.js";
import { type Around, readAround } from "./post-processor.js";
import { type Segment, Segmenter } from "./segments.js";
import { type EncodeOptions, ordinary } from "./special.js";
import { ByteDecoder, type StreamDecoder } from "./stream-decoder.js";
import { readTiktoken, type TiktokenOptions, type TiktokenRanks, writeTiktoken } from "./tiktoken.js";
import { type TraceStep, traceMerges } from "./trace.js";
import { readVocabBpe, type VocabBpe, type VocabBpeOptions, writeVocabBpe } from "./vocab-bpe.js";
import type { BatchEncoder } from "./workers/encode-batch.js";

/** What to count, and how far. */
export interface CountOptions extends EncodeOptions {
  /** Counting stops soon after this many tokens. Default: none. */
  limit?: number;
}

/** How to encode a batch. */
export interface BatchOptions extends EncodeOptions {
  /** Worker threads to encode on. Default: 0, which encodes here. */
  workers?: number;
  signal?: AbortSignal;
}

/** How a tokenizer.json is read. */
export interface HFOptions {
  /** Reads tokens made of characters. Default: such files are an error. */
  characters?: CharacterReader;
}

const HF: Kinds<HFOptions> = { characters: "function" };
const COUNT: Kinds<CountOptions> = { ...ENCODE, limit: "any" };
const BATCH: Kinds<BatchOptions> = { ...ENCODE, workers: "number", signal: "signal" };

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
  readonly #encoder: Encoder;
  readonly #segmenter: Segmenter;

  /** @internal */
  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    const { characters } = parts;
    this.#encoder = createEncoder(characters ? { ...parts, ...kernelParts(characters) } : parts);
    this.#segmenter = new Segmenter(parts.special, (text) => this.#normalize(text));
  }

  /**
   * Reads the content of a Hugging Face tokenizer.json that holds a BPE: a byte-level one, or, given `characters` of
   * `@llm/bpe/characters`, one of SentencePiece's kind (Llama 2, Mistral, Gemma).
   * @throws TokenizerFormatError, VocabularyError, OptionsError
   */
  static fromHF(json: object | string, options: HFOptions = {}): Tokenizer {
    check("fromHF", options, HF);
    return new Tokenizer(readHF(json, options.characters));
  }

  /** `fromHF` for files of both kinds: loads `characters` for those that need it. */
  static async openHF(json: object | string): Promise<Tokenizer> {
    const file = parseJson(json, "The tokenizer file");
    if (!isCharacterLevel(file)) return Tokenizer.fromHF(file);
    return Tokenizer.fromHF(file, await import("./characters.js"));
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
    return this.#encode(text, options ?? {}).taken();
  }

  /** Text to ids; special tokens in it are plain text. */
  encodeOrdinary(text: string): Uint32Array {
    checkText("encodeOrdinary", text);
    return this.#encode(text, ordinary({})).taken();
  }

  /**
   * `encode` into an array of yours from `offset` on; returns how many ids were written. There are never more than the
   * (normalised) text has UTF-8 bytes. By default special tokens in the text are plain text.
   * @throws VocabularyError if they do not fit, DisallowedSpecialError: then nothing is written.
   */
  encodeInto(text: string, target: Uint32Array | Int32Array, offset = 0, options?: EncodeOptions): number {
    checkText("encodeInto", text);
    if (options !== undefined) checkEncode("encodeInto", options, ENCODE);
    const out = this.#encode(text, ordinary(options ?? {}));
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
    const out = new IdBuffer();
    const { vocabulary, characters } = this.#parts;
    const borders = new Borders(vocabulary);
    let covered = "";
    const { before, after } = this.#around(options);
    const add = (ids: readonly number[]) => {
      for (const id of ids) {
        out.push(id);
        borders.token("");
      }
    };
    add(before);
    for (const segment of this.#segments(text, options)) {
      covered += segment.text;
      const from = out.length;
      if (segment.token) {
        out.push(segment.token.id);
        borders.token(segment.text);
      } else {
        this.#encodePlain(segment.text, out);
        const ids = out.ids.subarray(from, out.length);
        if (characters?.hasUnknown) {
          let at = 0;
          for (const id of ids) {
            const end = characters.end(segment.text, at, id);
            borders.token(segment.text.slice(at, end));
            at = end;
          }
        } else borders.plain(ids);
      }
    }
    add(after);
    return {
      ids: out.taken(),
      bytes: borders.bytes(),
      utf16: borders.utf16(),
      text: covered,
    };
  }

  /**
   * Encodes many texts, giving way to other work between them: here, or on worker threads (Web Workers in a browser) that
   * stay for the next batch. Long texts are shared out.
   * @throws DisallowedSpecialError, WorkerError
   */
  async encodeBatch(texts: Iterable<string>, options: BatchOptions = {}): Promise<Uint32Array[]> {
    checkArgument("texts of encodeBatch", texts, "iterable");
    checkEncode("encodeBatch", options, BATCH);
    const { workers = 0, signal } = options;
    if (!Number.isInteger(workers) || workers < 0) {
      throw new WorkerError(`workers is ${workers}: pass a whole number of threads, or 0 for none.`);
    }
    if (workers > 0) {
      this.#batch ??= await this.#batchEncoder();
      const batch = await this.#batch.encode(this.#segmented(texts, options), workers, signal);
      const { characters } = this.#parts;
      const { before, after } = this.#around(options);
      if (!characters && before.length + after.length === 0) return batch;
      return batch.map((ids) => {
        const all = new IdBuffer();
        for (const part of [before, characters?.spelled(ids) ?? ids, after])
          all.append(Uint32Array.from(part));
        return all.taken();
      });
    }
    const batch: Uint32Array[] = [];
    let rested = performance.now();
    for (const text of texts) {
      signal?.throwIfAborted();
      checkText("encodeBatch", text);
      batch.push(this.#encode(text, options).taken());
      if (performance.now() - rested > 30) {
        await new Promise((resolve) => setTimeout(resolve));
        rested = performance.now();
      }
    }
    return batch;
  }

  /** Ends the workers that `encodeBatch` keeps. The tokenizer can still be used. */
  stopWorkers(): void {
    this.#batch?.stop();
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
    if (text.length > limit * this.#mostUnits()) return limit + 1;
    const { before, after } = this.#around(options ?? {});
    let total = before.length + after.length;
    for (const segment of this.#segments(text, ordinary(options ?? {}))) {
      total += segment.token ? 1 : this.#countPlain(segment.text, limit - total);
      if (total > limit) return limit + 1;
    }
    return total;
  }

  /** The pieces that merging never crosses, as the pattern cuts plain text. */
  split(text: string): string[] {
    checkText("split", text);
    const { prepare } = this.#parts;
    const plain = this.#normalize(text);
    return (prepare && plain ? prepare(plain, true) : [plain]).flatMap((part) => this.#encoder.pieces(part));
  }

  /** How one piece (see `split`) becomes ids, merge by merge. */
  trace(piece: string): Trace {
    checkArgument("piece of trace", piece, "string");
    const { vocabulary, merges, byteIds, wholePiece, characters, prepare } = this.#parts;
    const bytes = new TextEncoder().encode(prepare ? piece : this.#normalize(piece));
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
    if (!this.#parts.decoder)
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.decodeBytes(ids));
    checkArgument("ids of decode", ids, "list");
    const decoder = this.#parts.decoder();
    let text = "";
    for (let i = 0; i < ids.length; i++) text += decoder.write(ids[i]!);
    return text + decoder.end();
  }

  /** Ids to the bytes they stand for, exactly. @throws UnknownTokenError */
  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    checkArgument("ids of decode", ids, "list");
    const { arena, offsets, size } = this.#parts.vocabulary;
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (typeof id !== "number") checkArgument(`id ${i} of decode`, id, "number");
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

  /** The content of a Hugging Face tokenizer.json, to be written with `JSON.stringify`. */
  toHF(): HFTokenizer {
    return writeHF(this.#parts);
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

  readonly #scratch = new IdBuffer();

  #batch: BatchEncoder | undefined;

  /** Workers are loaded when they are asked for: most never are. */
  async #batchEncoder(): Promise<BatchEncoder> {
    const { BatchEncoder } = await import("./workers/encode-batch.js");
    return new BatchEncoder(this.#encoder);
  }

  *#segmented(texts: Iterable<string>, options: EncodeOptions): Generator<Iterable<Segment>> {
    for (const text of texts) {
      checkText("encodeBatch", text);
      yield this.#segments(text, options);
    }
  }

  /** In a buffer that the next call uses again. */
  #encode(text: string, options: EncodeOptions): IdBuffer {
    const out = this.#scratch;
    out.start(text.length);
    const { before, after } = this.#around(options);
    for (const id of before) out.push(id);
    for (const segment of this.#segments(text, options)) {
      if (segment.token) out.push(segment.token.id);
      else this.#encodePlain(segment.text, out);
    }
    for (const id of after) out.push(id);
    return out;
  }

  /** What `addSpecialTokens` adds. */
  #around({ addSpecialTokens }: EncodeOptions): Around {
    return addSpecialTokens ? readAround(this.#parts.file?.["post_processor"]) : NONE;
  }

  /** The segments as the encoder takes them. */
  #segments(text: string, options: EncodeOptions): Iterable<Segment> {
    const segments = this.#segmenter.segments(text, options);
    return this.#parts.prepare ? prepared(segments, this.#parts.prepare) : segments;
  }

  #encodePlain(text: string, out: IdBuffer): void {
    const from = out.length;
    this.#encoder.encode(text, out);
    if (!this.#parts.characters) return;
    const ids = this.#parts.characters.spelled(out.ids.slice(from, out.length));
    out.length = from;
    out.append(ids);
  }

  #countPlain(text: string, limit: number): number {
    if (!this.#parts.characters) return this.#encoder.count(text, limit);
    const out = new IdBuffer();
    this.#encodePlain(text, out);
    return out.length;
  }

  #longest = 0;

  /** UTF-16 units that one token can stand for. */
  #mostUnits(): number {
    const { vocabulary, special, normalizer, characters, prepare } = this.#parts;
    if (characters?.hasUnknown || prepare) return Number.POSITIVE_INFINITY;
    if (special.tokens.some((token) => token.lstrip || token.rstrip)) return Number.POSITIVE_INFINITY;
    if (this.#longest === 0) {
      for (let id = 0; id < vocabulary.size; id++) {
        this.#longest = Math.max(this.#longest, vocabulary.offsets[id + 1]! - vocabulary.offsets[id]!);
      }
    }
    // A unit is at least one byte; composing makes at most four units one character.
    return this.#longest * (normalizer ? 4 : 1);
  }

  #normalize(text: string): string {
    const { normalizer, pattern } = this.#parts;
    // An expression of the user's must see what the bytes will say.
    return normalize(pattern instanceof RegExp ? wellFormed(text) : text, normalizer);
  }
}

const NONE: Around = { before: [], after: [] };

function kernelParts({ vocabulary, merges, byteIds }: Characters): Partial<TokenizerParts> {
  return { vocabulary, merges, byteIds };
}

function* prepared(
  segments: Iterable<Segment>,
  prepare: NonNullable<TokenizerParts["prepare"]>,
): Generator<Segment> {
  let first = true;
  for (const segment of segments) {
    if (segment.token) yield segment;
    else for (const text of prepare(segment.text, first)) yield { text };
    first = false;
  }
}
