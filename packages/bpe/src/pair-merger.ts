import { Kernel } from "./kernel.js";
import { kernelModule } from "./kernel-module.js";
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

/** What `advance` of assembly/trainer.ts answers, but for MORE. */
const DONE = 0;
const ROOM = 2;
/** Work of one stretch: some milliseconds. */
const WORK = 500_000;

/**
 * Merges the most frequent pair of symbols again and again; of equal counts the pair with the lowest symbols. The loops
 * are in assembly/trainer.ts.
 */
export class PairMerger {
  readonly #kernel = new Kernel(kernelModule());
  readonly #trainer: number;

  /** @throws BpeError if the words do not fit in 4 GB */
  constructor(words: WordCounts, options: PairMergerOptions) {
    const kernel = this.#kernel;
    const { run } = kernel;
    const count = words.ends.length;
    const symbols = options.first + options.steps;
    const weights = kernel.copy(words.counts);
    this.#trainer = kernel.allocate(run.trainerSize(count, words.bytes.length, symbols));
    const { top } = kernel;
    const bytes = kernel.copy(words.bytes);
    const ends = kernel.copy(words.ends);
    const symbolOf = kernel.copy(options.symbolOf);
    run.newTrainer(
      this.#trainer,
      bytes,
      ends,
      count,
      weights,
      symbolOf,
      options.first,
      symbols,
      options.minFrequency,
      options.maxTokenLength,
    );
    kernel.free(top);
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

  /** Works for some milliseconds. False: nothing is left to merge. @throws BpeError beyond 4 GB */
  advance(): boolean {
    const kernel = this.#kernel;
    for (;;) {
      const state = kernel.run.advance(this.#trainer, kernel.bytes.length, WORK);
      if (state !== ROOM) return state !== DONE;
      kernel.reach(kernel.words[(this.#trainer >> 2) + 2]!);
    }
  }
}
