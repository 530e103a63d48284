import type { Kernels } from "../wasm/instance.js";
import { int8Code, int8RowsAtOnce } from "./int8-code.js";
import { quantizedCode, rowsAtOnce } from "./quantized-code.js";

/** Where the code is. */
export interface QuantizedCode {
  vectorBits: 256 | 512;
  floats: number;
  /** null: the processor has no products of bytes. */
  int8: number | null;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeQuantized(
  vectorBits: 256 | 512,
  vnni: boolean,
  map: (bytes: Uint8Array) => number,
): QuantizedCode {
  return {
    vectorBits,
    floats: map(quantizedCode(vectorBits)),
    int8: vnni ? map(int8Code(vectorBits)) : null,
  };
}

/** Bytes of x that are multiplied by all of the weight before the next: half of a small second-level cache. */
const BLOCK = 262_144;
const FLOATS = `void (${Array(9).fill("uintptr_t").join(", ")})`;
const INT8 = `void (${Array(11).fill("uintptr_t").join(", ")})`;

/** Products with weights in 8 bits. Rows of a weight come in whole 16, columns in 16 for floats and 64 for bytes. */
export function nativeQuantized(
  base: number,
  { vectorBits, floats, int8 }: QuantizedCode,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Pick<Kernels, "widenedProduct" | "int8Product"> {
  const place = (address: number) => address && base + address;
  const multiplyFloats = callable(floats, FLOATS);
  const lanes = rowsAtOnce(vectorBits);
  const kernels: Pick<Kernels, "widenedProduct" | "int8Product"> = {
    widenedProduct(x, values, scales, bias, out, outRow, rows, columns, n) {
      const places = [x!, values!, scales!, bias!, out!].map(place);
      multiplyFloats(...places, outRow! * 4, rows!, columns!, n! / lanes);
    },
  };
  if (int8 === null) return kernels;
  const multiplyInt8 = callable(int8, INT8);
  const tileRows = int8RowsAtOnce(vectorBits);
  kernels.int8Product = (
    x,
    inputScales,
    corrections,
    values,
    scales,
    bias,
    out,
    outRow,
    rows,
    columns,
    n,
  ) => {
    const weight = [values!, scales!, bias!].map(place);
    const most = Math.max(1, Math.floor(BLOCK / columns! / tileRows)) * tileRows;
    for (let row = 0; row < rows!; row += most) {
      const input = [x! + row * columns!, inputScales! + row * 16, corrections! + row * 16].map(place);
      const to = place(out! + row * outRow! * 4);
      const tiles = Math.min(most, rows! - row) / tileRows;
      multiplyInt8(...input, ...weight, to, outRow! * 4, tiles, columns!, n! / 4);
    }
  };
  return kernels;
}
