import type { Engine } from "../engine.js";
import type { Access } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** The largest rounded input for which a sum of `columns` products with 8 bits stays within 32. */
const inputLimit = (columns: number): number => Math.min(32767, Math.floor((2 ** 31 - 1) / (127 * columns)));

/** Rows of a weight that machine code takes at a time, in whatever vectors. */
const WEIGHT_ROWS = 16;
/** Rows of x of which machine code takes so many at a time. */
const INPUT_ROWS = 4;
/** As many rows of x as are worth widening the weight for: then the product is one of floats. */
const MANY = 32;
/** Floats that are widened before they are multiplied. */
const WIDENED = 2 ** 20;

/** Pieces that cover a length of at least a unit in whole units: where the last one does not fit, it overlaps. */
function pieces(length: number, unit: number): { from: number; count: number }[] {
  const whole = length - (length % unit);
  const all = [{ from: 0, count: whole }];
  if (whole < length) all.push({ from: length - unit, count: unit });
  return all;
}

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

/** The same with some rows of the weight. */
const withRows = (product: Product, from: number, count: number): Product => ({
  ...product,
  values: product.values + from * product.columns,
  scales: product.scales + 4 * from,
  bias: product.bias && product.bias + 4 * from,
  out: product.out + 4 * from,
  n: count,
});

/** Weights in 8 bits. WebAssembly rounds inputs to as many bits as the sums allow, up to 16; machine code need not. */
export function quantizedKernels(
  kernels: Kernels,
  { at, maybe, borrow }: Access,
  gemmScratch: number,
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

  /** Few rows of x in machine code. */
  const few = (product: Product, multiply: NonNullable<Kernels["widenedProduct"]>) => {
    for (const { from, count } of pieces(product.n, WEIGHT_ROWS)) {
      const { x, values, scales, bias, out, rows, columns } = withRows(product, from, count);
      multiply(x, values, scales, bias, out, product.n, rows, columns, count);
    }
  };

  /** Many rows of x: the weight in floats, some of its rows at a time. */
  const many = (product: Product) => {
    const { x, rows, columns, n } = product;
    const most = Math.min(n, Math.max(1, Math.floor(WIDENED / columns)));
    borrow(4 * most * columns, (weight) => {
      for (let from = 0; from < n; from += most) {
        const { values, scales, bias, out, n: count } = withRows(product, from, Math.min(most, n - from));
        kernels.widen(values, scales, weight, count, columns);
        const [a, b, c] = [
          [x, columns, false],
          [weight, columns, true],
          [out, n],
        ] as const;
        kernels.gemm(...a, ...b, ...c, rows, count, columns, false, bias, 0, 0, gemmScratch);
      }
    });
  };

  /** x in 8 bits, in machine code. */
  const int8 = (product: Product, multiply: NonNullable<Kernels["int8Product"]>) => {
    const { x, rows, columns, n } = product;
    const bytes = rows * columns;
    borrow(bytes + 32 * rows, (input) => {
      const inputScales = input + bytes;
      const corrections = inputScales + 16 * rows;
      kernels.quantizeBytes(x, input, inputScales, corrections, rows, columns);
      for (const { from, count } of pieces(n, WEIGHT_ROWS)) {
        const { values, scales, bias, out } = withRows(product, from, count);
        for (const { from: row, count: some } of pieces(rows, INPUT_ROWS)) {
          multiply(
            ...[input + row * columns, inputScales + 16 * row, corrections + 16 * row],
            ...[values, scales, bias, out + 4 * row * n, n, some, columns, count],
          );
        }
      }
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
      if (inputs === "int8") {
        const fits = n >= WEIGHT_ROWS && rows >= INPUT_ROWS && columns > 0 && columns % 64 === 0;
        if (int8Product && fits) int8(product, int8Product);
        else rounded(product, 127);
        return;
      }
      const fits = n >= WEIGHT_ROWS && columns % 16 === 0;
      if (!widenedProduct || !fits) rounded(product, inputLimit(columns));
      else if (rows < MANY) few(product, widenedProduct);
      else many(product);
    },
  };
}
