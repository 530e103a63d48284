import { addWorth, countInSlices, findInSlice, SLICES, type Slices, slicesPerUnit } from "./slices.js";

const BINS = 1024;
/** So few are sorted. */
const FEW = 48;

/** What is known of the keys of a list. */
export interface Keyed {
  /** No key is higher. */
  top: number;
  /** No key is lower. Left out: they may be far apart. */
  low?: number;
  /** What each item is worth: 1 where that is left out. */
  worth?: Float64Array;
  /** What the items of each slice are worth, from `top` on. */
  slices?: Slices;
  /** Room for a place of each item. */
  places?: Int32Array;
}

/** Some items of a list: what they are ordered by, what each is worth, and where they stand in the list. */
interface Items {
  keys: Float64Array;
  worth: Float64Array | undefined;
  places: Int32Array;
}

/**
 * The place of the last item of the shortest prefix that is worth `wanted`, in the order of falling keys, lower places
 * first among equals. Where all together are worth less, the last that is worth anything.
 *
 * Nothing is sorted but a handful: slices of the keys tell which one the prefix ends in, then bins of that slice.
 */
export function prefixEnd(keys: Float64Array, size: number, wanted: number, known: Keyed): number {
  const target = Math.max(wanted, Number.MIN_VALUE); // one item there is in any case
  const { top, low = Number.NEGATIVE_INFINITY, worth, places = new Int32Array(size) } = known;
  let items: Items;
  let before = 0; // what the items ahead of these are worth
  const narrow = (sums: ArrayLike<number>): number => {
    let last = 0;
    let reached = before;
    for (let bin = 0; bin < sums.length && reached < target; bin++) {
      if (sums[bin] === 0) continue;
      last = bin;
      before = reached;
      reached += sums[bin]!;
    }
    return last;
  };
  if (size > FEW) {
    const perUnit = known.slices?.perUnit ?? slicesPerUnit(top - low);
    const sums = known.slices?.worth ?? worthOfSlices(keys, size, top, perUnit, worth);
    const count = findInSlice(keys, size, top, perUnit, narrow(sums), places);
    items = itemsAt(places.subarray(0, count), keys, worth);
  } else items = itemsAt([...Array(size).keys()], keys, worth);

  for (let slow = 0; items.keys.length > FEW && slow < 3; ) {
    const bins = binned(items.keys);
    if (!bins) break;
    const bin = narrow(worths(bins, items.worth));
    const next: number[] = [];
    for (let i = 0; i < bins.length; i++) if (bins[i] === bin) next.push(i);
    if (next.length > bins.length / 2) slow++; // keys of very different sizes, all but a few in one bin
    items = itemsAt(next, items.keys, items.worth, items.places);
  }

  const order = items.places.map((_, i) => i);
  order.sort((i, j) => items.keys[j]! - items.keys[i]! || i - j);
  let end = 0;
  for (const i of order) {
    end = i;
    before += items.worth ? items.worth[i]! : 1;
    if (before >= target) break;
  }
  return items.places[end]!;
}

/** What the items of each slice are worth. */
function worthOfSlices(
  keys: Float64Array,
  size: number,
  top: number,
  perUnit: number,
  worth: Float64Array | undefined,
): ArrayLike<number> {
  if (!worth) return countInSlices(keys, size, top, perUnit);
  const slices = { perUnit, worth: new Float64Array(SLICES) };
  addWorth(keys, size, top, worth, slices);
  return slices.worth;
}

function itemsAt(
  indices: ArrayLike<number>,
  keys: Float64Array,
  worth?: Float64Array,
  places?: Int32Array,
): Items {
  const count = indices.length;
  const made: Items = {
    keys: new Float64Array(count),
    worth: worth && new Float64Array(count),
    places: new Int32Array(count),
  };
  for (let i = 0; i < count; i++) {
    const from = indices[i]!;
    made.keys[i] = keys[from]!;
    if (worth) made.worth![i] = worth[from]!;
    made.places[i] = places ? places[from]! : from;
  }
  return made;
}

/** The bin of each key, the highest in the first, unless all are too alike. */
function binned(keys: Float64Array): Uint16Array | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < keys.length; i++) {
    low = Math.min(low, keys[i]!);
    high = Math.max(high, keys[i]!);
  }
  const scale = (BINS - 1) / (high - low);
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return undefined;
  const bins = new Uint16Array(keys.length);
  for (let i = 0; i < keys.length; i++) bins[i] = ((high - keys[i]!) * scale) | 0;
  return bins;
}

/** What the items of each bin are worth. */
function worths(bins: Uint16Array, worth?: Float64Array): Float64Array {
  const sums = new Float64Array(BINS);
  for (let i = 0; i < bins.length; i++) sums[bins[i]!]! += worth ? worth[i]! : 1;
  return sums;
}
