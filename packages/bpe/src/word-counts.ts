import { borderNear } from "./borders.js";
import { Kernel, type TrainingKernels } from "./kernel.js";
import type { Pattern } from "./patterns.js";
import { CHUNK, PADDING, PieceReader, SCANNERS, wellFormed } from "./pieces.js";
import { asMemoryAllows } from "./training-memory.js";

/** Distinct words, in no particular order, and how often each occurs. */
export interface WordCounts {
  /** The words in a row: word w is `bytes[ends[w - 1] .. ends[w])`. */
  bytes: Uint8Array;
  ends: Uint32Array;
  /** Exact up to 2^53. */
  counts: Float64Array;
  /** Bytes of all text that was counted. */
  read: number;
}

/** Bytes of text that are counted at once. */
const BATCH = 65_536;
/** Words whose counts are added at once. */
const PART = 8192;
/** Bytes of the table's slots and of its state in assembly/words.ts. */
const SLOT = 40;
const STATE = 24;
/** Long words are kept in blocks of at least so many bytes. */
const BLOCK = 2 ** 20;
const NEWLINE = 10;
const encoder = new TextEncoder();

/** Counts the words of texts: pieces as a pattern cuts them. The table and its loops are in assembly/words.ts. */
export class WordCounter {
  readonly #kernel: Kernel<TrainingKernels>;
  /** The table of character classes, and its address in the kernel. */
  readonly #table: Uint8Array;
  readonly #classes: number;
  readonly #scanner: number;
  /** Cuts text where the pattern is the user's expression. */
  readonly #reader: PieceReader | undefined;
  readonly #state: number;
  /** 64 less the binary logarithm of the table's size. */
  #shift = 52;
  /** Where the block for long words starts and ends. */
  #kept = 0;
  #keptEnd = 0;
  // The batch: its text and where its texts end; then room for the ends of pieces.
  #text = 0;
  #capacity = 0;
  #textEnds = 0;
  #ends = 0;
  #length = 0;
  #texts = 0;
  #read = 0;

  /** @param classes the table of character classes */
  constructor(module: WebAssembly.Module, pattern: Pattern, classes: Uint8Array) {
    this.#kernel = new Kernel(module);
    this.#table = classes;
    this.#classes = this.#kernel.copy(classes);
    this.#scanner = pattern instanceof RegExp ? -1 : SCANNERS[pattern];
    if (pattern instanceof RegExp) this.#reader = new PieceReader(new Kernel(module), pattern, 0);
    this.#state = this.#kernel.allocate(STATE);
    this.#kernel.run.rehashWords(this.#state, this.#allocateTable(), this.#shift);
    this.#reserveBatch(BATCH);
  }

  /** Distinct words so far, but for those of the batch that waits. */
  get size(): number {
    return this.#kernel.words[this.#state >> 2]!;
  }

  /** Bytes of text so far, but for those of the batch that waits. */
  get read(): number {
    return this.#read;
  }

  /** Counts the words of a text, which is cut by itself. */
  add(text: string): undefined {
    if (this.#reader) return this.#addPiecesOf(this.#reader, wellFormed(text));
    let at = 0;
    while (at < text.length) {
      const to = borderNear(this.#table, text, at, CHUNK);
      this.#write(at === 0 && to === text.length ? text : text.slice(at, to));
      at = to;
    }
  }

  /** Counts the words of UTF-8 in which each line, with its line break, is a text. */
  addLines(utf8: Uint8Array): undefined {
    if (this.#reader) {
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8);
      for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+/g)) this.#addPiecesOf(this.#reader, line);
      return;
    }
    this.#count();
    for (let at = 0; at < utf8.length; ) {
      let to = Math.min(at + BATCH, utf8.length);
      if (to < utf8.length) to = at + utf8.subarray(at, to).lastIndexOf(NEWLINE) + 1;
      if (to === at) to = utf8.indexOf(NEWLINE, at + BATCH) + 1 || utf8.length;
      this.#reserveBatch(to - at);
      this.#kernel.bytes.set(utf8.subarray(at, to), this.#text);
      this.#length = to - at;
      this.#texts = this.#kernel.run.splitLines(this.#text, this.#length, this.#textEnds);
      this.#count();
      at = to;
    }
  }

  /** Adds what was counted elsewhere. */
  addCounts({ bytes, ends, counts, read }: WordCounts): void {
    this.#count();
    this.#read += read;
    for (let from = 0; from < ends.length; from += PART) {
      const to = Math.min(from + PART, ends.length);
      const start = from === 0 ? 0 : ends[from - 1]!;
      this.#addPieces(
        bytes.subarray(start, ends[to - 1]),
        ends.subarray(from, to).map((end) => end - start),
        counts.subarray(from, to),
      );
    }
  }

  /** All words that were added, and their counts. */
  counts(): WordCounts {
    this.#count();
    const kernel = this.#kernel;
    const [size, length] = [this.size, kernel.words[(this.#state >> 2) + 1]!];
    const { top } = kernel;
    const bytes = this.#allocate(length);
    const ends = this.#allocate(size * 4);
    const counts = this.#allocate(size * 8);
    kernel.run.writeWords(this.#state, bytes, ends, counts);
    const { buffer } = kernel.bytes;
    const result = {
      read: this.#read,
      bytes: new Uint8Array(buffer, bytes, length).slice(),
      ends: new Uint32Array(buffer, ends, size).slice(),
      counts: new Float64Array(buffer, counts, size).slice(),
    };
    kernel.free(top);
    return result;
  }

  /** Starts anew, with the memory it has. */
  clear(): void {
    const { words, bytes } = this.#kernel;
    const state = this.#state >> 2;
    const table = words[state + 2]!;
    bytes.fill(0, table, table + SLOT * 2 ** (64 - this.#shift));
    words[state] = words[state + 1] = 0;
    words[state + 4] = this.#kept;
    this.#read = this.#length = this.#texts = 0;
  }

  /** Puts a text of known pattern, or a part of one that ends at a safe border, into the batch. */
  #write(text: string): void {
    const most = text.length * 3;
    if (this.#length + most > this.#capacity) {
      this.#count();
      this.#reserveBatch(most);
    }
    const { bytes, words } = this.#kernel;
    const at = this.#text + this.#length;
    this.#length += encoder.encodeInto(text, bytes.subarray(at, at + most)).written;
    words[(this.#textEnds >> 2) + this.#texts++] = this.#length;
  }

  #addPiecesOf(reader: PieceReader, text: string): undefined {
    for (let at = 0; at < text.length; ) {
      at = reader.read(text, at);
      this.#read += reader.length;
      this.#addPieces(reader.bytes, reader.ends);
    }
  }

  /** @param weights not more than `PART` */
  #addPieces(bytes: Uint8Array, ends: Uint32Array, weights?: Float64Array): void {
    const kernel = this.#kernel;
    this.#reserveBatch(Math.max(bytes.length, ends.length));
    kernel.bytes.set(bytes, this.#text);
    kernel.words.set(ends, this.#ends >> 2);
    // There are no ends of texts meanwhile.
    if (weights) new Float64Array(kernel.bytes.buffer, this.#textEnds, weights.length).set(weights);
    const weightsAt = weights ? this.#textEnds : 0;
    this.#growingTable(bytes.length, ends.length, (first) =>
      kernel.run.countWords(this.#state, this.#text, this.#ends, first, ends.length, weightsAt),
    );
  }

  /** Counts the words of the batch, and empties it. */
  #count(): void {
    const { run } = this.#kernel;
    this.#growingTable(this.#length, this.#texts, (first) =>
      run.countTexts(
        this.#state,
        this.#scanner,
        this.#classes,
        this.#text,
        this.#textEnds,
        first,
        this.#texts,
        this.#ends,
      ),
    );
    this.#read += this.#length;
    this.#length = this.#texts = 0;
  }

  #reserveBatch(bytes: number): void {
    if (bytes <= this.#capacity) return;
    this.#capacity = Math.max(bytes, 2 * this.#capacity);
    this.#text = this.#allocate(this.#capacity + 2 * PADDING);
    this.#textEnds = this.#allocate(this.#capacity * 4);
    this.#ends = this.#allocate(this.#capacity * 4);
  }

  /** Runs `count`, which answers how far it came, until it has come to the end; before it goes on, the table grows. */
  #growingTable(bytes: number, end: number, count: (first: number) => number): void {
    this.#reserveKept(bytes);
    for (let done = count(0); done < end; done = count(done)) {
      this.#shift--;
      this.#kernel.run.rehashWords(this.#state, this.#allocateTable(), this.#shift);
    }
  }

  /** Room for the bytes of long words. */
  #reserveKept(bytes: number): void {
    const kernel = this.#kernel;
    const next = (this.#state >> 2) + 4;
    if (this.#keptEnd - kernel.words[next]! >= bytes) return;
    const size = Math.max(BLOCK, bytes);
    const at = this.#allocate(size);
    kernel.words[next] = this.#kept = at;
    this.#keptEnd = at + size;
  }

  /** The address of an empty table of the size that `#shift` says. */
  #allocateTable(): number {
    return this.#allocate(SLOT * 2 ** (64 - this.#shift));
  }

  #allocate(size: number): number {
    return asMemoryAllows(this.size, () => this.#kernel.allocate(size));
  }
}
