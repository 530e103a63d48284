import { DedupFileError } from "./errors.js";
import type { RecordFile } from "./records.js";
import { compareHashes, compareRecords } from "./sort.js";

/** Bytes that all files of a merge are buffered in together, and one at the least. */
const BUFFERED = 2 ** 26;
const LEAST = 2 ** 14;

/** A stretch of a rank's sorted records. */
export interface SortedRun {
  readonly rank: number;
  readonly file: RecordFile;
  /** From this record on, */
  readonly first: number;
  /** up to before this one. */
  readonly end: number;
}

/** Who takes merged records. */
export interface MergeTarget {
  /** Takes a record, whose words begin at `at` in `words`. */
  take(rank: number, words: Uint32Array, at: number): void;
  /** Called between records, now and then: time to write, and to look at signals. */
  pause(): Promise<void>;
}

/**
 * Merges sorted runs by hash, then by rank, then by position, with a buffer for each.
 * @throws DedupFileError if a file is not sorted
 */
export async function merge(
  runs: readonly SortedRun[],
  target: MergeTarget,
  wayOut: (rank: number) => string,
): Promise<void> {
  const readers = runs.map(
    (run) => new Reader(run, Math.max(LEAST, BUFFERED / runs.length), wayOut(run.rank)),
  );
  for (const reader of readers) await reader.fill();
  const heap = new Heap(readers.filter(({ done }) => !done));
  while (heap.top) {
    const reader = heap.top;
    target.take(reader.rank, reader.words, reader.at);
    if (!reader.advance()) {
      await target.pause();
      await reader.fill();
    }
    heap.settle();
  }
}

class Reader {
  readonly rank: number;
  words: Uint32Array = new Uint32Array();
  at = 0;
  private readonly run: SortedRun;
  private readonly size: number;
  private readonly wayOut: string;
  private next: number;

  constructor(run: SortedRun, bytes: number, wayOut: string) {
    this.run = run;
    this.rank = run.rank;
    this.wayOut = wayOut;
    this.next = run.first;
    this.size = Math.max(1, Math.floor(bytes / (4 * run.file.width)));
  }

  get done(): boolean {
    return this.at === this.words.length;
  }

  get width(): number {
    return this.run.file.width;
  }

  /** Goes to the next record; false if it is not in the buffer. */
  advance(): boolean {
    const before = this.at;
    this.at += this.width;
    if (this.done) return false;
    this.check(this.words, before);
    return true;
  }

  /** Reads on from the disk; `done` if there is nothing more. */
  async fill(): Promise<void> {
    const { file, end } = this.run;
    const last = this.words.subarray(-this.width);
    this.at = 0;
    this.words = await file.read(this.next, Math.min(this.size, end - this.next));
    this.next += this.words.length / this.width;
    if (last.length > 0 && !this.done) this.check(last, 0);
  }

  private check(words: Uint32Array, before: number): void {
    if (compareRecords(words, before, this.words, this.at, this.width) < 0) return;
    throw new DedupFileError(this.run.file.path, "is not sorted, so it is corrupt", this.wayOut);
  }
}

/** Readers by their current records, the least first. */
class Heap {
  private readonly readers: Reader[];

  constructor(readers: Reader[]) {
    this.readers = readers;
    for (let i = (readers.length >> 1) - 1; i >= 0; i--) this.sink(i);
  }

  get top(): Reader | undefined {
    return this.readers[0];
  }

  /** Finds the top's place after it went on, or takes it out if it is done. */
  settle(): void {
    if (this.readers[0]!.done) {
      const last = this.readers.pop()!;
      if (this.readers.length === 0) return;
      this.readers[0] = last;
    }
    this.sink(0);
  }

  private sink(from: number): void {
    const { readers } = this;
    const moved = readers[from]!;
    let i = from;
    for (let child = 2 * i + 1; child < readers.length; child = 2 * i + 1) {
      if (child + 1 < readers.length && isBefore(readers[child + 1]!, readers[child]!)) child++;
      if (!isBefore(readers[child]!, moved)) break;
      readers[i] = readers[child]!;
      i = child;
    }
    readers[i] = moved;
  }
}

function isBefore(a: Reader, b: Reader): boolean {
  return (compareHashes(a.words, a.at, b.words, b.at, a.width) || a.rank - b.rank) < 0;
}
