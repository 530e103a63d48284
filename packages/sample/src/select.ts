const BINS = 1024;
/** So few are sorted. */
const FEW = 48;

/**
 * The index of the last item of the shortest prefix that is worth `target`, in the order of falling keys, lower indices
 * first among equals. `worth` says what each item is worth; without it each is worth 1. Where all together are worth less,
 * the last of all.
 *
 * Nothing is sorted but a handful: a histogram of the keys tells which bin the prefix ends in, then one of that bin.
 */
export function prefixEnd(keys: Float64Array, size: number, target: number, worth?: Float64Array): number {
  let members: Int32Array | undefined; // all of them, at first
  let count = size;
  let before = 0; // what the bins before the members are worth
  for (let slow = 0; count > FEW && slow < 3; ) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let m = 0; m < count; m++) {
      const key = keys[members ? members[m]! : m]!;
      if (key < low) low = key;
      if (key > high) high = key;
    }
    const scale = (BINS - 1) / (high - low);
    if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) break;

    const sums = new Float64Array(BINS);
    const counts = new Int32Array(BINS);
    for (let m = 0; m < count; m++) {
      const i = members ? members[m]! : m;
      const bin = ((high - keys[i]!) * scale) | 0;
      sums[bin]! += worth ? worth[i]! : 1;
      counts[bin]!++;
    }
    let bin = 0;
    let last = 0;
    let priorSum = before;
    for (; bin < BINS; bin++) {
      if (counts[bin] === 0) continue;
      [last, priorSum] = [bin, before];
      before += sums[bin]!;
      if (before >= target) break;
    }
    before = priorSum;

    const chosen = new Int32Array(counts[last]!);
    let n = 0;
    for (let m = 0; m < count; m++) {
      const i = members ? members[m]! : m;
      if ((((high - keys[i]!) * scale) | 0) === last) chosen[n++] = i;
    }
    if (n > count / 2) slow++; // keys of very different sizes, all but a few in one bin
    [members, count] = [chosen, n];
  }

  const rest = members ?? Int32Array.from({ length: count }, (_, i) => i);
  rest.sort((i, j) => keys[j]! - keys[i]! || i - j);
  for (const i of rest) {
    before += worth ? worth[i]! : 1;
    if (before >= target) return i;
  }
  return rest[rest.length - 1]!;
}
