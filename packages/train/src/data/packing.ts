// Whole documents in rows, rather than windows cut anywhere. Which documents make which row is planned once, from their
// lengths alone; an epoch is all rows in an order of its own.

import { hash } from "../hash.js";
import type { Batch, BatchKey } from "./batch.js";
import { firstRow, shuffled } from "./windows.js";

/**
 * How documents become rows.
 * - `"stream"`: all documents are one text, and windows are cut from it anywhere.
 * - `"bos-bestfit"`: a row begins with a document, and takes the longest that fits for as long as one does; the last one is cut
 *   off where the row ends, and the rest of it is left out. No padding (nanochat's).
 * - `"best-fit"`: nothing is left out. A document longer than a row is cut into rows, and what is left goes where it fills the
 *   most; the rest of a row is padding, which does not count (Ding et al., 2024).
 */
export type Packing = "stream" | "bos-bestfit" | "best-fit";

/** Documents one after the other. */
export interface Documents {
  /** Where each one ends: the place behind its last token. */
  readonly ends: ArrayLike<number>;
  /** The last token of each document; null for none. A row has it before its documents too. */
  readonly separator: number | null;
  read(start: number, count: number): ArrayLike<number>;
}

/** A part of a document: `count` targets, and the tokens before them. */
interface Piece {
  document: number;
  from: number;
  count: number;
}

type Row = readonly Piece[];

/** How many documents or rows are looked through for the best fit. */
const OPEN = 1024;

/** Packed rows of one split. */
export class PackedRows {
  readonly #documents: Documents;
  readonly #packing: Exclude<Packing, "stream">;
  readonly #isIsolated: boolean;
  readonly #plans = new Map<string, readonly Row[]>();

  constructor(documents: Documents, packing: Exclude<Packing, "stream">, isIsolated: boolean) {
    this.#documents = documents;
    this.#packing = packing;
    this.#isIsolated = isIsolated;
  }

  /** Rows of one epoch. */
  count(key: Pick<BatchKey, "split" | "blockSize" | "seed">): number {
    return this.#plan(key).length;
  }

  batch(key: BatchKey): Batch {
    const { batchSize, blockSize, seed } = key;
    const plan = this.#plan(key);
    const size = batchSize * blockSize;
    const pad = this.#documents.separator ?? 0;
    const ids = new Int32Array(size).fill(pad);
    const targets = new Int32Array(size).fill(-100);
    const documents = new Int32Array(size);
    const first = firstRow(key);
    for (let row = 0; row < batchSize; row++) {
      const epoch = Math.floor((first + row) / plan.length);
      const place = shuffled(first + row - epoch * plan.length, plan.length, [seed, hash(key.split), epoch]);
      let t = 0;
      for (const piece of plan[place]!) {
        const tokens = this.#tokens(piece);
        for (let i = 0; i < piece.count; i++) {
          ids[row * blockSize + t + i] = tokens[i]!;
          targets[row * blockSize + t + i] = tokens[i + 1]!;
          documents[row * blockSize + t + i] = t;
        }
        t += piece.count;
      }
      documents.fill(t, row * blockSize + t, (row + 1) * blockSize);
    }
    return this.#isIsolated ? { ids, targets, documents } : { ids, targets };
  }

  /** The tokens of a piece, one more than it has targets: the separator stands before a document as well as behind it. */
  #tokens({ document, from, count }: Piece): ArrayLike<number> {
    const { ends, separator, read } = this.#documents;
    const start = document === 0 ? 0 : ends[document - 1]!;
    if (separator === null) return read(start + from, count + 1);
    if (from > 0) return read(start + from - 1, count + 1);
    return [separator, ...Array.from(read(start, count))];
  }

  #plan({ split, blockSize, seed }: Pick<BatchKey, "split" | "blockSize" | "seed">): readonly Row[] {
    const name = `${split} ${blockSize} ${seed}`;
    let plan = this.#plans.get(name);
    if (!plan) {
      const { ends, separator } = this.#documents;
      const targets = Array.from(
        ends,
        (end, i) => end - (i === 0 ? 0 : ends[i - 1]!) - (separator === null ? 1 : 0),
      );
      const order = targets.map((_, i) =>
        shuffled(i, targets.length, [seed, hash(split), hash("documents")]),
      );
      const pack = this.#packing === "best-fit" ? bestFit : bosBestFit;
      plan = pack(
        order.filter((document) => targets[document]! > 0),
        targets,
        blockSize,
      );
      this.#plans.set(name, plan);
    }
    return plan;
  }
}

/** Rows that documents fill without a gap, the last of each cut off. What does not fill a row at the end is left out. */
function bosBestFit(order: readonly number[], targets: readonly number[], blockSize: number): Row[] {
  const rows: Row[] = [];
  const open: number[] = []; // by length, the shortest first
  let next = 0;
  const refill = () => {
    while (open.length < OPEN && next < order.length) {
      const document = order[next++]!;
      open.splice(
        above(open, targets[document]!, (each) => targets[each]!),
        0,
        document,
      );
    }
  };
  for (;;) {
    const row: Piece[] = [];
    let room = blockSize;
    while (room > 0) {
      refill();
      if (open.length === 0) return rows;
      const fitting = above(open, room, (each) => targets[each]!) - 1;
      const [document] = open.splice(Math.max(0, fitting), 1) as [number];
      const count = Math.min(room, targets[document]!);
      row.push({ document, from: 0, count });
      room -= count;
    }
    rows.push(row);
  }
}

/** Rows that hold every target once, each piece where it leaves the least room. */
function bestFit(order: readonly number[], targets: readonly number[], blockSize: number): Row[] {
  const rows: Piece[][] = [];
  const open: { row: Piece[]; room: number }[] = []; // by room, the least first
  for (const document of order) {
    for (let from = 0; from < targets[document]!; from += blockSize) {
      const count = Math.min(blockSize, targets[document]! - from);
      // The first with at least so much room.
      const found = above(open, count - 1, ({ room }) => room);
      let bin = found < open.length ? open.splice(found, 1)[0]! : undefined;
      if (!bin) {
        bin = { row: [], room: blockSize };
        rows.push(bin.row);
      }
      bin.row.push({ document, from, count });
      bin.room -= count;
      if (bin.room > 0)
        open.splice(
          above(open, bin.room, ({ room }) => room),
          0,
          bin,
        );
      if (open.length > OPEN) open.shift();
    }
  }
  return rows;
}

/** The first place in a sorted list whose value is above `limit`. */
function above<T>(list: readonly T[], limit: number, value: (item: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value(list[middle]!) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
