/**
 * Compares two records by their 64-bit numbers, which are stored low word first, then by their last word. `[a, b]` are lists, `at`
 * and `bt` where the records begin in them, `width` the words a record.
 */
export function compareRecords(
  a: Uint32Array,
  at: number,
  b: Uint32Array,
  bt: number,
  width: number,
): number {
  return compareHashes(a, at, b, bt, width) || a[at + width - 1]! - b[bt + width - 1]!;
}

/** Compares only the 64-bit numbers. */
export function compareHashes(a: Uint32Array, at: number, b: Uint32Array, bt: number, width: number): number {
  for (let i = 1; i < width - 1; i += 2) {
    const high = a[at + i]! - b[bt + i]!;
    if (high !== 0) return high;
    const low = a[at + i - 1]! - b[bt + i - 1]!;
    if (low !== 0) return low;
  }
  return 0;
}

/** The records, sorted, in a list of their own. */
export function sortRecords(records: Uint32Array, width: number): Uint32Array {
  const order = Uint32Array.from({ length: records.length / width }, (_, i) => i * width);
  order.sort((a, b) => compareRecords(records, a, records, b, width));
  const sorted = new Uint32Array(records.length);
  for (const [i, at] of order.entries()) sorted.set(records.subarray(at, at + width), i * width);
  return sorted;
}
