import { type Colour, lineChart } from "@llm/platform/chart";
import { element } from "../../element.js";
import type { Answer, Comparison, NextToken } from "../../engine/before/compared.js";
import type { Facts } from "../../facts.js";
import { withKey } from "../../key-hint.js";
import { percentage } from "../../percentage.js";
import { slider } from "../../slider.js";
import { asTable } from "../../table.js";
import { tokenLine, visible } from "../../token-line.js";
import { changeOf, mostChanged } from "./changes.js";
import { ASSISTANT, comparedModels, HOW_TO_RUN, type NamedModel, runModels } from "./compared-models.js";
import { type BeforeState, usualPrompt } from "./fields.js";
import type { Desk, Panel } from "./panel.js";

const COLOURS: readonly Colour[] = ["two", "three", "one"];
/** Characters of an answer that a sentence quotes. */
const QUOTED = 80;
const DASHES = ["2 3", "6 3", ""];

interface Shown {
  readonly comparison: Comparison;
  readonly models: readonly NamedModel[];
}

/** Models before and after a stage, on one question. */
export function modelsPanel({ model, change, say, tell }: Desk): Panel {
  const source = element("p");
  const who = element(
    "select",
    {},
    element("option", { value: "assistant" }, "the site's assistant: base, SFT and RL"),
    element("option", { value: "steps" }, "the site's base model at three of its steps"),
  );
  who.addEventListener("change", () => change({ who: who.value as BeforeState["who"], after: 0 }));
  const whoShown = element("label", {}, "Compared ", who);
  const prompt = element("input", {
    type: "text",
    attributes: { "aria-label": "What all models are asked" },
  });
  prompt.addEventListener("input", () => change({ prompt: prompt.value, after: 0 }, "drift"));
  const form = element(
    "select",
    {},
    element("option", { value: "own" }, "as each was trained: a text, or a dialogue"),
    element("option", { value: "text" }, "as a text, all of them"),
  );
  form.addEventListener("change", () => change({ form: form.value as BeforeState["form"], after: 0 }));
  const temperature = slider("temperature", 0, 2, 0.1, (value) => change({ temperature: value }, "drift"));
  const seed = element("button", { type: "button" }, ...withKey("Another random number (n)"));
  const columns = element("div", { className: "token-columns" });
  const pair = element("select");
  pair.addEventListener("change", () => change({ pair: pair.value as BeforeState["pair"] }));
  const offerPairs = (values: BeforeState) => {
    const names = comparedModels(values.who).map(({ name }) => name);
    const pairs = names.flatMap((from, i) =>
      names.slice(i + 1).map((to, j) => ({ value: `${i}-${i + 1 + j}`, words: `${from} → ${to}` })),
    );
    pair.replaceChildren(
      ...[{ value: "any", words: "any two" }, ...pairs].map(({ value, words }) =>
        element("option", { value }, words),
      ),
    );
    pair.value = pairs.some(({ value }) => value === values.pair) ? values.pair : "any";
  };
  const after = element("input", {
    type: "range",
    className: "before-after",
    attributes: { min: "0", "aria-label": "Tokens of the answer that stand there already" },
  });
  after.addEventListener("input", () => change({ after: Number(after.value) }, "drift"));
  const where = element("p");
  const bars = element("ul", { className: "next-tokens" });
  const chart = element("div");
  let shown: Shown | undefined;
  let next: readonly NextToken[] = [];
  const nextTable = asTable(() => tableOfNext(shown, next), "the next token");
  const answerTable = asTable(() => tableOfAnswer(shown), "the answer, token by token");
  let made = "";
  let nextSeed = 1;
  seed.addEventListener("click", () => change({ seed: nextSeed }));

  return {
    title: "Side by side",
    root: element(
      "div",
      { className: "before-panel" },
      source,
      whoShown,
      prompt,
      element("div", { className: "insight-bar" }, element("label", {}, "Asked ", form), seed),
      element("div", { className: "insight-sliders" }, temperature.root),
      columns,
      element("h3", {}, "The next token: what changed most"),
      element("label", {}, "between ", pair),
      after,
      where,
      bars,
      nextTable.root,
      element("h3", {}, "How surprised each model is by the last one's answer"),
      chart,
      answerTable.root,
    ),
    follow(values) {
      if (prompt.value !== values.prompt) prompt.value = values.prompt;
      prompt.placeholder = usualPrompt(values.who);
      who.value = values.who;
      whoShown.hidden = runModels().length > 0;
      offerPairs(values);
      form.value = values.form;
      temperature.show(values.temperature);
      nextSeed = values.seed + 1;
    },
    async draw({ who, prompt: typed, form, pair, temperature, seed, after: wanted }, mine) {
      const prompt = typed.trim() ? typed : usualPrompt(who);
      const models = comparedModels(who);
      source.textContent = sourceInWords(models, who);
      const asked = models.map(
        ({ source, form: own }) => ({ source, form: form === "own" ? own : "text" }) as const,
      );
      const question = { models: asked, prompt, temperature, seed };
      const key = JSON.stringify([
        models.map(({ id, name }) => id + name),
        asked.map((each) => each.form),
        prompt,
        temperature,
        seed,
      ]);
      // Where only the place is another, all is known already; another run has files of its own.
      if (made !== key || !isSame(shown?.models, models)) {
        const comparison = await model.call("compare", question, mine);
        mine.throwIfAborted();
        shown = { comparison, models };
        made = key;
        columns.replaceChildren(...models.map((_, i) => column(shown!, i)));
        chart.innerHTML = chartOf(shown);
        answerTable.refresh();
      }
      const { comparison } = shown!;
      const at = Math.min(wanted, comparison.answer.length);
      after.max = `${comparison.answer.length}`;
      after.value = `${at}`;
      where.textContent = whereInWords(shown!, at);
      next = mostChanged(comparison.next[at]!, pair, comparison.answer[at]);
      bars.replaceChildren(...next.map((token) => barsOf(token, shown!, pair)));
      nextTable.refresh();
      const [most] = next;
      say(`${where.textContent} ${changeInWords(most!, shown!)}`);
      tell(factsOf(shown!, most!, prompt));
      return `${models.map(({ id }) => id).join("-")} ${comparison.models.map(({ ids }) => ids.length).join("-")} ${at}`;
    },
  };
}

function isSame(a: readonly NamedModel[] | undefined, b: readonly NamedModel[]): boolean {
  const fileOf = ({ source }: NamedModel) => ("files" in source ? source.files : undefined);
  return a?.length === b.length && b.every((each, i) => fileOf(each) === fileOf(a[i]!));
}

function sourceInWords(models: readonly NamedModel[], who: BeforeState["who"]): string {
  if (runModels().length === 0 && who === "assistant") return `${ASSISTANT} ${HOW_TO_RUN}`;
  if (runModels().length === 0)
    return `These are steps of the site's base model, which goes on with a text and answers nothing. ${HOW_TO_RUN}`;
  const names = models.map(({ name }) => name).join(", ");
  return models.length > 1
    ? `The models of your run: ${names}.`
    : `Your run has one model, ${names}. ${HOW_TO_RUN}`;
}

function column({ comparison, models }: Shown, i: number): HTMLElement {
  const { greedy, sampled, form } = comparison.models[i]!;
  const { name } = models[i]!;
  const answer = (what: string, written: Answer) => {
    const tokens = written.ids.map((id) => ({ id, text: comparison.tokens[id]! }));
    const line = tokenLine(tokens, {
      label: `${name}, ${what}`,
      ids: false,
      space: false,
      words: (at) =>
        `“${visible(tokens[at]!.text)}”: a probability of ${percentage(Math.exp(written.logprobs[at]!))} for ${name}.`,
    });
    return element(
      "div",
      {},
      element("h4", {}, `${what}${written.isWhole ? "" : " (cut off)"}`),
      tokens.length > 0 ? line : element("p", {}, "Nothing."),
    );
  };
  return element(
    "section",
    { attributes: { "aria-label": name, "data-model": models[i]!.id } },
    element("h3", {}, `${name}: reads ${form === "chat" ? "a dialogue" : "a text"}`),
    answer("most probable answer", greedy),
    answer("answer drawn at random", sampled),
  );
}

function whereInWords({ comparison, models }: Shown, at: number): string {
  const written = comparison.answer.slice(0, at).map((id) => visible(comparison.tokens[id]!));
  const last = models.at(-1)!.name;
  return at === 0
    ? `Right behind the question. Move the slider to add the answer of “${last}”, token by token.`
    : `Behind the question and ${at} of ${comparison.answer.length} tokens that “${last}” answers: “${written.join("")}”.`;
}

/** The first model's probability of a token, and the last one's. */
function changeInWords({ id, p }: NextToken, { comparison, models }: Shown): string {
  const shares = p.map((share, i) => `${models[i]!.name} ${percentage(share)}`).join(", ");
  return `“${visible(comparison.tokens[id]!)}” changed most: ${shares}.`;
}

/** What the first and the last model write behind a question, and the token between them that changed most. */
function factsOf({ comparison, models }: Shown, { id, p }: NextToken, question: string): Facts {
  const whose = runModels().length > 0 ? "run" : models[0]!.id.startsWith("base") ? "site" : "assistant";
  const written = (at: number) => {
    const text = comparison.models
      .at(at)!
      .greedy.ids.map((id) => comparison.tokens[id]!)
      .join("");
    const words = text.replace(/(<\|\w+\|>)+$/, "");
    // Blanks alone are no empty answer.
    const all = [...(words.trim() || visible(words) || "(nothing)")];
    return all.length > QUOTED ? `${all.slice(0, QUOTED).join("")}…` : all.join("");
  };
  const isOne = models.length === 1;
  return {
    ...{ question, first: models[0]!.name, [`${whose}First`]: written(0) },
    ...(!isOne && { last: models.at(-1)!.name, [`${whose}Last`]: written(-1) }),
    ...(!isOne && { changed: visible(comparison.tokens[id]!), changedFirst: p[0], changedLast: p.at(-1) }),
  };
}

function barsOf(token: NextToken, { comparison, models }: Shown, pair: BeforeState["pair"]): HTMLElement {
  const { id, p } = token;
  const change = 100 * changeOf(token, pair);
  const rows = p.map((share, i) => {
    const bar = element("span", { className: "race-bar" });
    bar.style.width = `${100 * share}%`;
    return element(
      "li",
      { attributes: { "data-p": `${share}` } },
      bar,
      element("span", { className: "race-name" }, models[i]!.name),
      element("span", { className: "race-count" }, percentage(share)),
    );
  });
  return element(
    "li",
    { attributes: { "data-id": `${id}` } },
    element("b", { className: "next-token" }, visible(comparison.tokens[id]!) || "(nothing)"),
    element("small", {}, ` ${pair === "any" || change < 0 ? "" : "+"}${change.toFixed(1)} points`),
    element("ul", { className: "race" }, ...rows),
  );
}

/** What each token of the answer has for each model. */
function pathOf({ comparison }: Shown): (readonly number[])[] {
  return comparison.answer.map((id, at) => comparison.next[at]!.find((token) => token.id === id)!.p);
}

function chartOf(shown: Shown): string {
  const path = pathOf(shown);
  if (path.length === 0) return "";
  const bits = (i: number) => path.map((p, at) => [at + 1, -Math.log2(p[i]!)] as const);
  const total = (i: number) => bits(i).reduce((sum, [, each]) => sum + each, 0);
  return lineChart({
    title: "Surprise at the last model's answer",
    description: `${shown.models.map(({ name }, i) => `${name}: ${total(i).toFixed(1)} bits`).join(", ")} for ${path.length} tokens.`,
    xLabel: "token of the answer",
    yLabel: "bits",
    series: shown.models.map(({ name }, i) => ({
      name,
      points: bits(i),
      colour: COLOURS[i]!,
      ...(DASHES[i] && { dash: DASHES[i] }),
      dots: true,
    })),
  }).markup;
}

function tableOfNext(shown: Shown | undefined, next: readonly NextToken[]) {
  const names = shown?.models.map(({ name }) => name) ?? [];
  return {
    caption: "The next token: its probability for each model; what changed most comes first",
    head: ["id", "token", ...names],
    rows: next.map(({ id, p }) => [id, shown!.comparison.tokens[id]!, ...p]),
  };
}

function tableOfAnswer(shown: Shown | undefined) {
  const names = shown?.models.map(({ name }) => name) ?? [];
  return {
    caption: "The last model's most probable answer, token by token: the probability of each for each model",
    head: ["place", "id", "token", ...names],
    rows: shown
      ? pathOf(shown).map((p, i) => {
          const id = shown.comparison.answer[i]!;
          return [i + 1, id, shown.comparison.tokens[id]!, ...p];
        })
      : [],
  };
}
