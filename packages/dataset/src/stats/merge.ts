import type { StepStats } from "../pipeline.js";
import type { DropSample, MetricStats, StepDetails } from "./details.js";
import { mergeHistograms } from "./histogram.js";
import { SampleChoice } from "./samples.js";
import { mergeTallies } from "./tally.js";
import { mergeThresholds } from "./thresholds.js";

/** Statistics that do not belong together. */
export class MergeStatsError extends Error {
  override readonly name = "MergeStatsError";
}

/**
 * The statistics of several runs of one pipeline, such as the tasks of a job, as if it had been one run. The order of the list and
 * the grouping of several merges change nothing, down to the order of keys. Details are those of the runs that have them.
 *
 * @throws MergeStatsError where the runs had different steps
 */
export function mergeStats(list: readonly (readonly StepStats[])[]): StepStats[] {
  const [first] = list;
  if (!first) return [];
  const steps = namesOf(first);
  for (const [i, other] of list.entries()) {
    if (namesOf(other) !== steps) {
      throw new MergeStatsError(
        `Statistics 0 and ${i} are of different pipelines: ${steps} and ${namesOf(other)}. Merge runs of one pipeline only.`,
      );
    }
  }
  return first.map(({ name }, at) => {
    const parts = list.map((stats) => stats[at]!);
    const details = parts.flatMap((part) => part.details ?? []);
    return {
      name,
      in: sum(parts.map((part) => part.in)),
      out: sum(parts.map(({ out }) => out)),
      dropped: mergeRecords(
        parts.map(({ dropped }) => dropped),
        sum,
      ),
      ...(details.length > 0 && { details: mergeDetails(details) }),
    };
  });
}

function mergeDetails(list: readonly StepDetails[]): StepDetails {
  const samplesPerReason = Math.min(...list.map((details) => details.samplesPerReason));
  return {
    charactersIn: sum(list.map(({ charactersIn }) => charactersIn)),
    charactersOut: sum(list.map(({ charactersOut }) => charactersOut)),
    bytesIn: sum(list.map(({ bytesIn }) => bytesIn)),
    bytesOut: sum(list.map(({ bytesOut }) => bytesOut)),
    microseconds: sum(list.map(({ microseconds }) => microseconds)),
    lengths: mergeHistograms(list.map(({ lengths }) => lengths)),
    metrics: mergeRecords(
      list.map(({ metrics }) => metrics),
      mergeMetrics,
    ),
    samples: mergeRecords(
      list.map(({ samples }) => samples),
      (parts) => mergeSamples(parts, samplesPerReason),
    ),
    samplesPerReason,
  };
}

function mergeMetrics(list: readonly MetricStats[]): MetricStats {
  return {
    histogram: mergeHistograms(list.map(({ histogram }) => histogram)),
    values: mergeTallies(list.map(({ values }) => values)),
    thresholds: mergeThresholds(list.map(({ thresholds }) => thresholds)),
  };
}

function mergeSamples(list: readonly (readonly DropSample[])[], most: number): readonly DropSample[] {
  const choice = new SampleChoice(most);
  for (const sample of list.flat()) choice.add(sample.id, () => sample);
  return choice.samples();
}

function mergeRecords<T>(
  list: readonly Readonly<Record<string, T>>[],
  merge: (parts: readonly T[]) => T,
): Record<string, T> {
  const keys = [...new Set(list.flatMap((record) => Object.keys(record)))].sort();
  return Object.fromEntries(
    keys.map((key) => [
      key,
      merge(list.flatMap((record) => (Object.hasOwn(record, key) ? [record[key]!] : []))),
    ]),
  );
}

function namesOf(stats: readonly StepStats[]): string {
  return stats.map(({ name }) => name).join(", ");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
