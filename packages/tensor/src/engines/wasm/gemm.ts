import type { Engine } from "../../engine.js";
import { EngineError } from "../../errors.js";
import { type Access, bytesPerElement, STORAGE } from "./buffers.js";
import { type Kernels, KINDS } from "./instance.js";

/** Products of matrices, the second perhaps stored in fewer bits than a float; `scratch` has what `gemm` needs for every thread. */
export function gemmKernels(
  kernels: Kernels,
  { at, maybe }: Access,
  scratch: number,
): Pick<Engine, "gemm" | "quantizedProductBackward"> {
  return {
    gemm({ a, b, out, m, n, k, batch, transposeA, transposeB, bias, activation, pre, residual }) {
      const width = bytesPerElement(b.dtype);
      const as = at(a, batch * m * k);
      const bs = at(b, batch * k * n, width);
      const cs = at(out.buffer, batch * m * n);
      const pres = maybe(pre, batch * m * n);
      const residuals = maybe(residual, batch * m * n);
      const biases = maybe(bias, n);
      const kind = activation ? KINDS[activation] : 0;
      if (out.accumulate && kind) throw new EngineError("gemm: an activated product cannot be accumulated.");
      if (residual === out.buffer)
        throw new EngineError("gemm: the residual is the output: accumulate instead.");
      for (let i = 0; i < batch; i++) {
        kernels.gemm(
          as + 4 * i * m * k,
          transposeA ? m : k,
          transposeA,
          bs + width * i * k * n,
          transposeB ? k : n,
          transposeB,
          cs + 4 * i * m * n,
          n,
          m,
          n,
          k,
          out.accumulate,
          biases,
          kind,
          pres && pres + 4 * i * m * n,
          residuals && residuals + 4 * i * m * n,
          scratch,
          STORAGE[b.dtype],
          0,
        );
      }
    },
    quantizedProductBackward({ dOut, values, scales, dX, rows, columns, n }) {
      const [a, b, c] = [at(dOut, rows * n), at(values, n * columns, 1), at(dX.buffer, rows * columns)];
      const { accumulate } = dX;
      const none = [0, 0, 0, 0] as const; // bias, activation, value before it, residual
      const stored = [STORAGE.int8, at(scales, n)] as const;
      kernels.gemm(
        ...[a, n, false, b, columns, false, c, columns],
        ...[rows, columns, n, accumulate, ...none, scratch, ...stored],
      );
    },
  };
}
