import { IndexError } from "../../errors.js";
import { eachGroup, GROUP, type GroupBits, panelsOf, unpackRow } from "../../groups.js";
import type {
  GroupedProductArgs,
  GroupedProductBackwardArgs,
  GroupedRowsArgs,
} from "../../kernel-arguments.js";
import { maybeValues, target, values } from "./buffers.js";
import { nearest } from "./quantize.js";

const { fround } = Math;
/** Where a group of x has nothing larger, it is 0: its inverse could be out of reach. */
const LEAST = 1e-30;

/** Some numbers of x as integers and their scale. */
function rounded(x: ArrayLike<number>, from: number, to: number): { scale: number; integers: Int32Array } {
  const integers = new Int32Array(GROUP);
  let largest = 0;
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(fround(x[i]!)));
  if (!Number.isFinite(largest)) return { scale: Number.NaN, integers };
  const inverse = largest > LEAST ? fround(127 / largest) : 0;
  for (let i = from; i < to; i++) integers[i - from] = nearest(fround(fround(x[i]!) * inverse));
  return { scale: fround(largest / 127), integers };
}

/** See Engine.groupedProduct; float32 whatever the engine's precision: every engine computes these very bits. */
export function groupedProduct(args: GroupedProductArgs): void {
  const { rows, columns, n, bits } = args;
  const x = values(args.x);
  const packed = values(args.weight);
  const bias = maybeValues(args.bias);
  const out = values(args.out);
  const { blocks } = panelsOf(n, columns, bits);
  const inputs = Array.from({ length: rows * blocks }, (_, i) => {
    const [row, first] = [Math.floor(i / blocks) * columns, (i % blocks) * GROUP];
    return rounded(x, row + first, row + Math.min(first + GROUP, columns));
  });
  for (let r = 0; r < rows; r++) for (let j = 0; j < n; j++) out[r * n + j] = bias ? fround(bias[j]!) : 0;
  for (let j = 0; j < n; j++) {
    eachGroup(packed, j, columns, bits, (scale, weights, block) => {
      for (let r = 0; r < rows; r++) {
        const input = inputs[r * blocks + block]!;
        let dot = 0;
        for (let p = 0; p < GROUP; p++) dot += input.integers[p]! * weights[p]!;
        const at = r * n + j;
        out[at] = fround(out[at]! + fround(fround(scale * input.scale) * dot));
      }
    });
  }
}

/** The weight as numbers. */
function unpacked(packed: ArrayLike<number>, n: number, columns: number, bits: GroupBits): Float64Array {
  const all = new Float64Array(n * columns);
  for (let j = 0; j < n; j++) unpackRow(packed, j, columns, bits, all, j * columns);
  return all;
}

/** See Engine.groupedProductBackward; each sum is kept in double precision. */
export function groupedProductBackward(args: GroupedProductBackwardArgs): void {
  const { rows, columns, n } = args;
  const dOut = values(args.dOut);
  const weight = unpacked(values(args.weight), n, columns, args.bits);
  const dX = target(args.dX);
  for (let r = 0; r < rows; r++) {
    for (let p = 0; p < columns; p++) {
      let dot = 0;
      for (let j = 0; j < n; j++) dot += dOut[r * n + j]! * weight[j * columns + p]!;
      dX[r * columns + p]! += dot;
    }
  }
}

/** See Engine.groupedRows. */
export function groupedRows(args: GroupedRowsArgs): void {
  const { rows, columns, n, bits } = args;
  const ids = values(args.ids);
  const packed = values(args.weight);
  const out = values(args.out);
  for (let r = 0; r < rows; r++) {
    const id = ids[r]!;
    if (id < 0 || id >= n) throw new IndexError(`groupedEmbedding: id ${id} is not in a table of ${n} rows.`);
    unpackRow(packed, id, columns, bits, out, r * columns);
  }
}
