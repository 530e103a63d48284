import type { DeviceBuffer } from "../../device-buffer.js";
import type { Engine } from "../../engine.js";
import { IndexError } from "../../errors.js";
import type { LinearCrossEntropyArgs } from "../../kernel-arguments.js";
import { type Access, bytesPerElement, WasmBuffer } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** The share of each row in the mean, 0 where its target is ignored. */
function shares(args: LinearCrossEntropyArgs): Float32Array {
  const { rows, classes, ignoreIndex } = args;
  const targets = (args.targets as WasmBuffer).data;
  const mask = args.mask ? (args.mask as WasmBuffer).data : null;
  const weights = new Float32Array(rows);
  let counted = 0;
  for (let r = 0; r < rows; r++) {
    const target = targets[r]!;
    if (target === ignoreIndex) continue;
    if (target < 0 || target >= classes) {
      throw new IndexError(
        `linearCrossEntropy: target ${target} is not in [0, ${classes}). Set ignoreIndex to leave rows out.`,
      );
    }
    weights[r] = mask ? mask[r]! : 1;
    counted += weights[r]!;
  }
  return counted > 0 ? weights.map((weight) => weight / counted) : weights.fill(0);
}

/**
 * Block by block: logits by the engine's product, then their part of the loss, then their gradient in the same place
 * and two more products. With several blocks of classes the loss of a row is known only after the last, so that the
 * blocks are computed again for the gradient.
 */
export function linearCrossEntropy(
  args: LinearCrossEntropyArgs,
  on: Engine,
  kernels: Kernels,
  { heap, at, maybe, borrow }: Access,
): void {
  const { x, weight, targets, loss, dX, dWeight, rows, columns, classes, softcap, chunkRows, chunkClasses } =
    args;
  at(x, rows * columns);
  at(weight, classes * columns, bytesPerElement(weight.dtype));
  at(loss, 1);
  maybe(args.mask, rows);
  maybe(dX, rows * columns);
  maybe(dWeight, classes * columns);
  const targetsAt = at(targets, rows);
  const weights = shares(args);
  const view = (buffer: DeviceBuffer, offset: number, length: number): WasmBuffer => {
    const { dtype, address } = buffer as WasmBuffer;
    return new WasmBuffer(heap, length, dtype, address + bytesPerElement(dtype) * offset);
  };
  const single = chunkClasses >= classes;
  let total = 0;
  borrow(4 * chunkRows * (chunkClasses + 4), (scratch) => {
    const column = (i: number) => scratch + 4 * chunkRows * (chunkClasses + i);
    const [largest, sums, picked, logs] = [column(0), column(1), column(2), column(3)];
    const floats = (address: number, length: number) => new Float32Array(heap.memory.buffer, address, length);
    for (let r = 0; r < rows; r += chunkRows) {
      const m = Math.min(chunkRows, rows - r);
      const xs = view(x, r * columns, m * columns);
      const goals = targetsAt + 4 * r;
      const logitsOf = (c: number, n: number): WasmBuffer => {
        const logits = new WasmBuffer(heap, m * n, "float32", scratch);
        const b = view(weight, c * columns, n * columns);
        const out = { buffer: logits, accumulate: false };
        on.gemm({ a: xs, b, out, m, n, k: columns, batch: 1, transposeA: false, transposeB: true });
        if (softcap > 0) kernels.softcap(scratch, scratch, m * n, softcap);
        return logits;
      };
      floats(largest, m).fill(-Infinity);
      floats(sums, m).fill(0);
      floats(picked, m).fill(0);
      for (let c = 0; c < classes; c += chunkClasses) {
        const n = Math.min(chunkClasses, classes - c);
        logitsOf(c, n);
        kernels.lossChunk(scratch, goals, largest, sums, picked, m, n, c);
      }
      const [tops, totals, hits] = [floats(largest, m), floats(sums, m), floats(picked, m)];
      const logSums = floats(logs, m);
      for (let i = 0; i < m; i++) {
        const log = tops[i]! + Math.log(totals[i]!);
        logSums[i] = log;
        if (weights[r + i] !== 0) total += weights[r + i]! * (log - hits[i]!);
      }
      if (!dX && !dWeight) continue;
      floats(largest, m).set(weights.subarray(r, r + m));
      for (let c = 0; c < classes; c += chunkClasses) {
        const n = Math.min(chunkClasses, classes - c);
        const dLogits = single ? new WasmBuffer(heap, m * n, "float32", scratch) : logitsOf(c, n);
        kernels.lossChunkBackward(scratch, goals, logs, largest, m, n, c, softcap);
        if (dX) {
          on.gemm({
            a: dLogits,
            b: view(weight, c * columns, n * columns),
            out: { buffer: view(dX, r * columns, m * columns), accumulate: c > 0 },
            m,
            n: columns,
            k: n,
            batch: 1,
            transposeA: false,
            transposeB: false,
          });
        }
        if (dWeight) {
          on.gemm({
            a: dLogits,
            b: xs,
            out: { buffer: view(dWeight, c * columns, n * columns), accumulate: r > 0 },
            m: n,
            n: columns,
            k: m,
            batch: 1,
            transposeA: true,
            transposeB: false,
          });
        }
      }
    }
  });
  (loss as WasmBuffer).data[0] = total;
}
