import type { FasttextArguments } from "./arguments.js";
import { type BinaryReader, type BinaryWriter, FasttextFormatError } from "./binary.js";
import { RowCache } from "./row-cache.js";
import { FNV_OFFSET, fnv, isContinuation, isSeparator, WordTable } from "./words.js";

/** Stands for the end of a line. */
export const END_OF_LINE = "</s>";
/** What a label starts with, in a model file and in a text. */
export const LABEL_PREFIX = "__label__";

const [NEWLINE, WORD_START, WORD_END] = ["\n", "<", ">"].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
];
const encoder = new TextEncoder();

/** What `Dictionary` is made of. */
export interface DictionaryContent {
  /** The words, then the labels with their prefix, and how often each occurs. */
  readonly words: readonly Uint8Array[];
  readonly counts: readonly number[];
  readonly labelCount: number;
  /** Words and labels in the texts it was trained on. */
  readonly tokenCount: number;
  /** Which buckets have a row, and which, in a model where not all do. */
  readonly pruned?: ReadonlyMap<number, number> | undefined;
}

/** What the rows of a text depend on. */
export type NgramArguments = Pick<FasttextArguments, "wordNgrams" | "bucket" | "minn" | "maxn">;

/** Turns texts into rows of the input matrix: those of words, then those of the buckets that n-grams share by hash. */
export class Dictionary {
  readonly content: DictionaryContent;
  readonly wordCount: number;
  /** Without their prefix. */
  readonly labels: readonly string[];
  /** The rows of the latest text; more may follow behind `count`. */
  rows = new Int32Array(1024);
  count = 0;

  readonly #arguments: NgramArguments;
  readonly #table: WordTable;
  /** By bucket: its row less the number of words, or -1. */
  readonly #kept: Int32Array | undefined;
  readonly #cache = new RowCache();
  #bytes = new Uint8Array(1024);
  readonly #hashes: number[] = [];

  constructor(content: DictionaryContent, args: NgramArguments) {
    const { words, labelCount, pruned } = content;
    this.content = content;
    this.wordCount = words.length - labelCount;
    const decoder = new TextDecoder();
    this.labels = words.slice(this.wordCount).map((label) => {
      const text = decoder.decode(label);
      return text.startsWith(LABEL_PREFIX) ? text.slice(LABEL_PREFIX.length) : text;
    });
    this.#arguments = args;
    this.#table = new WordTable(words);
    if (pruned) {
      this.#kept = new Int32Array(args.bucket).fill(-1);
      for (const [bucket, row] of pruned) this.#kept[bucket] = row;
    }
  }

  /** Finds the rows of a text's first line and of its end. A word that starts like a label is passed over. */
  look(text: string): void {
    const bytes = this.#encode(text);
    this.count = 0;
    this.#hashes.length = 0;
    for (let at = 1; ; ) {
      while (isSeparator(bytes[at]!) && bytes[at] !== NEWLINE) at++;
      if (bytes[at] === NEWLINE) break;
      const start = at;
      let hash = FNV_OFFSET;
      for (; !isSeparator(bytes[at]!); at++) hash = fnv(hash, bytes[at]!);
      if (isText(bytes, start, at, END_OF_LINE)) break;
      this.#word(bytes, start, at, hash);
    }
    const end = encoder.encode(END_OF_LINE);
    const hash = end.reduce(fnv, FNV_OFFSET);
    const id = this.#table.find(end, 0, end.length, hash);
    if (id >= 0) this.#push(id);
    this.#hashes.push(hash);
    this.#wordNgrams();
  }

  /** A separator, the text in UTF-8, and the end of a line. */
  #encode(text: string): Uint8Array {
    const needed = 3 * text.length + 2;
    if (this.#bytes.length < needed) this.#bytes = new Uint8Array(2 * needed);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(1));
    this.#bytes[written + 1] = NEWLINE;
    return this.#bytes;
  }

  #word(bytes: Uint8Array, start: number, end: number, hash: number): void {
    const id = this.#table.find(bytes, start, end, hash);
    if (id >= this.wordCount || (id < 0 && isText(bytes, start, start + LABEL_PREFIX.length, LABEL_PREFIX)))
      return;
    this.#hashes.push(hash);
    const { maxn } = this.#arguments;
    if (maxn > 0 && this.#recall(bytes, start, end, hash)) return;
    const first = this.count;
    if (id >= 0) this.#push(id);
    if (maxn <= 0) return;
    const separator = bytes[end]!;
    bytes[start - 1] = WORD_START;
    bytes[end] = WORD_END;
    this.#characterNgrams(bytes, start - 1, end + 1);
    bytes[end] = separator;
    this.#cache.add(bytes, start, end, hash, this.rows, first, this.count);
  }

  /** Adds the rows of a word that has been seen before. */
  #recall(bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const entry = this.#cache.find(bytes, start, end, hash);
    if (entry < 0) return false;
    const cache = this.#cache;
    const to = cache.rowEnd(entry);
    let at = cache.rowStart(entry);
    const rows = this.#room(to - at);
    while (at < to) rows[this.count++] = cache.rows[at++]!;
    return true;
  }

  #characterNgrams(bytes: Uint8Array, from: number, to: number): void {
    const { minn, maxn, bucket } = this.#arguments;
    const kept = this.#kept;
    const rows = this.#room((to - from) * Math.min(maxn, to - from));
    let count = this.count;
    for (let i = from; i < to; i++) {
      if (isContinuation(bytes[i]!)) continue;
      let hash = FNV_OFFSET;
      for (let j = i, n = 1; j < to && n <= maxn; n++) {
        hash = fnv(hash, bytes[j++]!);
        while (j < to && isContinuation(bytes[j]!)) hash = fnv(hash, bytes[j++]!);
        if (n < minn || (n === 1 && (i === from || j === to))) continue;
        const id = (hash >>> 0) % bucket;
        const row = kept ? kept[id]! : id;
        if (row >= 0) rows[count++] = this.wordCount + row;
      }
    }
    this.count = count;
  }

  /** The hash of an n-gram of words is h = h * 116049371 + next, modulo 2^64, over the words' hashes as signed numbers. */
  #wordNgrams(): void {
    const { wordNgrams, bucket } = this.#arguments;
    const hashes = this.#hashes;
    for (let i = 0; i < hashes.length; i++) {
      let low = hashes[i]! >>> 0;
      let high = hashes[i]! < 0 ? 0xffffffff : 0;
      for (let j = i + 1; j < hashes.length && j < i + wordNgrams; j++) {
        const next = hashes[j]!;
        const lowest = (low & 0xffff) * FACTOR;
        const middle = (low >>> 16) * FACTOR + Math.floor(lowest / 0x10000);
        const sum = (((middle & 0xffff) << 16) | (lowest & 0xffff)) >>> 0;
        const total = sum + (next >>> 0);
        high = (Math.imul(high, FACTOR) + Math.floor(middle / 0x10000) + (next < 0 ? -1 : 0)) | 0;
        high = (high + (total > 0xffffffff ? 1 : 0)) >>> 0;
        low = total >>> 0;
        this.#pushBucket(remainder(high, low, bucket));
      }
    }
  }

  #pushBucket(bucket: number): void {
    const id = this.#kept ? this.#kept[bucket]! : bucket;
    if (id >= 0) this.#push(this.wordCount + id);
  }

  #push(row: number): void {
    this.#room(1)[this.count++] = row;
  }

  /** The rows, with room for so many more. */
  #room(more: number): Int32Array {
    if (this.count + more > this.rows.length) {
      const grown = new Int32Array(2 * (this.count + more));
      grown.set(this.rows);
      this.rows = grown;
    }
    return this.rows;
  }
}

const FACTOR = 116049371;

/** (high * 2^32 + low) mod m, for m below 2^31, in steps that a double holds exactly. */
function remainder(high: number, low: number, m: number): number {
  const first = ((high % m) * 0x10000 + (low >>> 16)) % m;
  return (first * 0x10000 + (low & 0xffff)) % m;
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Reads words, labels and the buckets that are left. */
export function readDictionary(reader: BinaryReader, args: FasttextArguments): Dictionary {
  const [size, wordCount, labelCount] = [reader.int32(), reader.int32(), reader.int32()];
  if (size !== wordCount + labelCount || labelCount < 1) {
    throw new FasttextFormatError(`${wordCount} words and ${labelCount} labels of ${size}`);
  }
  const tokenCount = reader.int64();
  const prunedCount = reader.int64();
  const words: Uint8Array[] = [];
  const counts: number[] = [];
  for (let i = 0; i < size; i++) {
    words.push(reader.zeroTerminated().slice());
    counts.push(reader.int64());
    const isLabel = reader.bool();
    if (isLabel !== i >= wordCount) throw new FasttextFormatError("its labels do not come after its words");
  }
  const pruned = prunedCount >= 0 ? new Map<number, number>() : undefined;
  for (let i = 0; i < prunedCount; i++) {
    const [bucket, row] = [reader.int32(), reader.int32()];
    if (bucket < 0 || bucket >= args.bucket || row < 0 || row >= prunedCount) {
      throw new FasttextFormatError(`its bucket ${bucket} has row ${row}`);
    }
    pruned!.set(bucket, row);
  }
  return new Dictionary({ words, counts, labelCount, tokenCount, pruned }, args);
}

/** Writes a dictionary in which every bucket has a row. */
export function writeDictionary(writer: BinaryWriter, { content, wordCount }: Dictionary): void {
  const { words, counts, labelCount, tokenCount } = content;
  for (const value of [words.length, wordCount, labelCount]) writer.int32(value);
  writer.int64(tokenCount);
  writer.int64(-1);
  for (const [i, word] of words.entries()) {
    writer.zeroTerminated(word);
    writer.int64(counts[i]!);
    writer.bool(i >= wordCount);
  }
}
