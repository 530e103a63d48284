import { type Colour, lineChart } from "@llm/platform/chart";
import type { InContextAccuracy } from "@llm/sample/evaluation";
import { counted } from "../../counted.js";
import { element } from "../../element.js";
import { letterPairs } from "../../engine/before/letter-pairs.js";
import type { Repeated } from "../../engine/before/shots.js";
import { modelChooser } from "../../models.js";
import { slider } from "../../slider.js";
import { asTable } from "../../table.js";
import type { Desk, Panel } from "./panel.js";

const LABELS = ["right", "shuffled", "random"] as const;

/** What the examples say, in words, and how their line is drawn. */
const LINES: Readonly<Record<(typeof LABELS)[number], { name: string; colour: Colour; dash?: string }>> = {
  right: { name: "right digits", colour: "one" },
  shuffled: { name: "digits of other letters", colour: "two", dash: "6 3" },
  random: { name: "any digits", colour: "three", dash: "2 3" },
};

/** What a model learns from its prompt alone, with controls that say whether it is the examples that it learns from. */
export function shotsPanel({ model, holder, change, say }: Desk): Panel {
  const chooser = modelChooser((learner) => change({ learner }));
  const pairs = slider("pairs", 2, 16, 1, (count) => change({ pairs: count }, "drift"));
  const words = element("p");
  const curve = element("div");
  const table = asTable(() => tableOf(results), "accuracy by the number of examples");
  const again = element("div");
  const losses = asTable(() => lossTable(repeated), "the loss at each place");
  let results: InContextAccuracy[] = [];
  let repeated: Repeated | undefined;

  return {
    title: "Examples in the prompt",
    root: element(
      "div",
      {},
      element("div", { className: "insight-bar" }, chooser.root),
      element("div", { className: "insight-sliders" }, pairs.root),
      words,
      curve,
      table.root,
      element("h3", {}, "The same without a task: random tokens that come twice"),
      again,
      losses.root,
    ),
    follow(values) {
      chooser.show(values.learner);
      pairs.show(values.pairs);
    },
    async draw({ learner, pairs: count }, mine) {
      const info = await holder.open(learner);
      words.textContent = `Each of ${count} letters has a digit: ${examplesInWords(count, ", ")}. A prompt gives some of these examples and ends in a letter, such as “${examplesInWords(Math.min(3, count), " ")} a”: the model has to choose its digit. Only the examples tell it, so a model that is right more often than by chance has learned from its prompt. Examples with wrong digits should not help.`;
      results = [];
      for (const shots of [0, 1, 2, 4, 8, 16].filter((shots) => shots <= count)) {
        for (const labels of shots === 0 ? (["right"] as const) : LABELS) {
          const found = await model.call("shots", { pairs: count, shots, labels }, mine);
          mine.throwIfAborted();
          // Without examples they have no labels.
          results.push(...(shots === 0 ? LABELS.map((each) => ({ ...found, labels: each })) : [found]));
          curve.innerHTML = curveOf(results, count);
        }
      }
      table.refresh();
      repeated = await model.call("repeated", null, mine);
      mine.throwIfAborted();
      again.innerHTML = repeatedChart(repeated);
      losses.refresh();
      say(describe(results));
      return `${learner} ${count} ${info.vocabSize}`;
    },
  };
}

/** Examples as the prompt has them. */
function examplesInWords(count: number, between: string): string {
  return letterPairs(count)
    .map(({ input, output }) => `${input} ${output}`)
    .join(between);
}

function curveOf(results: readonly InContextAccuracy[], pairs: number): string {
  const chance = 1 / Math.min(10, pairs);
  return lineChart({
    title: "Accuracy by the number of examples",
    description: describe(results),
    xLabel: "examples in the prompt",
    yLabel: "share of right answers",
    series: LABELS.map((labels) => ({
      ...LINES[labels],
      points: results
        .filter((each) => each.labels === labels)
        .map(({ shots, mean }) => [shots, mean] as const),
      dots: true,
    })).filter(({ points }) => points.length > 0),
    references: [{ name: `chance: ${chance.toFixed(2)}`, y: chance, colour: "four", dash: "10 4" }],
    format: (value) => value.toFixed(2),
  }).markup;
}

function describe(results: readonly InContextAccuracy[]): string {
  const most = Math.max(0, ...results.map(({ shots }) => shots));
  const last = results.filter(({ shots }) => shots === most);
  return `With ${counted(most, "example")}: ${last.map(({ labels, mean }) => `${mean.toFixed(2)} with ${LINES[labels].name}`).join(", ")}.`;
}

function repeatedChart({ losses, length, uniform }: Repeated): string {
  const mean = (part: readonly number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
  const [first, second] = [losses.slice(0, length - 1), losses.slice(length)];
  return lineChart({
    title: "Random tokens that come twice",
    description: `The first ${length} tokens cost ${mean(first).toFixed(2)} nats each, and ${mean(second).toFixed(2)} when they come again.`,
    xLabel: `token; from ${length + 1} on they come again`,
    yLabel: "nats",
    series: [{ name: "the loss", points: losses.map((loss, i) => [i + 2, loss]), colour: "one", dots: true }],
    references: [
      { name: `all tokens alike, ln V: ${uniform.toFixed(2)}`, y: uniform, colour: "two", dash: "2 3" },
    ],
    format: (value) => value.toFixed(2),
  }).markup;
}

function tableOf(results: readonly InContextAccuracy[]) {
  return {
    caption:
      "The share of right answers, its 95% interval over draws of the examples, and whether prompts were cut",
    head: ["examples", "digits", "share right", "from", "to", "cut"],
    rows: results.map(({ shots, labels, mean, low, high, isCut }) => [
      shots,
      LINES[labels].name,
      mean,
      low,
      high,
      isCut ? "yes" : "no",
    ]),
  };
}

function lossTable(repeated: Repeated | undefined) {
  return {
    caption: "The mean loss at each place of random tokens that come twice, in nats",
    head: ["token", "loss"],
    rows: (repeated?.losses ?? []).map((loss, i) => [i + 2, loss]),
  };
}
