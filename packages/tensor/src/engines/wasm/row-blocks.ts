import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type { HeadArgs } from "../../kernel-arguments.js";
import type { OpenEngine } from "../closable.js";
import { storeLog } from "../log-sum-exp.js";
import { type Access, bytesPerElement, WasmBuffer } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Some rows whose logits are made piece by piece, all in the same scratch memory. */
export interface RowBlock {
  readonly first: number;
  readonly count: number;
  /** -log p(target) of each row. The log of its sum goes to `logs`, an address, as two floats. */
  losses(logs: number): Float64Array;
  /** Writes or adds the gradients of the sum of weight * loss, by the logs that `losses` has made. */
  differentiate(logs: number, weights: Float32Array, gradients: Gradients): void;
}

interface Gradients {
  readonly dX: DeviceBuffer | null; // (rows, columns), all rows
  readonly dWeight: Into | null; // (classes, columns)
}

/**
 * Calls `fn` block by block. Logits are the engine's product; their gradient takes their place and goes into two more
 * products. Where one piece has all classes, logits that were made for the losses serve for the gradients too; with several
 * the sum of a row is known only after the last, so that they are made again.
 */
export function eachRowBlock(
  args: HeadArgs,
  on: OpenEngine,
  kernels: Kernels,
  { heap, at, borrow }: Access,
  fn: (block: RowBlock) => void,
): void {
  const { x, weight, targets, rows, columns, classes, softcap, chunkRows, chunkClasses } = args;
  at(x, rows * columns);
  at(weight, classes * columns, bytesPerElement(weight.dtype));
  const targetsAt = at(targets, rows);
  const view = (buffer: DeviceBuffer, offset: number, length: number): WasmBuffer => {
    const { dtype, address } = buffer as WasmBuffer;
    return new WasmBuffer(heap, length, dtype, address + bytesPerElement(dtype) * offset);
  };
  const floats = (address: number, length: number) => new Float32Array(heap.memory.buffer, address, length);
  borrow(4 * chunkRows * (chunkClasses + 3), (scratch) => {
    const column = (i: number) => scratch + 4 * chunkRows * (chunkClasses + i);
    const [largest, sums, picked] = [column(0), column(1), column(2)];
    for (let first = 0; first < rows; first += chunkRows) {
      const m = Math.min(chunkRows, rows - first);
      const xs = view(x, first * columns, m * columns);
      const goals = targetsAt + 4 * first;
      let made = false;
      const makeLogits = (c: number, n: number) => {
        if (made) return;
        const out = { buffer: new WasmBuffer(heap, m * n, "float32", scratch), accumulate: false };
        const b = view(weight, c * columns, n * columns);
        on.gemm({ a: xs, b, out, m, n, k: columns, batch: 1, transposeA: false, transposeB: true });
        if (softcap > 0) kernels.softcap(scratch, scratch, m * n, softcap);
        made = chunkClasses >= classes;
      };
      fn({
        first,
        count: m,
        losses(logs) {
          floats(largest, m).fill(-Infinity);
          floats(sums, m).fill(0);
          floats(picked, m).fill(0);
          for (let c = 0; c < classes; c += chunkClasses) {
            const n = Math.min(chunkClasses, classes - c);
            makeLogits(c, n);
            kernels.lossChunk(scratch, goals, largest, sums, picked, m, n, c);
          }
          const [tops, totals, hits] = [floats(largest, m), floats(sums, m), floats(picked, m)];
          const kept = floats(logs, 2 * m);
          return Float64Array.from({ length: m }, (_, i) => {
            const log = tops[i]! + Math.log(totals[i]!);
            storeLog(kept, i, log);
            return log - hits[i]!;
          });
        },
        differentiate(logs, weights, { dX, dWeight }) {
          if (!dX && !dWeight) return;
          floats(largest, m).set(weights);
          for (let c = 0; c < classes; c += chunkClasses) {
            const n = Math.min(chunkClasses, classes - c);
            makeLogits(c, n);
            kernels.lossChunkBackward(scratch, goals, logs, largest, m, n, c, softcap);
            made = false;
            const dLogits = new WasmBuffer(heap, m * n, "float32", scratch);
            const product = { a: dLogits, n: columns, batch: 1, transposeB: false };
            if (dX) {
              const out = { buffer: view(dX, first * columns, m * columns), accumulate: c > 0 };
              const b = view(weight, c * columns, n * columns);
              on.gemm({ ...product, b, out, m, k: n, transposeA: false });
            }
            if (dWeight) {
              const buffer = view(dWeight.buffer, c * columns, n * columns);
              const out = { buffer, accumulate: dWeight.accumulate || first > 0 };
              on.gemm({ ...product, b: xs, out, m: n, k: m, transposeA: true });
            }
          }
        },
      });
    }
  });
}
