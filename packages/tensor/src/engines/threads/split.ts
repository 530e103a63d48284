import { GROUP, type GroupBits, panelsOf } from "../../groups.js";
import { groupedInputBytes } from "../wasm/grouped.js";
import type { Kernels } from "../wasm/instance.js";

/** The arguments of one part of a kernel call, or null where the part has nothing to do. */
type Part = (number | boolean)[] | null;

/** Cuts a call into the part with this number of so many. Part 0 is the caller's own. */
export type Split = (args: readonly (number | boolean)[], part: number, parts: number) => Part;

/** Elements that are worth waking a thread for. */
export const FEW = 16_384;

/** Where part `part` of `parts` begins, in whole `unit`s. */
function begin(length: number, part: number, parts: number, unit: number): number {
  return Math.min(length, Math.ceil(Math.ceil(length / parts) / unit) * unit * part);
}

/**
 * Splits calls that work on a range of elements or rows: `arrays` are the places of addresses in the arguments with the
 * bytes that an element or row has there, `count` is the place of the number of elements or rows, `first` that of the number of
 * the first one, where a kernel asks. An address of 0 stays 0: there is no such array.
 */
function byRange(
  count: number,
  arrays: (args: readonly (number | boolean)[]) => readonly [place: number, bytes: number][],
  unit = 1,
  weight: (args: readonly (number | boolean)[]) => number = () => 1,
  first = -1,
): Split {
  return (args, part, parts) => {
    const length = args[count] as number;
    const cut = length * weight(args) < FEW ? 1 : parts;
    if (part >= cut) return null;
    const from = begin(length, part, cut, unit);
    const to = begin(length, part + 1, cut, unit);
    if (from >= to) return null;
    const mine = [...args];
    mine[count] = to - from;
    if (first >= 0) mine[first] = (args[first] as number) + from;
    for (const [place, bytes] of arrays(args))
      if (args[place]) mine[place] = (args[place] as number) + from * bytes;
    return mine;
  };
}

/** Floats at these places. */
const floats =
  (...places: number[]) =>
  () =>
    places.map((place) => [place, 4] as [number, number]);
/** 16 floats: a cache line, and whole vectors. */
const LINE = 16;

/** Rows of as many floats as the argument at `columns` says, at `wide`; one number a row at `narrow`. */
const rows =
  (columns: number, wide: readonly number[], narrow: readonly number[] = []) =>
  (args: readonly (number | boolean)[]): [number, number][] => [
    ...wide.map((place): [number, number] => [place, 4 * (args[columns] as number)]),
    ...narrow.map((place): [number, number] => [place, 4]),
  ];
const weight = (columns: number) => (args: readonly (number | boolean)[]) => args[columns] as number;

/** Rows of a weight of bytes at `values`; one float for each in its scales, the bias and the result, which follow. */
const weightRows =
  (columns: number, values: number) =>
  (args: readonly (number | boolean)[]): [number, number][] => [
    [values, args[columns] as number],
    ...[1, 2, 3].map((i): [number, number] => [values + i, 4]),
  ];

/** Panels of a weight in groups; 16 floats for each in what sums begin with and in the result. */
const groupedPanels = byRange(
  7,
  (args) => [
    [1, (args[6] as number) * panelsOf(1, 1, args[8] as GroupBits).bytes],
    [2, 64],
    [3, 64],
  ],
  1,
  (args) => 16 * GROUP * (args[6] as number),
);

/** Multiply-adds that are worth waking a thread for. */
const SMALL_PRODUCT = 64 * 64 * 32;
/** Multiply-adds that take as long as packing one element, about. */
const PACKING = 64;

/** Rows and columns of the result that a product's inner loop computes at once. */
export interface ProductUnit {
  rows: number;
  columns: number;
}

/**
 * A matrix product by rows or columns of the result; each part packs its own, in scratch of its own. Parts are whole
 * units; of the two ways, the one whose largest part has less to multiply and to pack.
 */
const gemm =
  (scratchBytes: number, unit: ProductUnit): Split =>
  (args, part, parts) => {
    const [a, lda, transposeA, b, ldb, transposeB, c, ldc, m, n, k] = args as number[];
    const bytesOfB = 4 >> (args[17] as number);
    if (m! * n! * k! < SMALL_PRODUCT) return part === 0 ? [...args] : null;
    const mine = [...args];
    mine[16] = (args[16] as number) + part * scratchBytes;
    const work = (rows: number, columns: number) => rows * columns + PACKING * (rows + columns);
    if (work(begin(m!, 1, parts, unit.rows), n!) <= work(m!, begin(n!, 1, parts, unit.columns))) {
      const from = begin(m!, part, parts, unit.rows);
      const to = begin(m!, part + 1, parts, unit.rows);
      if (from >= to) return null;
      mine[0] = a! + 4 * from * (transposeA ? 1 : lda!);
      mine[6] = c! + 4 * from * ldc!;
      mine[8] = to - from;
      for (const place of [14, 15]) {
        if (args[place]) mine[place] = (args[place] as number) + 4 * from * ldc!;
      }
      return mine;
    }
    const from = begin(n!, part, parts, unit.columns);
    const to = begin(n!, part + 1, parts, unit.columns);
    if (from >= to) return null;
    mine[3] = b! + bytesOfB * from * (transposeB ? ldb! : 1);
    mine[6] = c! + 4 * from;
    mine[9] = to - from;
    for (const place of [12, 14, 15]) {
      if (args[place]) mine[place] = (args[place] as number) + 4 * from;
    }
    return mine;
  };

/**
 * How each kernel is split; what is not here runs on the calling thread alone. Every part writes what no other part reads
 * or writes, so results do not depend on timing.
 */
export const splits = (gemmScratch: number, unit: ProductUnit): { [name in keyof Kernels]?: Split } => ({
  applyActivation: byRange(3, floats(1, 2), LINE),
  activationBackward: byRange(4, floats(1, 2, 3), LINE),
  add: byRange(3, floats(0, 1, 2), LINE),
  multiply: byRange(3, floats(0, 1, 2), LINE),
  scale: byRange(3, floats(0, 2), LINE),
  broadcast: byRange(3, floats(2), LINE),
  adamw: byRange(4, floats(0, 1, 2, 3), LINE),
  cautiousDecay: byRange(2, floats(0, 1), LINE),
  copy: byRange(
    4,
    (args) => [
      [0, 4 * (args[1] as number)],
      [2, 4 * (args[3] as number)],
    ],
    1,
    weight(5),
  ),
  norm: byRange(6, rows(7, [0, 3], [4, 5]), 1, weight(7)),
  residualNorm: byRange(8, rows(9, [0, 1, 2, 5], [6, 7]), 1, weight(9)),
  toBfloat16: byRange(
    2,
    () => [
      [0, 4],
      [1, 2],
    ],
    LINE,
  ),
  dropout: byRange(2, floats(0, 1), LINE, undefined, 3),
  randomNormal: byRange(1, floats(0), LINE, undefined, 2),
  randomUniform: byRange(1, floats(0), LINE, undefined, 2),
  softcap: byRange(2, floats(0, 1), LINE),
  gated: byRange(
    3,
    (args) => [
      [1, 8 * (args[4] as number)],
      [2, 4 * (args[4] as number)],
    ],
    1,
    weight(4),
  ),
  gatedBackward: byRange(
    4,
    (args) => [
      [1, 8 * (args[5] as number)],
      [2, 4 * (args[5] as number)],
      [3, 8 * (args[5] as number)],
    ],
    1,
    weight(5),
  ),
  crossEntropy: byRange(6, (args) => [...rows(7, [0], [1, 2])(args), [4, 8], [5, 8]], 1, weight(7)),
  lossChunk: byRange(5, rows(6, [0], [1, 2, 3, 4]), 1, weight(6)),
  lossChunkBackward: byRange(4, (args) => [...rows(5, [0], [1, 3])(args), [2, 8]], 1, weight(5)),
  quantizedProduct: byRange(10, weightRows(9, 3), 4, weight(9)),
  int8Product: byRange(10, weightRows(9, 3), LINE, weight(9)),
  widenedProduct: byRange(8, weightRows(7, 1), LINE, weight(7)),
  quantizeBytes: byRange(
    4,
    (args) => [...rows(5, [0])(args), [1, args[5] as number], [2, 16], [3, 16]],
    1,
    weight(5),
  ),
  groupedProduct: groupedPanels,
  groupedTiles: groupedPanels,
  quantizeGroupInput: byRange(
    2,
    (args) => {
      const [columns, tile] = [args[3], args[4]] as [number, number];
      return [
        [0, 4 * tile * columns],
        [1, groupedInputBytes(columns) * tile],
      ];
    },
    1,
    (args) => (args[3] as number) * (args[4] as number),
  ),
  softmax: byRange(2, rows(3, [0, 1]), 1, weight(3)),
  softmaxBackward: byRange(3, rows(4, [0, 1, 2]), 1, weight(4)),
  crossEntropyBackward: byRange(7, (args) => [...rows(8, [0, 6], [1, 2])(args), [4, 8]], 1, weight(8)),
  gemm: gemm(gemmScratch, unit),
  zero: byRange(1, floats(0), LINE),
  // Adding an element to a sum takes an eighth of the time that others need.
  columnSums: byRange(4, floats(0, 2), LINE, (args) => (args[3] as number) / 8),
  softcapBackward: byRange(3, floats(0, 1, 2), LINE),
  embedding: byRange(
    4,
    (args) => [
      [0, 4],
      [3, 4 * (args[8] as number)],
      [10, 4],
    ],
    1,
    weight(8),
    5,
  ),
  embeddingBackward: byRange(7, floats(1, 2, 3), LINE, weight(4)),
  rope: byRange(
    3,
    (args) => {
      const bytes = 4 * (args[7] as number) * (args[9] as number);
      return [
        [0, bytes],
        [2, bytes],
        [14, 4],
      ];
    },
    1,
    (args) => (args[7] as number) * (args[9] as number),
    4,
  ),
});
