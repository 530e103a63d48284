// Keys in slices from the highest down, all of a width but the last, which has no end: what is in each tells where a prefix ends.

export const SLICES = 1024;
const LAST_SLICE = SLICES - 1;
/** Of logits that are far apart. A power of two, so that multiplying is exact. */
const FEWEST_PER_UNIT = 2 ** 5;
const MOST_PER_UNIT = 2 ** 60;

/** How many slices a unit has where keys reach so far down from the highest: as many as there are, for alike keys too. */
export function slicesPerUnit(range: number): number {
  const perUnit = 2 ** Math.floor(Math.log2(LAST_SLICE / range));
  return Math.min(MOST_PER_UNIT, Math.max(FEWEST_PER_UNIT, perUnit));
}

/** The slice of a key that is `x` <= 0 from the highest. */
export function sliceOf(x: number, perUnit: number): number {
  const at = x * -perUnit;
  return at < LAST_SLICE ? at | 0 : LAST_SLICE;
}

/** What the items in each slice are worth. */
export interface Slices {
  /** How many slices a unit has. */
  perUnit: number;
  readonly worth: Float64Array;
}

// Each pass is a function of its own, which an engine compiles well.

/** Adds what each item is worth to its slice. No key is above `top`. */
export function addWorth(
  keys: Float64Array,
  size: number,
  top: number,
  worth: Float64Array,
  { perUnit, worth: sums }: Slices,
): void {
  for (let i = 0; i < size; i++) sums[sliceOf(keys[i]! - top, perUnit)]! += worth[i]!;
}

/** How many items each slice has. No key is above `top`. */
export function countInSlices(keys: Float64Array, size: number, top: number, perUnit: number): Int32Array {
  const counts = new Int32Array(SLICES);
  for (let i = 0; i < size; i++) counts[sliceOf(keys[i]! - top, perUnit)]!++;
  return counts;
}

/** Writes the places of a slice's items to `places`: how many they are. */
export function findInSlice(
  keys: Float64Array,
  size: number,
  top: number,
  perUnit: number,
  slice: number,
  places: Int32Array,
): number {
  const high = slice / -perUnit;
  const below = slice === LAST_SLICE ? Number.NaN : (slice + 1) / -perUnit;
  const isIn = (x: number) => Number(x <= high) & Number(!(x <= below));
  let n = 0;
  let i = 0;
  for (; i + 3 < size; i += 4) {
    const a = isIn(keys[i]! - top);
    const b = isIn(keys[i + 1]! - top);
    const c = isIn(keys[i + 2]! - top);
    const d = isIn(keys[i + 3]! - top);
    if ((a | b | c | d) === 0) continue; // as most often
    if (a) places[n++] = i;
    if (b) places[n++] = i + 1;
    if (c) places[n++] = i + 2;
    if (d) places[n++] = i + 3;
  }
  for (; i < size; i++) if (isIn(keys[i]! - top)) places[n++] = i;
  return n;
}
