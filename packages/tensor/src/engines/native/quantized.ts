import type { QuantizedInputs } from "../../kernel-arguments.js";
import type { Kernels } from "../wasm/instance.js";
import { quantizedRowCode } from "./code/quantized-row.js";
import { quantizedTileCode, tileRows } from "./code/quantized-tile.js";

/** Where the code is. */
export interface QuantizedCode {
  vectorBits: 256 | 512;
  row: number;
  /** Of several rows; null where the processor has no products of bytes. */
  tiles: Record<QuantizedInputs, number | null>;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeQuantized(
  vectorBits: 256 | 512,
  vnni: boolean,
  map: (bytes: Uint8Array) => number,
): QuantizedCode {
  return {
    vectorBits,
    row: map(quantizedRowCode(vectorBits)),
    tiles: {
      float32: map(quantizedTileCode(vectorBits, "float32")),
      int8: vnni ? map(quantizedTileCode(vectorBits, "int8")) : null,
    },
  };
}

/** Bytes of x that are multiplied by all of the weight before the next: half of a small second-level cache. */
const BLOCK = 262_144;
const ROW = `void (${Array(9).fill("uintptr_t").join(", ")})`;
const TILES = `void (${Array(11).fill("uintptr_t").join(", ")})`;

/** Products with weights in 8 bits. Rows of a weight come in whole 16, columns in 16 for floats and 64 for bytes. */
export function nativeQuantized(
  base: number,
  { vectorBits, row, tiles }: QuantizedCode,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Pick<Kernels, "widenedProduct" | "int8Product"> {
  const place = (address: number) => address && base + address;
  const most = tileRows(vectorBits);

  /** Rows of x in tiles; where the last tile is not full, it overlaps the one before. */
  const byTiles = (address: number, size: 1 | 4): NonNullable<Kernels["int8Product"]> => {
    const multiply = callable(address, TILES);
    return (x, inputScales, corrections, values, scales, bias, out, outRow, rows, columns, n) => {
      const weight = [values!, scales!, bias!].map(place);
      const some = (first: number, count: number) =>
        multiply(
          base + x! + first * columns! * size,
          base + inputScales! + first * 16,
          base + corrections! + first * 16,
          ...weight,
          base + out! + first * outRow! * 4,
          outRow! * 4,
          count / most,
          columns!,
          n! / 4,
        );
      const whole = rows! - (rows! % most);
      const block = Math.max(1, Math.floor(BLOCK / size / columns! / most)) * most;
      for (let first = 0; first < whole; first += block) some(first, Math.min(block, whole - first));
      if (whole < rows!) some(rows! - most, most);
    };
  };

  const multiplyRow = callable(row, ROW);
  const floatTiles = byTiles(tiles.float32!, 4);
  return {
    widenedProduct(x, values, scales, bias, out, outRow, rows, columns, n) {
      if (rows! >= most) floatTiles(x!, 0, 0, values!, scales!, bias!, out!, outRow!, rows!, columns!, n!);
      else {
        const places = [x!, values!, scales!, bias!, out!].map(place);
        multiplyRow(...places, outRow! * 4, rows!, columns!, n! / (vectorBits / 32));
      }
    },
    ...(tiles.int8 !== null && { int8Product: byTiles(tiles.int8, 1) }),
  };
}
