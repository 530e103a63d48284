import type { Kinds } from "@llm/platform/options";
import { rng } from "@llm/tensor";
import { check } from "./check.js";
import { DataError } from "./errors.js";

/** All that a batch depends on. Equal keys give equal batches, so a run resumes without saving a data position. */
export interface BatchKey {
  /** `"train"`, `"val"`, or what else the data has. */
  split: string;
  /** The step the batch is for. */
  step: number;
  /** Which of the step's accumulated batches. */
  micro: number;
  /** Of how many. Default 1. */
  accumulation?: number;
  /** Rows on this rank. */
  batchSize: number;
  /** Positions per row. */
  blockSize: number;
  seed: number;
  /** This process among `world`. Default 0 of 1. */
  rank?: number;
  world?: number;
}

/** Token ids and what follows each, both (batchSize, blockSize) row after row. */
export interface Batch {
  ids: Int32Array;
  /** -100 where there is nothing to predict: it does not count. */
  targets: Int32Array;
  /** 1 where a target counts and 0 where it does not. Default: all do. */
  mask?: ArrayLike<number>;
  /**
   * What the loss of each target is multiplied by, of any sign. A step's loss is the sum of these products over its batches,
   * divided by how many targets count: by the mask, not by the weights. Default 1.
   */
  weight?: ArrayLike<number>;
}

/** Where `train` gets its batches from: a pure function of the key. */
export interface Batches {
  batch(key: BatchKey): Batch;
  /** What the batches are made of besides the key, such as a hash of the tokens: a run resumes only with equal ones. */
  readonly description?: Readonly<Record<string, unknown>>;
}

/**
 * Where each row of a batch begins: uniform in [0, positions), drawn with replacement.
 *
 * The draw is keyed by the row's number in the whole batch, over all ranks: two ranks of 6 rows see
 * the very rows that one rank of 12 sees.
 */
export function rowStarts(key: BatchKey, positions: number): number[] {
  const { step, micro, batchSize, seed, rank = 0 } = key;
  const split = hash(key.split);
  return Array.from({ length: batchSize }, (_, row) => {
    const draw = rng(seed, split, step, micro, rank * batchSize + row);
    return Math.floor(draw() * positions);
  });
}

/**
 * Where each row begins when windows are dealt out: the tokens are cut into windows side by side, and every window comes
 * once, in random order, before any comes again. The cut shifts by a random offset from one round to the next.
 */
function dealtStarts(key: BatchKey, positions: number): number[] {
  const { step, micro, accumulation = 1, batchSize, blockSize, seed, rank = 0, world = 1 } = key;
  const split = hash(key.split);
  const windows = Math.max(1, Math.floor(positions / blockSize));
  const first = (((step - 1) * accumulation + micro) * world + rank) * batchSize;
  return Array.from({ length: batchSize }, (_, row) => {
    const round = Math.floor((first + row) / windows);
    const offset = Math.floor(rng(seed, split, round)() * Math.min(blockSize, positions));
    return offset + blockSize * shuffled(first + row - round * windows, windows, [seed, split, round]);
  });
}

/** Where `index` stands in a random order of 0 .. count - 1: a Feistel network, walked until it lands inside. */
function shuffled(index: number, count: number, keys: readonly [number, number, number]): number {
  const half = 2 ** Math.ceil(Math.log2(Math.max(2, count)) / 2);
  let place = index;
  do {
    let left = Math.floor(place / half);
    let right = place % half;
    for (let pass = 0; pass < 4; pass++) {
      const draw = Math.floor(rng(...keys, pass, right)() * half);
      [left, right] = [right, (left + draw) % half];
    }
    place = left * half + right;
  } while (place >= count);
  return place;
}

/** Rows cut at `starts` from any source of tokens: `read(start, count)` answers so many ids. */
export function cut(
  starts: readonly number[],
  blockSize: number,
  read: (start: number, count: number) => ArrayLike<number>,
): Batch {
  const ids = new Int32Array(starts.length * blockSize);
  const targets = new Int32Array(ids.length);
  for (const [row, start] of starts.entries()) {
    const tokens = read(start, blockSize + 1);
    for (let t = 0; t < blockSize; t++) {
      ids[row * blockSize + t] = tokens[t]!;
      targets[row * blockSize + t] = tokens[t + 1]!;
    }
  }
  return { ids, targets };
}

/** Options of {@link tokenArray}. */
export interface TokenArrayOptions {
  /** Share of the ids, from the front, that is `"train"`; the rest is `"val"`. Default 0.9, as in nanoGPT. */
  split?: number;
  /**
   * `"random"`: windows anywhere, drawn with replacement, as nanoGPT does (the default). `"dealt"`: every window once,
   * in random order, before any comes again, which wastes less of a small text.
   */
  windows?: "random" | "dealt";
}

const TOKEN_ARRAY: Kinds<TokenArrayOptions> = { split: "number", windows: ["random", "dealt"] };

/** Batches of random windows from ids in memory. @throws {OptionsError} for options it does not have or cannot use */
export function tokenArray(
  ids: Uint16Array | Uint32Array | Int32Array | readonly number[],
  options: TokenArrayOptions = {},
): Batches {
  check("tokenArray", options, TOKEN_ARRAY);
  const { split = 0.9, windows = "random" } = options;
  const startsOf = windows === "dealt" ? dealtStarts : rowStarts;
  if (!(split > 0 && split <= 1)) {
    throw new RangeError(`split is ${split}; it must be above 0 and at most 1`);
  }
  const border = Math.floor(ids.length * split);
  const splits = new Map([
    ["train", ids.slice(0, border)],
    ["val", ids.slice(border)],
  ]);
  return {
    description: { tokens: ids.length, hash: hashOf(ids), split, windows },
    batch(key) {
      const tokens = splits.get(key.split);
      if (!tokens) {
        throw new DataError(`there is no split "${key.split}"; a token array has "train" and "val"`);
      }
      const positions = tokens.length - key.blockSize;
      if (positions < 1) {
        throw new DataError(
          `split "${key.split}" has ${tokens.length} tokens; a window of blockSize = ${key.blockSize} needs ${key.blockSize + 1}`,
        );
      }
      return cut(startsOf(key, positions), key.blockSize, (start, count) =>
        tokens.slice(start, start + count),
      );
    },
  };
}

/** Tells one list of ids from another: two 32-bit sums of different primes (FNV-1a and its like). */
function hashOf(ids: ArrayLike<number>): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < ids.length; i++) {
    a = Math.imul(a ^ ids[i]!, 0x01000193);
    b = Math.imul(b ^ ids[i]!, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return [a, b].map((sum) => (sum >>> 0).toString(16).padStart(8, "0")).join("");
}

/** A whole number from a short name (FNV-1a), to key random numbers with. */
function hash(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  }
  return h >>> 0;
}
