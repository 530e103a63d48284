import type { Engine } from "../../engine.js";
import type { ThreadedKernels } from "../threads/pool.js";
import type { Access } from "./buffers.js";

/** Sums over rows are taken of so many blocks of rows at most, of no fewer rows each, and of one where there is little. */
const MOST_BLOCKS = 64;
const FEWEST_ROWS = 32;
const LITTLE = 16_384;

/** LayerNorm and RMSNorm, alone and after a residual sum, and the sums of columns that their gradients end in. */
export function normKernels(
  kernels: ThreadedKernels,
  { at, maybe, borrow }: Access,
): Pick<Engine, "norm" | "residualNorm" | "normBackward" | "columnSums"> {
  return {
    norm({ x, gain, bias, out, mean, rstd, rows, columns, eps }) {
      kernels.norm(
        at(x, rows * columns),
        maybe(gain, columns),
        maybe(bias, columns),
        at(out, rows * columns),
        maybe(mean, rows),
        at(rstd, rows),
        rows,
        columns,
        eps,
      );
    },
    residualNorm({ x, residual, sum, gain, bias, out, mean, rstd, rows, columns, eps }) {
      kernels.residualNorm(
        at(x, rows * columns),
        at(residual, rows * columns),
        at(sum, rows * columns),
        maybe(gain, columns),
        maybe(bias, columns),
        at(out, rows * columns),
        maybe(mean, rows),
        at(rstd, rows),
        rows,
        columns,
        eps,
      );
    },
    /** By blocks of rows, whose sums are added in order: the same on any number of threads. */
    normBackward({ x, gain, mean, rstd, dOut, dX, dGain, dBias, rows, columns }) {
      const [xs, ups] = [at(x, rows * columns), at(dOut, rows * columns)];
      const [gains, means, rstds] = [maybe(gain, columns), maybe(mean, rows), at(rstd, rows)];
      const to = maybe(dX?.buffer, rows * columns);
      const sums = [dGain, dBias].map((into) => ({ into, address: maybe(into?.buffer, columns) }));
      const most = rows * columns < LITTLE ? 1 : MOST_BLOCKS;
      const height = Math.max(FEWEST_ROWS, Math.ceil(rows / most));
      const blocks = Math.ceil(rows / height);
      // Whole cache lines, so that threads do not write into the same.
      const stride = Math.ceil(columns / 16) * 16;
      borrow(4 * 2 * blocks * stride, (scratch) => {
        const part = (sum: number, block: number) => scratch + 4 * (sum * blocks + block) * stride;
        kernels.each(
          "normBackward",
          Array.from({ length: blocks }, (_, block) => {
            const first = block * height;
            const values = 4 * first * columns;
            return [
              xs + values,
              gains,
              means && means + 4 * first,
              rstds + 4 * first,
              ups + values,
              to && to + values,
              dGain ? part(0, block) : 0,
              dBias ? part(1, block) : 0,
              Math.min(height, rows - first),
              columns,
              dX?.accumulate ? 1 : 0,
            ];
          }),
        );
        for (const [sum, { into, address }] of sums.entries()) {
          if (into) kernels.columnSums(part(sum, 0), stride, address, blocks, columns, into.accumulate);
        }
      });
    },
    columnSums({ x, out, rows, columns }) {
      const from = at(x, rows * columns);
      kernels.columnSums(from, columns, at(out.buffer, columns), rows, columns, out.accumulate);
    },
  };
}
