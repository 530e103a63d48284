import type { Engine } from "../../engine.js";
import { positionsOf } from "../reference/batch-places.js";
import { type Access, integersAt } from "./buffers.js";
import { type Kernels, KINDS } from "./instance.js";

type Fused = "rope" | "gated" | "gatedBackward" | "softcap" | "softcapBackward";

/** What Llama-style transformers add: rotary positions, gated units, capped scores. */
export function fusedKernels(kernels: Kernels, access: Access): Pick<Engine, Fused> {
  const { at, maybe } = access;
  const integers = integersAt(access);
  return {
    rope(args) {
      const { x, table, out, rows, length, offset, positions, heads, headDim, rotaryDim } = args;
      const size = rows * heads * headDim;
      positionsOf("rope", args, table.length / rotaryDim, integers);
      kernels.rope(
        at(x, size),
        at(table, positions ? 0 : (offset + length) * rotaryDim),
        at(out.buffer, size),
        rows,
        0,
        length,
        offset,
        heads,
        args.rotated,
        headDim,
        rotaryDim,
        args.interleaved,
        args.inverse,
        out.accumulate,
        maybe(positions, rows),
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
