import { lineChart, type Reference, type Series } from "@llm/platform/chart";
import { counted } from "../../counted.js";
import type { Baselines } from "../../engine/baselines.js";
import type { TrainingRecord } from "../../engine/training.js";
import type { LoggedStep, RunLog } from "../../run/records.js";

/** What is drawn together. */
interface Lines {
  readonly records: readonly TrainingRecord[];
  /** The run before, which is dashed. */
  readonly former: readonly TrainingRecord[];
  /** The log of a run that the reader has opened. */
  readonly log: RunLog | undefined;
}

/** The loss of each step beside what predicts without a network, each named in words. */
export function lossChart(baselines: Baselines | undefined, { records, former, log }: Lines): string {
  const series: Series[] = [];
  if (log) series.push({ name: "your run's log", points: pointsOf(log.steps), colour: "three", dash: "1 3" });
  if (log && log.validation.length > 0)
    series.push({
      ...{ name: "your run, unseen documents", points: pointsOf(log.validation) },
      ...{ colour: "four", dash: "8 3" },
    });
  if (former.length > 0)
    series.push({ name: "the run before", points: pointsOf(former), colour: "two", dash: "4 3" });
  if (records.length > 0) series.push({ name: "this run", points: pointsOf(records), colour: "one" });
  return lineChart({
    title: "Loss",
    description: [describe(records.at(-1), baselines), logged(log)].filter(Boolean).join(" "),
    xLabel: "step (logarithmic)",
    yLabel: "nats per token",
    series,
    references: baselines ? referencesOf(baselines) : [],
    x: "log",
  }).markup;
}

function referencesOf({ uniform, unigram, bigram }: Baselines): Reference[] {
  return [
    { name: `all tokens alike, ln V: ${uniform.toFixed(2)}`, y: uniform, colour: "two", dash: "2 3" },
    {
      name: `how often each occurs (unigram): ${unigram.toFixed(2)}`,
      y: unigram,
      colour: "three",
      dash: "6 4",
    },
    { name: `what follows what (bigram): ${bigram.toFixed(2)}`, y: bigram, colour: "four", dash: "10 4" },
  ];
}

function describe(last: TrainingRecord | undefined, baselines: Baselines | undefined): string {
  if (!last) return "No step was made yet.";
  const needs = baselines ? `; a bigram needs ${baselines.bigram.toFixed(2)}` : "";
  return `After ${counted(last.step, "step")} ${last.loss.toFixed(2)} nats per token${needs}.`;
}

function logged(log: RunLog | undefined): string {
  const last = log?.steps.at(-1);
  return last ? `The log of your run ends at step ${last.step} with ${last.loss.toFixed(2)}.` : "";
}

/** The learning rate of each step. */
export function rateChart(records: readonly TrainingRecord[]): string {
  if (records.length < 2) return "";
  return lineChart({
    title: "Learning rate",
    description: "It warms up and then falls along a cosine.",
    xLabel: "step",
    yLabel: "learning rate",
    series: [{ name: "learning rate", points: records.map(({ step, lr }) => [step, lr]), colour: "one" }],
    format: (value) => String(Number(value.toPrecision(2))),
  }).markup;
}

function pointsOf(records: readonly LoggedStep[]): [number, number][] {
  return records.map(({ step, loss }) => [step, loss]);
}
