import { lineChart, type Reference, type Series } from "@llm/platform/chart";
import type { Baselines } from "../../engine/baselines.js";
import type { TrainingRecord } from "../../engine/training.js";

/** The loss of each step beside what predicts without a network, each named in words; a former run is dashed. */
export function lossChart(
  { uniform, unigram, bigram }: Baselines,
  records: readonly TrainingRecord[],
  former: readonly TrainingRecord[],
): string {
  const references: Reference[] = [
    { name: `all tokens alike, ln V: ${uniform.toFixed(2)}`, y: uniform, colour: "two", dash: "2 3" },
    {
      name: `how often each occurs (unigram): ${unigram.toFixed(2)}`,
      y: unigram,
      colour: "three",
      dash: "6 4",
    },
    { name: `what follows what (bigram): ${bigram.toFixed(2)}`, y: bigram, colour: "four", dash: "10 4" },
  ];
  const series: Series[] = [];
  if (former.length > 0)
    series.push({ name: "the run before", points: pointsOf(former), colour: "two", dash: "4 3" });
  if (records.length > 0) series.push({ name: "this run", points: pointsOf(records), colour: "one" });
  const last = records.at(-1);
  return lineChart({
    title: "Loss",
    description: last
      ? `After ${last.step} steps ${last.loss.toFixed(2)} nats per token; a bigram needs ${bigram.toFixed(2)}.`
      : "No step was made yet.",
    xLabel: "step (logarithmic)",
    yLabel: "nats per token",
    series,
    references,
    x: "log",
  }).markup;
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

function pointsOf(records: readonly TrainingRecord[]): [number, number][] {
  return records.map(({ step, loss }) => [step, loss]);
}
