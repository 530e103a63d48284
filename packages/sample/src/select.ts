const BINS = 1024;
/** So few are sorted. */
const FEW = 48;

/** Items of a list: what they are ordered by, what each is worth (1 where that is left out), and where they stood first. */
interface Items {
  count: number;
  keys: Float64Array;
  worth?: Float64Array | undefined;
  indices?: Int32Array;
}

/**
 * The index of the last item of the shortest prefix that is worth `target`, in the order of falling keys, lower indices
 * first among equals. `worth` says what each item is worth; without it each is worth 1. Where all together are worth less,
 * the last that is worth anything.
 *
 * Nothing is sorted but a handful: a histogram of the keys tells which bin the prefix ends in, then one of that bin.
 */
export function prefixEnd(keys: Float64Array, size: number, target: number, worth?: Float64Array): number {
  let items: Items = { count: size, keys, worth };
  let before = 0; // what the items ahead of these are worth
  const bins = new Uint16Array(size);
  for (let slow = 0; items.count > FEW && slow < 3; ) {
    const sums = histogram(items, bins);
    if (!sums) break;
    let last = 0;
    let reached = before;
    for (let bin = 0; bin < BINS && reached < target; bin++) {
      if (sums[bin] === 0) continue;
      last = bin;
      before = reached;
      reached += sums[bin]!;
    }
    const next = pick(items, bins, last);
    if (next.count > items.count / 2) slow++; // keys of very different sizes, all but a few in one bin
    items = next;
  }

  const order = new Int32Array(items.count).map((_, i) => i);
  order.sort((i, j) => items.keys[j]! - items.keys[i]! || i - j);
  let end = 0;
  for (const i of order) {
    end = i;
    before += items.worth ? items.worth[i]! : 1;
    if (before >= target) break;
  }
  return items.indices ? items.indices[end]! : end;
}

// Each pass is a function of its own, which an engine compiles well.

/** Writes the bin of each item, the highest key in the first; what each bin is worth, unless all keys are too alike. */
function histogram({ keys, count, worth }: Items, bins: Uint16Array): Float64Array | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const key = keys[i]!;
    if (key < low) low = key;
    if (key > high) high = key;
  }
  const scale = (BINS - 1) / (high - low);
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return undefined;
  return worth ? weighted(keys, count, worth, high, scale, bins) : counted(keys, count, high, scale, bins);
}

function weighted(
  keys: Float64Array,
  count: number,
  worth: Float64Array,
  high: number,
  scale: number,
  bins: Uint16Array,
): Float64Array {
  const sums = new Float64Array(BINS);
  for (let i = 0; i < count; i++) {
    const bin = ((high - keys[i]!) * scale) | 0;
    bins[i] = bin;
    sums[bin]! += worth[i]!;
  }
  return sums;
}

function counted(
  keys: Float64Array,
  count: number,
  high: number,
  scale: number,
  bins: Uint16Array,
): Float64Array {
  const sums = new Float64Array(BINS);
  for (let i = 0; i < count; i++) {
    const bin = ((high - keys[i]!) * scale) | 0;
    bins[i] = bin;
    sums[bin]!++;
  }
  return sums;
}

/** The items of one bin. */
function pick({ count, keys, worth, indices }: Items, bins: Uint16Array, bin: number): Items {
  let n = 0;
  for (let i = 0; i < count; i++) n += Number(bins[i] === bin);
  const places = new Int32Array(n);
  for (let i = 0, to = 0; to < n; i++) if (bins[i] === bin) places[to++] = i;
  return {
    count: n,
    keys: Float64Array.from(places, (i) => keys[i]!),
    worth: worth && Float64Array.from(places, (i) => worth[i]!),
    indices: indices ? places.map((i) => indices[i]!) : places,
  };
}
