import type { Engine } from "../../engine.js";
import type { Access } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** The largest rounded input for which a sum of `columns` products with 8 bits stays within 32. */
const inputLimit = (columns: number): number => Math.min(32767, Math.floor((2 ** 31 - 1) / (127 * columns)));

/** Rows of a weight that machine code takes at a time, in whatever vectors, and rows of x in 8 bits. */
const WEIGHT_ROWS = 16;
const INPUT_ROWS = 4;

/** A product by addresses: x (rows, columns), values (n, columns), out (rows, n). */
interface Product {
  x: number;
  values: number;
  scales: number;
  bias: number;
  out: number;
  rows: number;
  columns: number;
  n: number;
}

/** Does a product for whole `WEIGHT_ROWS` of the weight's rows: where the last ones are fewer, they overlap those before. */
function byWeightRows(
  { values, scales, bias, out, columns, n }: Product,
  run: (values: number, scales: number, bias: number, out: number, n: number) => void,
): void {
  const some = (from: number, count: number) =>
    run(values + from * columns, scales + 4 * from, bias && bias + 4 * from, out + 4 * from, count);
  const rest = n % WEIGHT_ROWS;
  some(0, n - rest);
  if (rest > 0) some(n - WEIGHT_ROWS, WEIGHT_ROWS);
}

/** Weights in 8 bits. WebAssembly rounds inputs to as many bits as the sums allow, up to 16; machine code need not. */
export function quantizedKernels(
  kernels: Kernels,
  { at, maybe, borrow }: Access,
): Pick<Engine, "quantize" | "quantizedProduct"> {
  /** x in integers up to `limit`. */
  const rounded = ({ x, values, scales, bias, out, rows, columns, n }: Product, limit: number) => {
    const stride = Math.ceil(columns / 8) * 8;
    const bytes = 2 * rows * stride;
    borrow(bytes + 4 * rows, (input) => {
      const inputScales = input + bytes;
      kernels.quantizeInput(x, input, inputScales, rows, columns, stride, limit);
      kernels.quantizedProduct(input, inputScales, stride, values, scales, bias, out, n, rows, columns, n);
    });
  };

  /** x in 8 bits, in machine code. */
  const int8 = (product: Product, multiply: NonNullable<Kernels["int8Product"]>) => {
    const { x, rows, columns, n: outRow } = product;
    const bytes = rows * columns;
    borrow(bytes + 32 * rows, (input) => {
      const inputScales = input + bytes;
      const corrections = inputScales + 16 * rows;
      kernels.quantizeBytes(x, input, inputScales, corrections, rows, columns);
      byWeightRows(product, (values, scales, bias, out, n) =>
        multiply(input, inputScales, corrections, values, scales, bias, out, outRow, rows, columns, n),
      );
    });
  };

  return {
    quantize({ x, values, scales, rows, columns }) {
      const size = rows * columns;
      kernels.quantize(at(x, size), at(values, size, 1), at(scales, rows), rows, columns);
    },
    quantizedProduct({ x, values, scales, bias, out, inputs, rows, columns, n }) {
      const product: Product = {
        x: at(x, rows * columns),
        values: at(values, n * columns, 1),
        scales: at(scales, n),
        bias: maybe(bias, n),
        out: at(out, rows * n),
        rows,
        columns,
        n,
      };
      if (rows === 0 || n === 0) return;
      const { int8Product, widenedProduct } = kernels;
      const whole = (vector: number) => n >= WEIGHT_ROWS && columns > 0 && columns % vector === 0;
      if (inputs === "int8") {
        if (int8Product && rows >= INPUT_ROWS && whole(64)) int8(product, int8Product);
        else rounded(product, 127);
      } else if (widenedProduct && whole(16)) {
        byWeightRows(product, (values, scales, bias, out, count) =>
          widenedProduct(product.x, values, scales, bias, out, n, rows, columns, count),
        );
      } else rounded(product, inputLimit(columns));
    },
  };
}
