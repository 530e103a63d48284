import type { DropVerdict } from "@llm/dataset";

/** Where a document leaves, and why. */
export interface Fate extends Pick<DropVerdict, "reason" | "metric" | "value" | "threshold" | "bound"> {
  readonly step: string;
}

/** What a step took and passed on. */
export interface FunnelCount {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** What each step took, dropped and passed on. */
export function funnelOf(
  steps: readonly string[],
  fates: readonly (Pick<Fate, "step" | "reason"> | undefined)[],
): FunnelCount[] {
  let left = fates.length;
  return steps.map((name) => {
    const dropped: Record<string, number> = {};
    const taken = left;
    for (const fate of fates) {
      if (fate?.step !== name) continue;
      dropped[fate.reason] = (dropped[fate.reason] ?? 0) + 1;
      left--;
    }
    return { name, in: taken, out: left, dropped };
  });
}
