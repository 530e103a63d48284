import type { Threshold } from "./details.js";

/** More thresholds than this belong to documents, not to a step. */
const MOST = 64;

/** All of them, each once, in a fixed order; null where there are too many. */
export function mergeThresholds(list: readonly (readonly Threshold[] | null)[]): readonly Threshold[] | null {
  const found = new Map<string, Threshold>();
  for (const thresholds of list) {
    if (thresholds === null) return null;
    for (const threshold of thresholds) found.set(keyOf(threshold), threshold);
  }
  if (found.size > MOST) return null;
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, threshold]) => threshold);
}

function keyOf({ bound, value }: Threshold): string {
  return JSON.stringify([bound ?? "", value]);
}
