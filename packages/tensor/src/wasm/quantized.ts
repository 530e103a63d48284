import type { Engine } from "../engine.js";
import type { Access } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** The largest rounded input for which a sum of `columns` products with 8 bits stays within 32. */
const inputLimit = (columns: number): number => Math.min(32767, Math.floor((2 ** 31 - 1) / (127 * columns)));

/** Weights in 8 bits; inputs are rounded to as many as the sums allow, up to 16. */
export function quantizedKernels(
  kernels: Kernels,
  { at, maybe, borrow }: Access,
): Pick<Engine, "quantize" | "quantizedProduct"> {
  return {
    quantize({ x, values, scales, rows, columns }) {
      const size = rows * columns;
      kernels.quantize(at(x, size), at(values, size, 1), at(scales, rows), rows, columns);
    },
    quantizedProduct({ x, values, scales, bias, out, rows, columns, n }) {
      const from = at(x, rows * columns);
      const weights = at(values, n * columns, 1);
      const weightScales = at(scales, n);
      const biases = maybe(bias, n);
      const to = at(out, rows * n);
      const stride = Math.ceil(columns / 8) * 8;
      const inputBytes = 2 * rows * stride;
      borrow(inputBytes + 4 * rows, (input) => {
        const inputScales = input + inputBytes;
        kernels.quantizeInput(from, input, inputScales, rows, columns, stride, inputLimit(columns));
        kernels.quantizedProduct(
          input,
          inputScales,
          stride,
          weights,
          weightScales,
          biases,
          to,
          n,
          rows,
          columns,
          n,
        );
      });
    },
  };
}
