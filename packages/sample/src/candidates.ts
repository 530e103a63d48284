import { InvalidLogitsError } from "./errors.js";
import { exponential } from "./exponential.js";

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

  constructor(capacity: number) {
    this.ids = new Uint32Array(capacity);
    this.logits = new Float64Array(capacity);
    this.weights = new Float64Array(capacity);
  }

  /** Takes a model's logits, as many as there is room for. Those of -Infinity cannot be drawn. @throws InvalidLogitsError */
  load(logits: ArrayLike<number>): void {
    const room = Math.min(this.ids.length, logits.length);
    let n = 0;
    let max = Number.NEGATIVE_INFINITY;
    for (let id = 0; id < room; id++) {
      const logit = logits[id]!;
      if (!(logit < Number.POSITIVE_INFINITY)) throw invalid(logits, id);
      this.ids[n] = id;
      this.logits[n] = logit;
      if (logit > Number.NEGATIVE_INFINITY) n++;
      if (logit > max) max = logit;
    }
    if (n === 0) throw invalid(logits);
    this.size = n;
    this.shift = 0;
    this.#weighed = false;
    this.#max = max;
  }

  /** The logits were written to; the highest is `max`, if that is known. */
  changed(max = Number.NaN): void {
    this.#weighed = false;
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
    const { logits, weights, size } = this;
    let total = 0;
    if (this.#weighed) {
      for (let i = 0; i < size; i++) total += weights[i]!;
      return total;
    }
    const max = this.max();
    for (let i = 0; i < size; i++) {
      const weight = exponential(logits[i]! - max);
      weights[i] = weight;
      total += weight;
    }
    this.#weighed = true;
    return total;
  }

  /** The logarithm of the sum of e^logit. */
  logTotal(): number {
    return this.max() + Math.log(this.weigh());
  }

  /** Keeps the candidates for which `keep` holds. Weights stay good only if not all of the best ones are removed. */
  filter(keep: (index: number) => boolean, areWeightsGood = false): void {
    const { size } = this;
    let n = 0;
    for (let i = 0; i < size; i++) if (keep(i)) this.#move(i, n++);
    this.size = n;
    this.#max = Number.NaN;
    this.#weighed &&= areWeightsGood;
  }

  /** Keeps those whose logit (or weight) is at least `floor`, which must not be above the best. */
  keepFrom(floor: number, keys: Float64Array = this.logits): void {
    this.size = this.#keep(keys, floor, true, 0, 0, this.size);
  }

  /**
   * Keeps those whose key is above that of candidate `last`, and among those that equal it the ones up to `last`, or all
   * with `ties`.
   */
  keepUntil(last: number, keys: Float64Array = this.logits, ties = false): void {
    const floor = keys[last]!;
    const n = this.#keep(keys, floor, true, 0, 0, last + 1);
    this.size = this.#keep(keys, floor, ties, n, last + 1, this.size);
    if (keys !== this.logits) this.#max = Number.NaN;
  }

  /** Moves those of a range whose key is above `floor`, or may equal it, to place `to` and further: the place after them. */
  #keep(keys: Float64Array, floor: number, equal: boolean, to: number, from: number, end: number): number {
    // Whether one is kept cannot be foretold, so there is no branch: each is moved, and the next may overwrite it.
    const { ids, logits, weights } = this;
    const least = equal ? floor : above(floor);
    let n = to;
    for (let i = from; i < end; i++) {
      const isKept = Number(keys[i]! >= least); // read before it is overwritten, as the keys may be the logits
      ids[n] = ids[i]!;
      logits[n] = logits[i]!;
      weights[n] = weights[i]!;
      n += isKept;
    }
    return n;
  }

  #move(from: number, to: number): void {
    this.ids[to] = this.ids[from]!;
    this.logits[to] = this.logits[from]!;
    if (this.#weighed) this.weights[to] = this.weights[from]!;
  }
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
