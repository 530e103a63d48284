import { binEnd, type Histogram } from "../stats/histogram.js";

/** Another threshold at a border of bins, and how many documents more or fewer a check would keep with it. */
export interface Alternative {
  readonly threshold: number;
  readonly change: number;
}

/** The two nearest looser and the two nearest stricter thresholds that would change something, in ascending order. */
export function alternatives(histogram: Histogram, bound: "min" | "max", threshold: number): Alternative[] {
  // Below zero bins start at their greater end.
  if (histogram.some(([from]) => from < 0)) return [];
  const below = histogram.filter(([from]) => from <= threshold).reverse();
  const above = histogram.filter(([from]) => binEnd(from) > threshold);
  const found =
    bound === "min"
      ? [
          ...nearest(below, ([from, , dropped]) => ({ threshold: from, change: dropped })),
          ...nearest(above, ([from, kept]) => ({ threshold: binEnd(from), change: -kept })),
        ]
      : [
          ...nearest(above, ([from, , dropped]) => ({ threshold: binEnd(from), change: dropped })),
          ...nearest(below, ([from, kept]) => ({ threshold: from, change: -kept })),
        ];
  return found.sort((a, b) => a.threshold - b.threshold);
}

/** The first two bins that change something, with the sum up to each. */
function nearest(bins: Histogram, step: (bin: Histogram[number]) => Alternative): Alternative[] {
  let sum = 0;
  return bins
    .map(step)
    .filter(({ change }) => change !== 0)
    .slice(0, 2)
    .map(({ threshold, change }) => {
      sum += change;
      return { threshold, change: sum };
    });
}
