// How a matrix is kept in 4 or 8 bits with a scale for each group of 32 columns of a row. Rows go by panels of 16. A panel is
// one block after the other, a block has 32 columns of it: the scales of the 16 rows as halves, then the integers, without a
// sign: 4 columns of all 16 rows are 64 bytes, as processors multiply them, byte 4 r + c for row r and column c. With 4 bits,
// the upper half of a byte stands 16 columns behind the lower one. Where rows or columns end within a block, zeros fill it.
import { floatToHalf, halfToFloat } from "@llm/platform/float-bits";

/** Bits of an integer. */
export type GroupBits = 4 | 8;

/** Columns that share a scale. */
export const GROUP = 32;
/** Rows of a panel. */
export const PANEL = 16;
/** Bytes of the scales of a block. */
const SCALES = 2 * PANEL;
/** 4 columns of a panel. */
const CHUNK = 4 * PANEL;

/** What is added to an integer so that it needs no sign. */
export const offsetOf = (bits: GroupBits): number => 1 << (bits - 1);

/** The panels of a matrix (n, columns), the blocks of each, and the bytes of one. */
export function panelsOf(
  n: number,
  columns: number,
  bits: GroupBits,
): { panels: number; blocks: number; bytes: number } {
  return {
    panels: Math.ceil(n / PANEL),
    blocks: Math.ceil(columns / GROUP),
    bytes: SCALES + (PANEL * GROUP * bits) / 8,
  };
}

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** A half as a number. */
function fromHalf(half: number): number {
  word[0] = halfToFloat(half);
  return float[0]!;
}

/** The half nearest to a number. */
function toHalf(value: number): number {
  float[0] = value;
  return floatToHalf(word[0]!);
}

/** The first value of the largest magnitude among values[from .. to - 1], or one that is no number. */
function largestOf(values: ArrayLike<number>, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (Math.abs(value) > Math.abs(largest) || Number.isNaN(value)) largest = value;
  }
  return largest;
}

/**
 * Packs `rows` rows of values, at most a panel, into `to`. In 8 bits a scale is max |x| / 127; in 4 bits the value of the
 * largest magnitude / -8, so that this one, of either sign, is met: llama.cpp's q4_0. What a value is that no scale reaches,
 * or undefined.
 */
export function packPanel(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  bits: GroupBits,
  to: Uint8Array,
): number | undefined {
  const { blocks, bytes } = panelsOf(rows, columns, bits);
  const offset = offsetOf(bits);
  const [least, most] = [bits === 8 ? -127 : -8, offset - 1];
  const half = bits === 4 ? GROUP / 2 : GROUP;
  for (let block = 0; block < blocks; block++) {
    const at = block * bytes;
    // Rows that are not there are 0.
    to.fill(0, at, at + SCALES);
    if (rows < PANEL) to.fill(bits === 8 ? offset : offset * 17, at + SCALES, at + bytes);
    for (let row = 0; row < rows; row++) {
      const from = row * columns + block * GROUP;
      const count = Math.min(GROUP, columns - block * GROUP);
      const largest = largestOf(values, from, from + count);
      const stored = toHalf(bits === 8 ? Math.abs(largest) / 127 : largest / -8);
      const scale = fromHalf(stored);
      if (!Number.isFinite(scale)) return largest;
      to[at + 2 * row] = stored & 255;
      to[at + 2 * row + 1] = stored >> 8;
      const inverse = scale === 0 ? 0 : 1 / scale;
      const first = at + SCALES + 4 * row;
      for (let i = 0; i < GROUP; i++) {
        const value = i < count ? values[from + i]! * inverse : 0;
        const within = value > most ? most : value < least ? least : value;
        const integer = (within + offset + 0.5) | 0; // rounded: it is positive
        if (i < half) to[first + (i >> 2) * CHUNK + (i & 3)] = integer;
        else to[first + ((i - half) >> 2) * CHUNK + (i & 3)]! |= integer << 4;
      }
    }
  }
  return undefined;
}

/** Calls `visit` with the numbers that a row of a packed matrix stands for, with those of each group as a scale and integers. */
export function eachGroup(
  packed: ArrayLike<number>,
  row: number,
  columns: number,
  bits: GroupBits,
  visit: (scale: number, integers: Int32Array, block: number) => void,
): void {
  const { blocks, bytes } = panelsOf(1, columns, bits);
  const offset = offsetOf(bits);
  const within = row % PANEL;
  const integers = new Int32Array(GROUP);
  const half = bits === 4 ? GROUP / 2 : GROUP;
  for (let block = 0; block < blocks; block++) {
    const at = (Math.floor(row / PANEL) * blocks + block) * bytes;
    const scale = fromHalf((packed[at + 2 * within]! & 255) | ((packed[at + 2 * within + 1]! & 255) << 8));
    for (let column = 0; column < GROUP; column++) {
      const place = column % half;
      const byte = packed[at + SCALES + (place >> 2) * CHUNK + 4 * within + (place & 3)]!;
      integers[column] = ((column < half ? byte : byte >> 4) & (2 * offset - 1)) - offset;
    }
    visit(scale, integers, block);
  }
}

/** Writes the numbers that a row of a packed matrix stands for to `to`, from `at` on. */
export function unpackRow(
  packed: ArrayLike<number>,
  row: number,
  columns: number,
  bits: GroupBits,
  to: { [index: number]: number },
  at: number,
): void {
  eachGroup(packed, row, columns, bits, (scale, integers, block) => {
    const first = block * GROUP;
    for (let j = 0; j < Math.min(GROUP, columns - first); j++) to[at + first + j] = scale * integers[j]!;
  });
}
