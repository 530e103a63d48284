import type { Engine } from "../../engine.js";
import type { ThreadedKernels } from "../threads/pool.js";
import { FEW } from "../threads/split.js";
import type { Access, WasmBuffer } from "./buffers.js";

type Reductions = "sum" | "sums" | "unitNorm" | "sumAxis" | "broadcastAxis" | "maxAxis" | "scatterAxis";

/** Elements that go into one sum: 256 KB of them. */
const BLOCK = 65_536;

/** Reductions of everything or over one axis, and their gradients. */
export function reductionKernels(
  kernels: ThreadedKernels,
  { heap, at, borrow }: Access,
): Pick<Engine, Reductions> {
  /** By blocks, whose sums are added in order: the same on any number of threads. */
  const totals = (tensors: readonly { x: number; length: number; squares: boolean }[]): number[] => {
    const counts = tensors.map(({ length }) => Math.ceil(length / BLOCK));
    const blocks = counts.reduce((a, b) => a + b, 0);
    const results: number[] = [];
    borrow(8 * blocks, (scratch) => {
      let at = scratch;
      const calls = tensors.flatMap(({ x, length, squares }) =>
        Array.from({ length: Math.ceil(length / BLOCK) }, (_, i) => {
          const first = i * BLOCK;
          const call = [x + 4 * first, Math.min(BLOCK, length - first), squares, at] as const;
          at += 8;
          return call;
        }),
      );
      const elements = tensors.reduce((sum, { length }) => sum + length, 0);
      if (elements >= FEW) kernels.each("sum", calls);
      else for (const call of calls) kernels.sum(...call);
      const sums = new Float64Array(heap.memory.buffer, scratch, blocks).values();
      for (const count of counts) {
        let total = 0;
        for (let i = 0; i < count; i++) total += sums.next().value!;
        results.push(total);
      }
    });
    return results;
  };
  return {
    sum({ x, factor, out }) {
      at(out, 1);
      const [total] = totals([{ x: at(x, x.length), length: x.length, squares: false }]);
      (out as WasmBuffer).data[0] = factor * total!;
    },
    sums({ tensors, out, index }) {
      at(out, index + tensors.length);
      const lists = tensors.map(({ x, squares }) => ({ x: at(x, x.length), length: x.length, squares }));
      (out as WasmBuffer).data.set(totals(lists), index);
    },
    unitNorm({ x, out, parts, eps }) {
      const length = out.length / parts;
      const [from, to] = [at(x, out.length), at(out, out.length)];
      for (let o = 0; o < 4 * out.length; o += 4 * length) {
        const [squares] = totals([{ x: from + o, length, squares: true }]);
        const factor = 1 / (Math.sqrt(squares!) + eps);
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
