/** How often each value came, of documents kept and dropped; sorted by value. */
export type Tally = readonly (readonly [value: string, kept: number, dropped: number])[];

/** More distinct values than this are no categories: ids, say. */
const MOST = 256;

/** A tally in the making. */
export class TallyBuilder {
  #counts: Map<string, [kept: number, dropped: number]> | null = new Map();

  add(value: string, keep: boolean): void {
    if (!this.#counts) return;
    const counts = this.#counts.get(value) ?? [0, 0];
    counts[keep ? 0 : 1]++;
    this.#counts.set(value, counts);
    if (this.#counts.size > MOST) this.#counts = null;
  }

  tally(): Tally | null {
    return this.#counts && sorted([...this.#counts].map(([value, counts]) => [value, ...counts] as const));
  }
}

/** The sum; null as soon as all together have too many values, so the order of merging changes nothing. */
export function mergeTallies(list: readonly (Tally | null)[]): Tally | null {
  const sums = new Map<string, readonly [string, number, number]>();
  for (const tally of list) {
    if (tally === null) return null;
    for (const [value, kept, dropped] of tally) {
      const [, k, d] = sums.get(value) ?? [value, 0, 0];
      sums.set(value, [value, k + kept, d + dropped]);
    }
  }
  return sums.size > MOST ? null : sorted([...sums.values()]);
}

function sorted(entries: (readonly [string, number, number])[]): Tally {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
