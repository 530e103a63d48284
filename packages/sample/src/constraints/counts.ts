/** How many characters may come: bounds of ranges in order, ends included, with a gap between any two: `[min, max, min, max, ..]`. */
export type Counts = readonly number[];

/** The ranges of both. */
export function joined(a: Counts, b: Counts): Counts {
  const ranges: [number, number][] = [];
  for (const counts of [a, b]) {
    for (let i = 0; i < counts.length; i += 2) ranges.push([counts[i]!, counts[i + 1]!]);
  }
  ranges.sort(([x], [y]) => x - y);
  const all: number[] = [];
  for (const [min, max] of ranges) {
    const last = all.at(-1);
    if (last !== undefined && min <= last + 1) all[all.length - 1] = Math.max(last, max);
    else all.push(min, max);
  }
  return all;
}

/** What may come behind so many. */
export function lessBy(counts: Counts, taken: number): Counts {
  const rest: number[] = [];
  for (let i = 0; i < counts.length; i += 2) {
    const max = counts[i + 1]! - taken;
    if (max >= 0) rest.push(Math.max(0, counts[i]! - taken), max);
  }
  return rest;
}

/** Those of `counts` that are from `low` to `high`. */
export function within(counts: Counts, low: number, high: number): Counts {
  const rest: number[] = [];
  for (let i = 0; i < counts.length; i += 2) {
    const [min, max] = [Math.max(counts[i]!, low), Math.min(counts[i + 1]!, high)];
    if (min <= max) rest.push(min, max);
  }
  return rest;
}

export function includes(counts: Counts, count: number): boolean {
  return counts.some((min, i) => i % 2 === 0 && min <= count && count <= counts[i + 1]!);
}
