// Which tokens the rows of a batch are: functions of the batch's key alone.
import { rng } from "@llm/tensor";
import { hash } from "../hash.js";
import type { Batch, BatchKey } from "./batch.js";

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
export function dealtStarts(key: BatchKey, positions: number): number[] {
  const { batchSize, blockSize, seed } = key;
  const split = hash(key.split);
  const windows = Math.max(1, Math.floor(positions / blockSize));
  const first = firstRow(key);
  return Array.from({ length: batchSize }, (_, row) => {
    const round = Math.floor((first + row) / windows);
    const offset = Math.floor(rng(seed, split, round)() * Math.min(blockSize, positions));
    return offset + blockSize * shuffled(first + row - round * windows, windows, [seed, split, round]);
  });
}

/** The number of a batch's first row among all rows of a run. */
export function firstRow({
  step,
  micro,
  accumulation = 1,
  batchSize,
  rank = 0,
  world = 1,
}: BatchKey): number {
  return (((step - 1) * accumulation + micro) * world + rank) * batchSize;
}

/** Where `index` stands in a random order of 0 .. count - 1: a Feistel network, walked until it lands inside. */
export function shuffled(index: number, count: number, keys: readonly [number, number, number]): number {
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
