import type { StepStats } from "../../pipeline.js";

/** The statistics of several runs of one pipeline, added up step by step. */
export function mergeStats(runs: readonly (readonly StepStats[])[]): StepStats[] {
  const merged: StepStats[] = [];
  for (const steps of runs) {
    for (const [at, step] of steps.entries()) {
      merged[at] ??= { name: step.name, in: 0, out: 0, dropped: {} };
      merged[at].in += step.in;
      merged[at].out += step.out;
      for (const [reason, count] of Object.entries(step.dropped))
        merged[at].dropped[reason] = (merged[at].dropped[reason] ?? 0) + count;
    }
  }
  return merged;
}
