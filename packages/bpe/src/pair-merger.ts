import { Kernel, type TrainingKernels } from "./kernel.js";
import { asMemoryAllows } from "./training-memory.js";
import { trainingModule } from "./training-module.js";
import type { WordCounts } from "./word-counts.js";

/** A pair of symbols that was merged, and how often it stood in the text then. */
export interface MergedPair {
  left: number;
  right: number;
  count: number;
}

/** What merging is told. */
export interface PairMergerOptions {
  /** The symbol of each byte. */
  symbolOf: Int32Array;
  /** How many symbols there are for bytes: the first merge makes the symbol of this number. */
  first: number;
  /** How many merges at most. */
  steps: number;
  /** The least count of a pair that is merged. */
  minFrequency: number;
  /** The most bytes of a token. */
  maxTokenLength: number;
}

/** What `advance` of assembly/advance.ts answers, but for MORE. */
const DONE = 0;
const ROOM = 2;
/** Work of one stretch: some milliseconds. */
const WORK = 500_000;
/** The last address that training asks for: 32 bits say it, and 64 KB more. */
const LAST = 2 ** 32 - 2 ** 16;

/**
 * Merges the most frequent pair of symbols again and again; of equal counts the pair with the lowest symbols. The loops
 * are in assembly/advance.ts.
 */
export class PairMerger {
  readonly #kernel = new Kernel<TrainingKernels>(trainingModule());
  readonly #words: number;
  readonly #trainer: number;

  /** @throws TrainingError if the words do not fit in 4 GB */
  constructor(words: WordCounts, options: PairMergerOptions) {
    this.#words = words.ends.length;
    this.#trainer = asMemoryAllows(this.#words, () => this.#layOut(words, options));
  }

  #layOut(words: WordCounts, { symbolOf, first, steps, minFrequency, maxTokenLength }: PairMergerOptions) {
    const kernel = this.#kernel;
    const { run } = kernel;
    const count = words.ends.length;
    const weights = kernel.copy(words.counts);
    const trainer = kernel.allocate(run.trainerSize(count, words.bytes.length, first + steps));
    const { top } = kernel;
    const [bytes, ends, symbols] = [words.bytes, words.ends, symbolOf].map((list) => kernel.copy(list));
    run.newTrainer(
      trainer,
      bytes!,
      ends!,
      count,
      weights,
      symbols!,
      first,
      first + steps,
      minFrequency,
      maxTokenLength,
    );
    kernel.free(top);
    return trainer;
  }

  /** How many pairs are merged. */
  get length(): number {
    return this.#kernel.words[this.#trainer >> 2]!;
  }

  /** The pair that was merged in a step, the first being 0. */
  merge(step: number): MergedPair {
    const { words } = this.#kernel;
    const at = (words[(this.#trainer >> 2) + 1]! >> 2) + step * 4;
    const count = new DataView(words.buffer).getFloat64((at + 2) * 4, true);
    return { left: words[at]!, right: words[at + 1]!, count };
  }

  /** Works for some milliseconds. False: nothing is left to merge. @throws TrainingError beyond 4 GB */
  advance(): boolean {
    const kernel = this.#kernel;
    for (;;) {
      const state = kernel.run.advance(this.#trainer, Math.min(kernel.bytes.length, LAST), WORK);
      if (state !== ROOM) return state !== DONE;
      const need = kernel.words[(this.#trainer >> 2) + 2]!;
      asMemoryAllows(this.#words, () => kernel.reach(need > LAST ? Infinity : need));
    }
  }
}
