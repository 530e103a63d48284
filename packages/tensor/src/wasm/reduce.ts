import type { Engine } from "../engine.js";
import type { Access } from "./buffers.js";
import type { Kernels } from "./instance.js";

type Reductions = "sumAxis" | "broadcastAxis" | "maxAxis" | "scatterAxis";

/** Reductions over one axis, and their gradients. */
export function reductionKernels(kernels: Kernels, { at, borrow }: Access): Pick<Engine, Reductions> {
  return {
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
      if (!out.accumulate) kernels.scale(to, 0, to, size, false);
      kernels.scatterAxis(at(x, outer * inner), at(index, outer * inner), to, outer, extent, inner);
    },
  };
}
