import type { Kinds } from "@llm/platform/options";
import type { Histogram } from "./histogram.js";
import type { Tally } from "./tally.js";

/** Options of a run's statistics. */
export interface StatisticsOptions {
  /** How many of the dropped documents to show for each reason of a step. Default 5. */
  readonly samples?: number | undefined;
  /** Characters of text to show of each. Default 500. */
  readonly excerpt?: number | undefined;
}

/** The kinds of {@link StatisticsOptions}. */
export const STATISTICS: Kinds<StatisticsOptions> = { samples: "number", excerpt: "number" };

/** What a step did in detail: whole numbers only, so that sums over ranks are exact in any order. */
export interface StepDetails {
  readonly charactersIn: number;
  readonly charactersOut: number;
  /** In UTF-8. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Time that was waited for this step, without the steps before it. */
  readonly microseconds: number;
  /** Documents by length in characters, as they left the step or were dropped by it. */
  readonly lengths: Histogram;
  /** What verdicts measured, by metric. */
  readonly metrics: Readonly<Record<string, MetricStats>>;
  /** A fair choice of the documents dropped, by reason. */
  readonly samples: Readonly<Record<string, readonly DropSample[]>>;
  /** How many samples there are at most for a reason. */
  readonly samplesPerReason: number;
}

/** What a step measured in its documents. A document counts once in each metric. */
export interface MetricStats {
  /** The numbers measured. */
  readonly histogram: Histogram;
  /** Values that are no numbers, such as languages; null where there were too many to count each. */
  readonly values: Tally | null;
  /** What the value was compared with; several where it has a least and a most, null where there were too many. */
  readonly thresholds: readonly Threshold[] | null;
}

/** A limit, as verdicts say it. */
export interface Threshold {
  readonly bound?: "min" | "max" | undefined;
  readonly value: number | string;
}

/** One dropped document. */
export interface DropSample {
  readonly id: string;
  readonly url?: string | undefined;
  /** In characters, of the whole text. */
  readonly length: number;
  readonly excerpt: string;
  readonly metric: string;
  readonly value: number | string;
  readonly threshold: number | string;
  readonly bound?: "min" | "max" | undefined;
}
