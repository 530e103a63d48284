import type { Engine } from "../../engine.js";
import type { ThreadedKernels } from "../threads/pool.js";
import type { Access, WasmBuffer } from "./buffers.js";

type Reductions = "sum" | "unitNorm" | "sumAxis" | "broadcastAxis" | "maxAxis" | "scatterAxis";

/** Elements of which one sum is taken: 256 KB of them. */
const BLOCK = 65_536;

/** Reductions of everything or over one axis, and their gradients. */
export function reductionKernels(
  kernels: ThreadedKernels,
  { heap, at, borrow }: Access,
): Pick<Engine, Reductions> {
  /** By blocks, whose sums are added in order: the same on any number of threads. */
  const total = (x: number, length: number, squares: boolean): number => {
    const blocks = Math.ceil(length / BLOCK);
    let result = 0;
    borrow(8 * blocks, (sums) => {
      kernels.each(
        "sum",
        Array.from({ length: blocks }, (_, i) => {
          const first = i * BLOCK;
          return [x + 4 * first, Math.min(BLOCK, length - first), squares, sums + 8 * i];
        }),
      );
      for (const sum of new Float64Array(heap.memory.buffer, sums, blocks)) result += sum;
    });
    return result;
  };
  return {
    sum({ x, factor, out, index, squares }) {
      at(out, index + 1);
      const result = factor * total(at(x, x.length), x.length, squares);
      (out as WasmBuffer).data[index] = result;
    },
    unitNorm({ x, out, parts, eps }) {
      const length = out.length / parts;
      const [from, to] = [at(x, out.length), at(out, out.length)];
      for (let o = 0; o < 4 * out.length; o += 4 * length) {
        const factor = 1 / (Math.sqrt(total(from + o, length, true)) + eps);
        kernels.scale(from + o, factor, to + o, length, false);
      }
    },
    sumAxis({ x, out, outer, extent, inner, factor }) {
      const from = at(x, outer * extent * inner);
      const to = at(out.buffer, outer * inner);
      borrow(4 * inner, (scratch) => {
        kernels.sumAxis(from, to, outer, extent, inner, factor, out.accumulate, scratch);
      });
    },
    broadcastAxis({ x, out, outer, extent, inner, factor }) {
      const from = at(x, outer * inner);
      const to = at(out.buffer, outer * extent * inner);
      kernels.broadcastAxis(from, to, outer, extent, inner, factor, out.accumulate);
    },
    maxAxis({ x, out, index, outer, extent, inner }) {
      const from = at(x, outer * extent * inner);
      kernels.maxAxis(from, at(out.buffer, outer * inner), at(index, outer * inner), outer, extent, inner);
    },
    scatterAxis({ x, out, index, outer, extent, inner }) {
      const size = outer * extent * inner;
      const to = at(out.buffer, size);
      if (!out.accumulate) kernels.zero(to, size);
      kernels.scatterAxis(at(x, outer * inner), at(index, outer * inner), to, outer, extent, inner);
    },
  };
}
