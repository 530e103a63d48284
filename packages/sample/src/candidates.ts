import { InvalidLogitsError } from "./errors.js";
import { exponential } from "./exponential.js";
import { SLICES, slice, sliceOf } from "./select.js";

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
  /** The sum of the weights, or NaN where they have to be added up. */
  #total = Number.NaN;
  /** What the weights in each slice of the logits add up to, where that is known. */
  #slices: Float64Array | undefined;
  /** Where those that a filter keeps stand. */
  readonly #places: Int32Array;

  constructor(capacity: number) {
    this.ids = new Uint32Array(capacity);
    this.logits = new Float64Array(capacity);
    this.weights = new Float64Array(capacity);
    this.#places = new Int32Array(capacity);
  }

  /** Takes a model's logits, as many as there is room for. Those of -Infinity cannot be drawn. @throws InvalidLogitsError */
  load(logits: ArrayLike<number>): void {
    const { ids, logits: own } = this;
    const room = Math.min(ids.length, logits.length);
    let id = 0;
    let max = Number.NEGATIVE_INFINITY;
    // Nearly always all are finite.
    for (; id < room; id++) {
      const logit = logits[id]!;
      if (!(logit - logit === 0)) break;
      ids[id] = id;
      own[id] = logit;
      if (logit > max) max = logit;
    }
    let n = id;
    for (; id < room; id++) {
      const logit = logits[id]!;
      if (!(logit < Number.POSITIVE_INFINITY)) throw invalid(logits, id);
      ids[n] = id;
      own[n] = logit;
      if (logit > Number.NEGATIVE_INFINITY) n++;
      if (logit > max) max = logit;
    }
    if (n === 0) throw invalid(logits);
    this.size = n;
    this.shift = 0;
    this.changed(max);
  }

  /** The logits were written to; the highest is `max`, if that is known. */
  changed(max = Number.NaN): void {
    this.#weighed = false;
    this.#total = Number.NaN;
    this.#slices = undefined;
    this.#max = max;
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
  slices(): Float64Array {
    if (!this.#slices) {
      const { logits, weights, size } = this;
      if (this.#weighed) this.#slices = slice(logits, size, this.max(), weights);
      else {
        this.#slices = new Float64Array(SLICES);
        this.#total = weighInSlices(logits, this.max(), size, weights, this.#slices);
        this.#weighed = true;
      }
    }
    return this.#slices;
  }

  /** The logarithm of the sum of e^logit. */
  logTotal(): number {
    return this.max() + Math.log(this.weigh());
  }

  /** Keeps the candidates for which `keep` holds. Weights stay good only if not all of the best ones are removed. */
  filter(keep: (index: number) => boolean, areWeightsGood = false): void {
    let n = 0;
    for (let i = 0; i < this.size; i++) if (keep(i)) this.#places[n++] = i;
    this.#gather(n);
    this.#max = Number.NaN;
    this.#weighed &&= areWeightsGood;
  }

  /** Keeps those whose logit is at least `floor`, which must not be above the best. */
  keepFrom(floor: number): void {
    this.#gather(this.#find(this.logits, floor, 0, 0, this.size));
  }

  /**
   * Keeps those whose key is above that of candidate `last`, and among those that equal it the ones up to `last`, or all
   * with `ties`.
   */
  keepUntil(last: number, keys: Float64Array = this.logits, ties = false): void {
    const floor = keys[last]!;
    const n = this.#find(keys, floor, 0, 0, last + 1);
    this.#gather(this.#find(keys, ties ? floor : above(floor), n, last + 1, this.size));
    if (keys !== this.logits) this.#max = Number.NaN;
  }

  /** Notes which ones of a range have at least the key `least`, from place `to` on: the place after them. */
  #find(keys: Float64Array, least: number, to: number, from: number, end: number): number {
    // Whether one is kept cannot be foretold, so there is no branch: each is noted, and the next may overwrite it.
    const places = this.#places;
    let n = to;
    for (let i = from; i < end; i++) {
      places[n] = i;
      n += Number(keys[i]! >= least);
    }
    return n;
  }

  /** Moves the first `n` that were noted to the front, and forgets the others. */
  #gather(n: number): void {
    if (n === this.size) return;
    const { ids, logits, weights } = this;
    const places = this.#places;
    for (let i = 0; i < n; i++) {
      const from = places[i]!;
      ids[i] = ids[from]!;
      logits[i] = logits[from]!;
      weights[i] = weights[from]!;
    }
    this.size = n;
    this.#total = Number.NaN;
    this.#slices = undefined;
  }
}

// Each pass is a function of its own, which an engine compiles well.

function sum(weights: Float64Array, size: number): number {
  let total = 0;
  for (let i = 0; i < size; i++) total += weights[i]!;
  return total;
}

function weigh(logits: Float64Array, max: number, size: number, weights: Float64Array): number {
  let total = 0;
  for (let i = 0; i < size; i++) {
    const weight = exponential(logits[i]! - max);
    weights[i] = weight;
    total += weight;
  }
  return total;
}

function weighInSlices(
  logits: Float64Array,
  max: number,
  size: number,
  weights: Float64Array,
  slices: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < size; i++) {
    const below = logits[i]! - max;
    const weight = exponential(below);
    weights[i] = weight;
    total += weight;
    slices[sliceOf(below)]! += weight;
  }
  return total;
}

/** The id of the highest of a model's logits, the lowest among equals. @throws InvalidLogitsError */
export function bestOf(logits: ArrayLike<number>): number {
  let best = -1;
  let max = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (!(logit < Number.POSITIVE_INFINITY)) throw invalid(logits, id);
    if (logit > max) {
      best = id;
      max = logit;
    }
  }
  if (best < 0) throw invalid(logits);
  return best;
}

/** The logarithm of the sum of e^logit: a logit less this is the model's own log-probability. @throws InvalidLogitsError */
export function logSumExp(logits: ArrayLike<number>): number {
  const max = logits[bestOf(logits)]!;
  let total = 0;
  for (let id = 0; id < logits.length; id++) total += exponential(logits[id]! - max);
  return max + Math.log(total);
}

function invalid(logits: ArrayLike<number>, id?: number): InvalidLogitsError {
  if (id !== undefined) {
    const cause = "the model's weights or its input have gone wrong";
    return new InvalidLogitsError(`the logit of token ${id} is ${logits[id]}: ${cause}`);
  }
  const n = logits.length;
  return new InvalidLogitsError(n === 0 ? "there are no logits" : `all ${n} logits are -Infinity`);
}

const bits = new DataView(new ArrayBuffer(8));

/** The next number above a finite one. */
function above(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}
