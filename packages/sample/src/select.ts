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
  let indices: Int32Array | undefined; // of the items that are left, once not all are
  let count = size;
  let before = 0; // what the items ahead of those are worth
  const bins = new Uint16Array(count);
  const sums = new Float64Array(BINS);
  const counts = new Int32Array(BINS);
  for (let slow = 0; count > FEW && slow < 3; ) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const key = keys[i]!;
      if (key < low) low = key;
      if (key > high) high = key;
    }
    const scale = (BINS - 1) / (high - low);
    if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) break;

    for (let i = 0; i < count; i++) bins[i] = (high - keys[i]!) * scale;
    counts.fill(0);
    for (let i = 0; i < count; i++) counts[bins[i]!]!++;
    sums.fill(0);
    if (worth) for (let i = 0; i < count; i++) sums[bins[i]!]! += worth[i]!;
    else sums.set(counts);
    let last = 0;
    let reached = before;
    for (let bin = 0; bin < BINS && reached < target; bin++) {
      if (counts[bin] === 0) continue;
      last = bin;
      before = reached;
      reached += sums[bin]!;
    }

    const n = counts[last]!;
    const next = {
      indices: new Int32Array(n),
      keys: new Float64Array(n),
      worth: new Float64Array(worth ? n : 0),
    };
    for (let i = 0, to = 0; to < n; i++) {
      if (bins[i] !== last) continue;
      next.indices[to] = indices ? indices[i]! : i;
      next.keys[to] = keys[i]!;
      if (worth) next.worth[to] = worth[i]!;
      to++;
    }
    if (n > count / 2) slow++; // keys of very different sizes, all but a few in one bin
    ({ indices, keys } = next);
    if (worth) worth = next.worth;
    count = n;
  }

  const order = Int32Array.from({ length: count }, (_, i) => i);
  order.sort((i, j) => keys[j]! - keys[i]! || i - j);
  let end = 0;
  for (const i of order) {
    end = i;
    before += worth ? worth[i]! : 1;
    if (before >= target) break;
  }
  return indices ? indices[end]! : end;
}
