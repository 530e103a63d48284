import { lineChart } from "@llm/platform/chart";
import { element } from "../../element.js";
import type { Surprise } from "../../engine/before/surprise.js";
import type { ModelInfo } from "../../engine/opened.js";
import { exampleFor } from "../../example-texts.js";
import type { Facts } from "../../facts.js";
import { modelChooser, siteText } from "../../models.js";
import { percentage } from "../../percentage.js";
import { asTable } from "../../table.js";
import { tokenLine, visible } from "../../token-line.js";
import { type BeforeState, fields } from "./fields.js";
import type { Desk, Panel } from "./panel.js";

/** A text's surprises, and the tokens they are shown as. */
interface Shown {
  readonly surprise: Surprise;
  readonly info: ModelInfo;
}

/** Which tokens of a text a model did not see coming, beside what knows pairs only. */
export function surprisePanel({ model, holder, change, say, tell, signal }: Desk): Panel {
  const chooser = modelChooser((name) =>
    change({ model: name, text: exampleFor(name, text.value, fields.text.initial) }),
  );
  const text = element("textarea", { rows: 4, attributes: { "aria-label": "Text to be surprised by" } });
  text.addEventListener("input", () => change({ text: text.value }, "drift"));
  const numbers = element("dl", { className: "training-numbers" });
  const words = element("p");
  const lines = element("div");
  const chart = element("div");
  let shown: Shown | undefined;
  const table = asTable(() => tableOf(shown));
  let counted: Promise<string> | undefined;

  return {
    title: "Surprise",
    root: element(
      "div",
      { className: "before-panel" },
      element("div", { className: "insight-bar" }, chooser.root),
      text,
      numbers,
      words,
      lines,
      chart,
      table.root,
    ),
    follow(values) {
      chooser.show(values.model);
      if (text.value !== values.text) text.value = values.text;
    },
    async draw(values, mine) {
      counted ??= siteText("base/text.txt", signal);
      counted.catch(() => {
        counted = undefined;
      });
      const info = await holder.open(values.model);
      const question = { text: values.text, counted: await counted };
      const surprise = await model.call("surprise", question, mine);
      mine.throwIfAborted();
      shown = { surprise, info };
      numbers.replaceChildren(...numbersOf(surprise));
      words.textContent = wordsOf(shown, values);
      lines.replaceChildren(line("The model", shown, "model"), line("The bigram", shown, "bigram"));
      chart.innerHTML = chartOf(surprise);
      table.refresh();
      say(
        `${surprise.model.bitsPerByte.toFixed(2)} bits per byte; the bigram ${surprise.bigram.bitsPerByte.toFixed(2)}.`,
      );
      tell(factsOf(shown));
      return `${values.model} ${surprise.ids.join(".")}`;
    },
  };
}

function numbersOf({ model, bigram, bytes, ids, uniform }: Surprise): HTMLElement[] {
  const alike = (uniform * ids.length) / bytes;
  return Object.entries({
    "bits per byte, the model": model.bitsPerByte.toFixed(3),
    "bits per byte, the bigram": bigram.bitsPerByte.toFixed(3),
    "all tokens alike": alike.toFixed(3),
    tokens: `${ids.length}`,
    bytes: `${bytes}`,
  }).map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
}

function wordsOf({ surprise }: Shown, { model: name }: BeforeState): string {
  const { ids, window, context, model, bigram } = surprise;
  const whose = name.startsWith("base")
    ? "Both have read this project's documentation and nothing else: a sentence of it would be no test."
    : name === "sorter"
      ? "The sorter has learned only what follows six letters: the letters themselves, and other texts, are new to it."
      : "The bigram is counted on this site's documentation. The model has read other texts.";
  const better =
    model.bitsPerByte < bigram.bitsPerByte ? "The model needs fewer bits" : "The bigram needs fewer bits";
  const cut =
    ids.length > window
      ? ` The text is read ${window} tokens at a time: each token but the first ones has at least ${context} before it.`
      : "";
  return `${whose} ${better}. The thicker the line below a token, the less it was expected.${cut}`;
}

/** How many bits the text needs, and its token that the model expected least. */
function factsOf({ surprise: { model, bigram, ids }, info }: Shown): Facts {
  const most = model.bits.reduce((high, each) => Math.max(high, each), 0);
  const hardest = ids[model.bits.indexOf(most)];
  return {
    bits: model.bitsPerByte,
    bigramBits: bigram.bitsPerByte,
    hardest: hardest === undefined ? undefined : visible(info.tokens[hardest]!),
    hardestBits: most,
  };
}

function line(name: string, { surprise, info }: Shown, whose: "model" | "bigram"): HTMLElement {
  const { bits } = surprise[whose];
  const tokens = surprise.ids.map((id) => ({ id, text: info.tokens[id]! }));
  const root = tokenLine(tokens, {
    label: `${name}: the surprise of each token`,
    ids: false,
    space: false,
    words: (at) =>
      `${name} on “${visible(tokens[at]!.text)}”: ${bits[at]!.toFixed(2)} bits, a probability of ${percentage(2 ** -bits[at]!)}.`,
  });
  for (const [at, span] of root.querySelectorAll<HTMLElement>(".token").entries()) {
    const share = Math.min(1, bits[at]! / surprise.uniform);
    span.classList.add("surprise");
    span.style.setProperty("--share", `${share}`);
    span.dataset["bits"] = `${bits[at]}`;
  }
  return element("section", { attributes: { "aria-label": name } }, element("h3", {}, name), root);
}

function chartOf({ model, bigram, uniform, ids }: Surprise): string {
  const points = (bits: readonly number[]) => bits.map((each, i) => [i + 1, each] as const);
  return lineChart({
    title: "Surprise of each token",
    description: `${ids.length} tokens; the model's mean is ${mean(model.bits).toFixed(2)} bits a token, the bigram's ${mean(bigram.bits).toFixed(2)}.`,
    xLabel: "token",
    yLabel: "bits",
    series: [
      { name: "the bigram", points: points(bigram.bits), colour: "two", dash: "4 3" },
      { name: "the model", points: points(model.bits), colour: "one" },
    ],
    references: [
      { name: `all tokens alike: ${uniform.toFixed(2)}`, y: uniform, colour: "three", dash: "2 3" },
    ],
  }).markup;
}

function tableOf(shown: Shown | undefined) {
  const { ids = [], model, bigram } = shown?.surprise ?? {};
  return {
    caption: "The surprise of each token, in bits",
    head: ["place", "id", "token", "the model", "the bigram"],
    rows: ids.map((id, i) => [i + 1, id, shown!.info.tokens[id]!, model!.bits[i]!, bigram!.bits[i]!]),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
