import type { Engine } from "../../engine.js";
import type { Access } from "./buffers.js";
import { type Kernels, KINDS } from "./instance.js";

type Fused = "rope" | "gated" | "gatedBackward" | "softcap" | "softcapBackward";

/** What Llama-style transformers add: rotary positions, gated units, capped scores. */
export function fusedKernels(kernels: Kernels, { at }: Access): Pick<Engine, Fused> {
  return {
    rope({ x, table, out, rows, length, offset, heads, rotated, headDim, rotaryDim, interleaved, inverse }) {
      const size = rows * heads * headDim;
      kernels.rope(
        at(x, size),
        at(table, (offset + length) * rotaryDim),
        at(out.buffer, size),
        rows,
        0,
        length,
        offset,
        heads,
        rotated,
        headDim,
        rotaryDim,
        interleaved,
        inverse,
        out.accumulate,
      );
    },
    gated({ kind, x, out, rows, columns }) {
      kernels.gated(KINDS[kind], at(x, 2 * rows * columns), at(out, rows * columns), rows, columns);
    },
    gatedBackward({ kind, x, dOut, dX, rows, columns }) {
      kernels.gatedBackward(
        KINDS[kind],
        at(x, 2 * rows * columns),
        at(dOut, rows * columns),
        at(dX.buffer, 2 * rows * columns),
        rows,
        columns,
        dX.accumulate,
      );
    },
    softcap({ x, out, cap }) {
      kernels.softcap(at(x, out.length), at(out, out.length), out.length, cap);
    },
    softcapBackward({ y, dOut, dX, cap }) {
      const { length } = dX.buffer;
      kernels.softcapBackward(
        at(y, length),
        at(dOut, length),
        at(dX.buffer, length),
        length,
        cap,
        dX.accumulate,
      );
    },
  };
}
