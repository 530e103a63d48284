/** How many values were in `[from, binEnd(from))`, of documents kept and dropped. */
export type HistogramBin = readonly [from: number, kept: number, dropped: number];

/** Counts by value, in ascending bins; those without a count are left out. */
export type Histogram = readonly HistogramBin[];

const view = new DataView(new ArrayBuffer(8));

/**
 * The start of the bin a number is in. Bins are a sixteenth of a power of two wide (3 to 6 % of the value), cut from the number's
 * bits, so they are the same on every machine; 0 has its own. Below zero they mirror those above.
 */
export function binOf(value: number): number {
  return startOf(bitsOf(value));
}

/** Where the bin that starts at `from` ends, away from zero. */
export function binEnd(from: number): number {
  return startOf(bitsOf(from) + 1);
}

/** Sign, exponent and the first four bits behind the point. */
function bitsOf(value: number): number {
  view.setFloat64(0, value + 0); // -0 is 0
  return view.getUint32(0) >>> 16;
}

function startOf(bits: number): number {
  view.setUint32(0, bits << 16);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** A histogram in the making. */
export class HistogramBuilder {
  readonly #counts = new Map<number, [kept: number, dropped: number]>();

  /** Counts a value; what is not finite is left out. */
  add(value: number, keep: boolean): void {
    if (!Number.isFinite(value)) return;
    const bits = bitsOf(value);
    let counts = this.#counts.get(bits);
    if (!counts) {
      counts = [0, 0];
      this.#counts.set(bits, counts);
    }
    counts[keep ? 0 : 1]++;
  }

  histogram(): Histogram {
    return [...this.#counts]
      .map(([bits, [kept, dropped]]) => [startOf(bits), kept, dropped] as const)
      .sort(([a], [b]) => a - b);
  }
}

/** Bin by bin, the sum. */
export function mergeHistograms(list: readonly Histogram[]): Histogram {
  const sums = new Map<number, HistogramBin>();
  for (const [from, kept, dropped] of list.flat()) {
    const [, k, d] = sums.get(from) ?? [from, 0, 0];
    sums.set(from, [from, k + kept, d + dropped]);
  }
  return [...sums.values()].sort(([a], [b]) => a - b);
}
