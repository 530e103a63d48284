import type { Document } from "../document.js";
import type { DropVerdict, Verdict } from "../step.js";
import type { DropSample, MetricStats, StatisticsOptions, StepDetails, Threshold } from "./details.js";
import { HistogramBuilder } from "./histogram.js";
import { SampleChoice, sampleOf } from "./samples.js";
import { sizeOf, type TextSize } from "./size.js";
import { TallyBuilder } from "./tally.js";
import { mergeThresholds } from "./thresholds.js";

/** Gathers the details of all stages of a run: the source is stage 0. */
export class StatisticsCollector {
  readonly #stages: Stage[];
  readonly #excerpt: number;
  /** Most stages pass a text on as it is. */
  #measured: { text: string; size: TextSize } = { text: "", size: sizeOf("") };

  constructor(stages: number, { samples = 5, excerpt = 500 }: StatisticsOptions = {}) {
    this.#stages = Array.from({ length: stages }, () => new Stage(samples));
    this.#excerpt = excerpt;
  }

  /** Notes a document that leaves a stage, and so enters the next. */
  pass(at: number, { text }: Document): void {
    const size = this.#size(text);
    if (at === 0) this.#stages[0]!.taken(size);
    this.#stages[at]!.passed(size);
    this.#stages[at + 1]?.taken(size);
  }

  /** Notes a document that a stage drops. */
  drop(at: number, document: Document, verdict: DropVerdict): void {
    const size = this.#size(document.text);
    const stage = this.#stages[at]!;
    if (at === 0) stage.taken(size);
    stage.lengths.add(size.characters, false);
    // A filter has told all its verdicts already, this one last.
    if (stage.observed !== verdict) stage.measure(verdict);
    stage
      .samplesOf(verdict.reason)
      .add(document.id, () => sampleOf(document, verdict, size.characters, this.#excerpt));
  }

  observe(at: number, verdicts: readonly Verdict[]): void {
    this.#stages[at]!.observe(verdicts);
  }

  /** The same documents, with the time that was waited for them counted for the stage. */
  timed(at: number, documents: AsyncIterable<Document>): AsyncIterable<Document> {
    const stage = this.#stages[at]!;
    return {
      [Symbol.asyncIterator]() {
        const iterator = documents[Symbol.asyncIterator]();
        return {
          async next() {
            const start = performance.now();
            try {
              return await iterator.next();
            } finally {
              stage.milliseconds += performance.now() - start;
            }
          },
          async return() {
            await iterator.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    };
  }

  details(at: number): StepDetails {
    // Whoever waits for a stage waits for those before it too.
    const before = this.#stages[at - 1]?.milliseconds ?? 0;
    const milliseconds = Math.max(0, this.#stages[at]!.milliseconds - before);
    return this.#stages[at]!.details(Math.round(milliseconds * 1000));
  }

  #size(text: string): TextSize {
    if (this.#measured.text !== text) this.#measured = { text, size: sizeOf(text) };
    return this.#measured.size;
  }
}

class Stage {
  readonly lengths = new HistogramBuilder();
  milliseconds = 0;
  observed: Verdict | undefined;
  readonly #perReason: number;
  #charactersIn = 0;
  #charactersOut = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  readonly #metrics = new Map<string, Metric>();
  readonly #samples = new Map<string, SampleChoice>();

  constructor(perReason: number) {
    this.#perReason = perReason;
  }

  taken({ characters, bytes }: TextSize): void {
    this.#charactersIn += characters;
    this.#bytesIn += bytes;
  }

  passed({ characters, bytes }: TextSize): void {
    this.#charactersOut += characters;
    this.#bytesOut += bytes;
    this.lengths.add(characters, true);
  }

  /** A metric with a least and a most gives two verdicts: the last of them says what became of the document. */
  observe(verdicts: readonly Verdict[]): void {
    for (const [i, verdict] of verdicts.entries()) {
      const next = verdicts[i + 1];
      this.measure(verdict, next === undefined || next.metric !== verdict.metric);
    }
    this.observed = verdicts.at(-1);
  }

  measure({ keep, metric, value, threshold, bound }: Verdict, counts = true): void {
    if (metric === undefined) return;
    let found = this.#metrics.get(metric);
    if (!found) {
      found = new Metric();
      this.#metrics.set(metric, found);
    }
    found.compare(threshold, bound);
    if (!counts) return;
    if (typeof value === "number") found.histogram.add(value, keep);
    else if (value !== undefined) found.values.add(value, keep);
  }

  samplesOf(reason: string): SampleChoice {
    let choice = this.#samples.get(reason);
    if (!choice) {
      choice = new SampleChoice(this.#perReason);
      this.#samples.set(reason, choice);
    }
    return choice;
  }

  details(microseconds: number): StepDetails {
    return {
      charactersIn: this.#charactersIn,
      charactersOut: this.#charactersOut,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      microseconds,
      lengths: this.lengths.histogram(),
      metrics: record(this.#metrics, (metric): MetricStats => metric.stats()),
      samples: record(this.#samples, (choice): readonly DropSample[] => choice.samples()),
      samplesPerReason: this.#perReason,
    };
  }
}

class Metric {
  readonly histogram = new HistogramBuilder();
  readonly values = new TallyBuilder();
  #thresholds: readonly Threshold[] | null = [];
  #latest: Threshold | undefined;

  compare(value: number | string | undefined, bound: "min" | "max" | undefined): void {
    if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) return;
    if (this.#latest?.value === value && this.#latest.bound === bound) return;
    this.#latest = { value, ...(bound && { bound }) };
    this.#thresholds = mergeThresholds([this.#thresholds, [this.#latest]]);
  }

  stats(): MetricStats {
    const { histogram, values } = this;
    return {
      histogram: histogram.histogram(),
      values: values.tally(),
      thresholds: this.#thresholds,
    };
  }
}

function record<T, R>(map: ReadonlyMap<string, T>, value: (item: T) => R): Record<string, R> {
  const sorted = [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, item]) => [key, value(item)]));
}
