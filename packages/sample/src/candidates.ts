import { invalidLogits } from "./logits.js";
import {
  cool,
  coolAndWeigh,
  copy,
  count,
  finiteRange,
  sum,
  weigh,
  weighInSlices,
  weightOf,
} from "./passes.js";
import { addWorth, SLICES, type Slices, slicesPerUnit } from "./slices.js";

/**
 * The tokens still in the race, in ascending id, with their logits so far. Its arrays are allocated once and used for one
 * position after another: filters move what they keep to the front.
 */
export class Candidates {
  readonly ids: Uint32Array;
  readonly logits: Float64Array;
  /** exp(logit - the best logit), where `weigh` has been called since the logits last changed. */
  readonly weights: Float64Array;
  size = 0;
  /** What each logit was lowered by, to keep the numbers small: only the repetition penalty needs to know. */
  shift = 0;
  #weighed = false;
  /** The highest logit, or NaN where it has to be looked for. */
  #max = Number.NaN;
  /** No logit is lower. */
  #min = Number.NEGATIVE_INFINITY;
  /** The sum of the weights, or NaN where they have to be added up. */
  #total = Number.NaN;
  /** What the weights in each slice of the logits add up to, where `#sliced` says so. */
  readonly #slices: Slices = { perUnit: 1, worth: new Float64Array(SLICES) };
  #sliced = false;
  /** Room for other keys than the logits, and for places: filters take them as they need them. */
  #keys: Float64Array | undefined;
  #places: Int32Array | undefined;
  /** Ids from this place on stand where they are among all. */
  #moved: number;

  constructor(capacity: number) {
    this.ids = new Uint32Array(capacity);
    this.logits = new Float64Array(capacity);
    this.weights = new Float64Array(capacity);
    this.#moved = capacity;
  }

  /** Room for a key of each candidate. */
  get keys(): Float64Array {
    this.#keys ??= new Float64Array(this.ids.length);
    return this.#keys;
  }

  /** Room for a place of each candidate. */
  get places(): Int32Array {
    this.#places ??= new Int32Array(this.ids.length);
    return this.#places;
  }

  /** Takes a model's logits, as many as there is room for. Those of -Infinity cannot be drawn. @throws InvalidLogitsError */
  load(logits: ArrayLike<number>): void {
    const { ids, logits: own } = this;
    const room = Math.min(ids.length, logits.length);
    if (logits instanceof Float32Array) own.set(logits.length > room ? logits.subarray(0, room) : logits);
    else copy(logits, own, room);
    count(ids, this.#moved);
    this.#moved = 0;
    this.size = room;
    this.shift = 0;
    const { max, min } = finiteRange(own, room);
    if (Number.isNaN(max)) this.#loadPossible(logits);
    else this.changed(max, min);
  }

  /** Leaves out what cannot be drawn. */
  #loadPossible(logits: ArrayLike<number>): void {
    const { ids, logits: own, size } = this;
    let n = 0;
    for (let id = 0; id < size; id++) {
      const logit = own[id]!;
      if (!(logit < Number.POSITIVE_INFINITY)) throw invalidLogits(logits, id);
      ids[n] = id;
      own[n] = logit;
      if (logit > Number.NEGATIVE_INFINITY) n++;
    }
    if (n === 0) throw invalidLogits(logits);
    this.#moved = size;
    this.size = n;
    this.changed();
  }

  /** The logits were written to; the highest is `max`, and none is below `min`, if that is known. */
  changed(max = Number.NaN, min = Number.NEGATIVE_INFINITY): void {
    this.#weighed = false;
    this.#total = Number.NaN;
    this.#sliced = false;
    this.#max = max;
    this.#min = min;
  }

  /** Where a token stands, or -1. */
  indexOf(id: number): number {
    const { ids } = this;
    let low = 0;
    let high = Math.min(this.size - 1, id); // no id stands behind its own place among all
    if (high >= 0 && ids[high] === id) return high;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (ids[middle]! === id) return middle;
      if (ids[middle]! < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** The index of the best: highest logit, lowest id among equals. */
  best(): number {
    const { logits, size } = this;
    let top = 0;
    for (let i = 1; i < size; i++) if (logits[i]! > logits[top]!) top = i;
    return top;
  }

  /** The highest logit. */
  max(): number {
    if (Number.isNaN(this.#max)) this.#max = this.logits[this.best()]!;
    return this.#max;
  }

  /** A number that no logit is below: -Infinity where none is known. */
  get min(): number {
    return this.#min;
  }

  /** Fills the weights, and answers their sum: a softmax before its division. */
  weigh(): number {
    if (Number.isNaN(this.#total)) {
      if (this.#weighed) this.#total = sum(this.weights, this.size);
      else this.#total = weigh(this.logits, this.max(), this.size, this.weights);
      this.#weighed = true;
    }
    return this.#total;
  }

  /** What the weights in each slice of the logits add up to. They cost least where there are no weights yet. */
  slices(): Slices {
    if (!this.#sliced) {
      const { logits, weights, size } = this;
      const max = this.max();
      const slices = this.#slices;
      slices.perUnit = slicesPerUnit(max - this.#min);
      slices.worth.fill(0);
      if (this.#weighed) addWorth(logits, size, max, weights, slices);
      else this.#total = weighInSlices(logits, max, size, weights, slices);
      this.#weighed = true;
      this.#sliced = true;
    }
    return this.#slices;
  }

  /** The logarithm of the sum of e^logit. The weights are filled only if they are wanted. */
  logTotal(wantsWeights = true): number {
    const isKnown = wantsWeights || !Number.isNaN(this.#total);
    return this.max() + Math.log(isKnown ? this.weigh() : weightOf(this.logits, this.max(), this.size));
  }

  /**
   * Divides the logits by the temperature, and fills the weights if they are wanted. The best logit becomes 0, so that no
   * division is too large, and a tiny one is exact.
   */
  cool(temperature: number, wantsWeights: boolean): void {
    const { logits, weights, size } = this;
    const max = this.max();
    const min = (this.#min - max) / temperature;
    this.shift = (max + this.shift) / temperature;
    this.changed(0, min);
    if (wantsWeights) this.#total = coolAndWeigh(logits, max, temperature, size, weights);
    else cool(logits, max, temperature, size);
    this.#weighed = wantsWeights;
    if (min === Number.NEGATIVE_INFINITY) this.filter((i) => logits[i]! > Number.NEGATIVE_INFINITY, true);
  }

  /** Keeps the candidates for which `keep` holds. Weights stay good only if not all of the best ones are removed. */
  filter(keep: (index: number) => boolean, areWeightsGood = false): void {
    const { ids, logits, weights, size } = this;
    let n = 0;
    for (let i = 0; i < size; i++) {
      if (!keep(i)) continue;
      ids[n] = ids[i]!;
      logits[n] = logits[i]!;
      weights[n] = weights[i]!;
      n++;
    }
    this.#kept(n);
    this.#max = Number.NaN;
    this.#weighed &&= areWeightsGood;
  }

  /** Keeps those whose bit is set: bit `id % 32` of word `id / 32`. */
  keepMasked(mask: Uint32Array): void {
    const { ids, logits, weights, size } = this;
    const end = mask.length * 32;
    let n = 0;
    for (let i = 0; i < size && ids[i]! < end; i++) {
      const id = ids[i]!;
      ids[n] = id;
      logits[n] = logits[i]!;
      weights[n] = weights[i]!;
      n += (mask[id >>> 5]! >>> (id & 31)) & 1;
    }
    this.#kept(n);
    this.changed();
  }

  /** Keeps those whose logit is at least `floor`, which must not be above the best. */
  keepFrom(floor: number): void {
    this.#kept(this.#move(this.logits, floor, 0, 0, this.size));
  }

  /**
   * Keeps those whose key is above that of candidate `last`, and among those that equal it the ones up to `last`, or all
   * with `ties`.
   */
  keepUntil(last: number, keys: Float64Array = this.logits, ties = false): void {
    const floor = keys[last]!;
    const n = this.#move(keys, floor, 0, 0, last + 1);
    this.#kept(this.#move(keys, ties ? floor : above(floor), n, last + 1, this.size));
    if (keys !== this.logits) this.#max = Number.NaN;
  }

  /** Moves those of a range that have at least the key `least`, to place `to` and on: the place after them. */
  #move(keys: Float64Array, least: number, to: number, from: number, end: number): number {
    const { ids, logits, weights } = this;
    let n = to;
    let i = from;
    // Often none of four is kept. Which of several are cannot be foretold, so there is no branch: each is moved, and the next
    // may overwrite it.
    for (; i + 3 < end; i += 4) {
      const a = keys[i]!;
      const b = keys[i + 1]!;
      const c = keys[i + 2]!;
      const d = keys[i + 3]!;
      if (a < least && b < least && c < least && d < least) continue;
      ids[n] = ids[i]!;
      logits[n] = logits[i]!;
      weights[n] = weights[i]!;
      n += Number(a >= least);
      ids[n] = ids[i + 1]!;
      logits[n] = logits[i + 1]!;
      weights[n] = weights[i + 1]!;
      n += Number(b >= least);
      ids[n] = ids[i + 2]!;
      logits[n] = logits[i + 2]!;
      weights[n] = weights[i + 2]!;
      n += Number(c >= least);
      ids[n] = ids[i + 3]!;
      logits[n] = logits[i + 3]!;
      weights[n] = weights[i + 3]!;
      n += Number(d >= least);
    }
    for (; i < end; i++) {
      const key = keys[i]!;
      ids[n] = ids[i]!;
      logits[n] = logits[i]!;
      weights[n] = weights[i]!;
      n += Number(key >= least);
    }
    return n;
  }

  /** The first `n` are left. */
  #kept(n: number): void {
    if (n === this.size) return;
    this.#moved = Math.max(this.#moved, this.size);
    this.size = n;
    this.#total = Number.NaN;
    this.#sliced = false;
  }
}

const bits = new DataView(new ArrayBuffer(8));

/** The next number above a finite one. */
function above(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}
