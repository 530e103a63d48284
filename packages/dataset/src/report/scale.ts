import type { Histogram } from "../stats/histogram.js";

/** Bins to a power of two. */
const OCTAVE = 16;
/** Empty bins that are drawn at most: 0 and the smallest fraction would be a thousand powers of two apart. */
const WIDEST_GAP = 2 * OCTAVE;

/** Numbers of up to two digits, the rounder first, so that they win where there is little room. */
const ROUND: readonly number[] = roundNumbers();

/** Where the values of a histogram lie on an axis from 0 to 1: bins side by side, so logarithmic, long gaps shortened. */
export class Scale {
  /** Position of each bin in bins, by its number. */
  readonly #bins: readonly (readonly [number: number, at: number])[];
  readonly #width: number;

  /** @param marks values that have to lie on it, too */
  constructor(histogram: Histogram, marks: readonly number[] = []) {
    const numbers = [...histogram.map(([from]) => from), ...marks].map((value) =>
      Math.floor(numberOf(value)),
    );
    let at = 0;
    this.#bins = [...new Set(numbers)]
      .sort((a, b) => a - b)
      .map((number, i, all) => {
        if (i > 0) at += Math.min(number - all[i - 1]!, WIDEST_GAP);
        return [number, at] as const;
      });
    this.#width = at + 1;
  }

  /** How wide a bin is. */
  get bin(): number {
    return 1 / this.#width;
  }

  /** Where a value lies; undefined if that is beyond the first or the last bin, or in a gap that is shortened. */
  at(value: number): number | undefined {
    const number = numberOf(value);
    const i = this.#bins.findLastIndex(([first]) => first <= number);
    const [first, start] = this.#bins[i] ?? [0, 0];
    const [next, end] = this.#bins[i + 1] ?? [first + 1, start + 1];
    const into = number - first;
    if (i < 0 || number > next || (into > 1 && end - start < next - first)) return undefined;
    return (start + into) / this.#width;
  }

  /** Values to write below the axis: 0 and round ones, at least `distance` apart. */
  ticks(distance: number): { value: number; at: number }[] {
    const ticks: { value: number; at: number }[] = [];
    for (const value of ROUND) {
      const at = this.at(value);
      if (at === undefined || ticks.some((tick) => Math.abs(tick.at - at) < distance)) continue;
      ticks.push({ value, at });
    }
    return ticks;
  }
}

/** The number of the bin that a value is in, counted from 0, and how far it is through that bin. */
function numberOf(value: number): number {
  if (value === 0) return 0;
  const magnitude = Math.abs(value);
  const exponent = exponentOf(magnitude);
  // Far enough from 0 that all that is measured stays on its own side of it.
  const number = OCTAVE * (exponent + 1074) + OCTAVE * (magnitude / 2 ** exponent - 1) + 1;
  return value < 0 ? -number : number;
}

function exponentOf(magnitude: number): number {
  const exponent = Math.floor(Math.log2(magnitude));
  // A logarithm may be rounded up to the next whole number.
  return 2 ** exponent > magnitude ? exponent - 1 : exponent;
}

function roundNumbers(): number[] {
  const digits = Array.from({ length: 90 }, (_, i) => i + 10);
  const roundness = (n: number) => [10, 50, 20].indexOf(n) + 1 || (n % 10 === 0 ? 4 : n % 5 === 0 ? 5 : 6);
  const powers = Array.from({ length: 22 }, (_, i) => i - 10);
  const positive = digits
    .sort((a, b) => roundness(a) - roundness(b))
    .flatMap((n) => powers.map((power) => Number(`${n}e${power}`)));
  return [0, ...positive.flatMap((value) => [value, -value])];
}
