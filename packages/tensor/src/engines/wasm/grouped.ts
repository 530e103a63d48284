import type { Engine } from "../../engine.js";
import { IndexError } from "../../errors.js";
import { GROUP, type GroupBits, offsetOf, PANEL, panelsOf } from "../../groups.js";
import { type Access, integersAt } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Rows of x that machine code multiplies at a time: as many of the first as there are, then of the next. */
export const GROUP_TILES = [8, 4, 2, 1] as const;

/** Rows of x in tiles: how many tiles of each size, and the first row of them. */
export function groupTiles(rows: number): { tile: number; tiles: number; first: number }[] {
  let first = 0;
  return GROUP_TILES.flatMap((tile) => {
    const tiles = Math.floor((rows - first) / tile);
    const from = first;
    first += tiles * tile;
    return tiles > 0 ? [{ tile, tiles, first: from }] : [];
  });
}

/** Bytes of a row of x in integers, with its scales and what dots begin with. */
export const groupedInputBytes = (columns: number): number => Math.ceil(columns / GROUP) * (GROUP + 8);

/** Rows of a weight that the backward pass has as floats at a time. */
const UNPACKED = 64;

/** Weights in groups. Results have the bits of the reference kernels, whatever does the work. */
export function groupedKernels(
  kernels: Kernels,
  access: Access,
  scratch: number,
): Pick<Engine, "groupedProduct" | "groupedProductBackward" | "groupedRows"> {
  const { at, maybe, borrow } = access;
  const integers = integersAt(access);
  const bytesOf = (n: number, columns: number, bits: GroupBits) => {
    const { panels, blocks, bytes } = panelsOf(n, columns, bits);
    return { blocks, panelBytes: blocks * bytes, all: panels * blocks * bytes };
  };
  return {
    groupedProduct({ x, weight, bias, out, bits, rows, columns, n }) {
      const { blocks, panelBytes, all } = bytesOf(n, columns, bits);
      const [from, packed, to] = [at(x, rows * columns), at(weight, all, 1), at(out, rows * n)];
      const biases = maybe(bias, n);
      const multiply = kernels.groupedTiles ?? kernels.groupedProduct;
      const tiles = kernels.groupedTiles ? groupTiles(rows) : [{ tile: 1, tiles: rows, first: 0 }];
      const rowBytes = groupedInputBytes(columns);
      const rest = n % PANEL;
      const last = n - rest;
      // The last panel, where it is not whole, is multiplied aside, and its bias lies behind it.
      const aside = rest > 0 ? 4 * PANEL * (rows + 1) : 0;
      borrow(rows * rowBytes + aside, (input) => {
        for (const { tile, tiles: count, first } of tiles) {
          const row = from + 4 * first * columns;
          kernels.quantizeGroupInput(row, input + first * rowBytes, count, columns, tile, offsetOf(bits));
        }
        if (last > 0) multiply(input, packed, biases, to, n, rows, blocks, last / PANEL, bits);
        if (rest === 0) return;
        const results = input + rows * rowBytes;
        const start = biases && results + 4 * PANEL * rows;
        if (start) kernels.copy(biases + 4 * last, rest, start, rest, 1, rest, false);
        const panel = packed + (last / PANEL) * panelBytes;
        multiply(input, panel, start, results, PANEL, rows, blocks, 1, bits);
        kernels.copy(results, PANEL, to + 4 * last, n, rows, rest, false);
      });
    },
    groupedProductBackward({ dOut, weight, dX, bits, rows, columns, n }) {
      const { blocks, all } = bytesOf(n, columns, bits);
      const [from, packed, to] = [at(dOut, rows * n), at(weight, all, 1), at(dX.buffer, rows * columns)];
      const none = [0, 0, 0, 0] as const; // bias, activation, value before it, residual
      borrow(4 * UNPACKED * columns, (floats) => {
        for (let first = 0; first < n; first += UNPACKED) {
          const count = Math.min(UNPACKED, n - first);
          const accumulate = dX.accumulate || first > 0;
          for (let row = 0; row < count; row++) {
            kernels.unpackGroupedRow(packed, first + row, floats + 4 * row * columns, columns, blocks, bits);
          }
          kernels.gemm(
            ...[from + 4 * first, n, false, floats, columns, false, to, columns],
            ...[rows, columns, count, accumulate, ...none, scratch, 0, 0],
          );
        }
      });
    },
    groupedRows({ ids, weight, out, bits, rows, columns, n }) {
      const { blocks, all } = bytesOf(n, columns, bits);
      const [packed, to] = [at(weight, all, 1), at(out, rows * columns)];
      const asked = integers(ids, rows);
      for (let r = 0; r < rows; r++) {
        const id = asked[r]!;
        if (id >= 0 && id < n) continue;
        throw new IndexError(`groupedEmbedding: id ${id} is not in a table of ${n} rows.`);
      }
      for (let r = 0; r < rows; r++) {
        kernels.unpackGroupedRow(packed, asked[r]!, to + 4 * r * columns, columns, blocks, bits);
      }
    },
  };
}
