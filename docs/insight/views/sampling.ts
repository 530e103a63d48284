import type { SamplingParams, Stage } from "@llm/sample";
import { chains } from "@llm/sample";
import { counted } from "../counted.js";
import { element } from "../element.js";
import type { ModelInfo } from "../engine/opened.js";
import type { SamplingResult } from "../engine/sampling.js";
import { exampleChooser, exampleFor } from "../example-texts.js";
import { choiceField, countField, numberField, orderField, pathsField, textField } from "../fields.js";
import { withKey } from "../key-hint.js";
import { messageOf } from "../message-of.js";
import { ModelHolder, modelChooser, modelField } from "../models.js";
import { nameOf, samplingControls } from "../next/controls.js";
import { wordEnds } from "../next/word-ends.js";
import { readingNote } from "../reading-note.js";
import { asTable } from "../table.js";
import { visible } from "../token-line.js";
import type { StateValues, View } from "../view.js";
import { cacheStrip } from "./sampling/cache-strip.js";
import { drawLine } from "./sampling/draw-line.js";
import { logitAt } from "./sampling/logit-at.js";
import { mostProbable, moved, stageColumns, WORDS } from "./sampling/stage-columns.js";
import { tokenTree } from "./sampling/token-tree.js";

const stages = [...new Set([...chains.hf.stages, ...chains.llamacpp.stages])];

const fields = {
  text: textField("The model is"),
  model: modelField,
  temperature: numberField(0.8, 0, 2),
  topK: countField(8, 0, 512),
  topP: numberField(0.9, 0, 1),
  minP: numberField(0, 0, 1),
  typicalP: numberField(1, 0, 1),
  repetitionPenalty: numberField(1, 1, 2),
  seed: countField(1, 0, 2 ** 31),
  chain: choiceField("hf", ["hf", "llamacpp", "own"]),
  /** The stages in an order of the reader's own. */
  order: orderField(stages),
  /** Every branch that was tried, and the one that is shown. */
  branches: pathsField,
  at: pathsField,
};

type SamplingState = StateValues<View<typeof fields>>;

const initial = Object.fromEntries(
  Object.entries(fields).map(([name, field]) => [name, field.initial]),
) as SamplingState;

/** What the packages are asked, from a state. */
export function paramsOf(state: SamplingState): SamplingParams {
  const { temperature, topK, topP, minP, typicalP, repetitionPenalty, chain, order } = state;
  const own = chain === "own" && order.length > 0 ? order : undefined;
  return {
    temperature,
    topK,
    topP,
    minP,
    typicalP,
    repetitionPenalty,
    chain: own ?? (chain === "llamacpp" ? "llamacpp" : "hf"),
  };
}

/** From logits to one token: what each stage takes away, where the draw falls, and what would have followed otherwise. */
export const sampling: View<typeof fields> = {
  name: "sampling",
  title: "Sampling",
  question: "Which token comes next, and what do temperature, top-k and top-p do to the choice?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const holder = new ModelHolder(model);
    const chooser = modelChooser((name) => {
      const suited = exampleFor(name, state.values.text, fields.text.initial);
      state.set({ model: name, text: suited, branches: [], at: [] });
    });
    const text = element("input", {
      type: "text",
      attributes: { "aria-label": "Text that the model continues" },
    });
    text.addEventListener("input", () => state.set({ text: text.value, branches: [], at: [] }, "drift"));
    const examples = exampleChooser((text) => state.set({ text, branches: [], at: [] }));
    const controls = samplingControls(initial, (patch) => state.set(patch, "drift"));
    const chain = element(
      "select",
      {},
      element("option", { value: "hf" }, "as Hugging Face's transformers"),
      element("option", { value: "llamacpp" }, "as llama.cpp"),
      element("option", { value: "own" }, "your own"),
    );
    chain.addEventListener("change", () =>
      state.set({
        chain: chain.value as SamplingState["chain"],
        order: chain.value === "own" ? orderOf() : [],
      }),
    );
    const draw = element("button", { type: "button" }, ...withKey("Draw (d)"));
    const reseed = element("button", { type: "button" }, ...withKey("Another number (n)"));
    const back = element("button", { type: "button" }, ...withKey("Take back (b)"));
    const note = element("p", { className: "reading-note" });
    const whole = element("p", { className: "sampling-text" });
    const columns = element("div", { className: "stages" });
    const line = element("div");
    const tree = element("div", { className: "tree" });
    const cache = element("div");
    let shown: { info: ModelInfo; result: SamplingResult } | undefined;
    const table = asTable(() => tableOf(shown!, ends.of));
    root.append(
      element(
        "div",
        { className: "insight-bar" },
        chooser.root,
        element("label", {}, "Order of stages ", chain),
      ),
      text,
      examples.root,
      note,
      whole,
      controls.root,
      element(
        "div",
        { className: "sampling-draw" },
        line,
        element("div", { className: "insight-bar" }, draw, reseed, back),
        columns,
      ),
      element("h3", {}, "What was tried"),
      tree,
      element("h3", {}, "Positions the model keeps (KV cache)"),
      cache,
      table.root,
    );

    const orderOf = (): readonly Stage[] => {
      const { chain: now, order } = state.values;
      return now === "own" && order.length > 0
        ? order
        : chains[now === "llamacpp" ? "llamacpp" : "hf"].stages;
    };
    const path = () => state.values.at[0] ?? [];
    const goTo = (to: readonly number[]) => {
      const { branches } = state.values;
      const known = branches.some((branch) => branch.join() === to.join());
      state.set({
        at: to.length ? [to] : [],
        branches: known || to.length === 0 ? branches : [...branches, to],
      });
    };
    const follow = (id: number) => goTo([...path(), id]);
    const move = (stage: Stage, by: number) => {
      const active = shown!.result.steps.slice(1).map((step) => step.stage as Stage);
      state.set({ chain: "own", order: moved(orderOf(), active, stage, by) });
    };
    const actions = {
      draw: () => shown && follow(shown.result.drawn),
      reseed: () => state.set({ seed: state.values.seed + 1 }),
      back: () => goTo(path().slice(0, -1)),
    };
    draw.addEventListener("click", actions.draw);
    reseed.addEventListener("click", actions.reseed);
    back.addEventListener("click", actions.back);

    const ends = wordEnds(
      (question) => model.call("wordEnds", question, signal),
      () => {
        for (const row of columns.querySelectorAll<HTMLElement>("li[data-id]"))
          row.querySelector("b")!.dataset["end"] = ends.of(Number(row.dataset["id"]));
        table.refresh();
      },
    );
    let running: AbortController | undefined;
    const work = { without: 0, with: 0 };
    async function compute(): Promise<void> {
      running?.abort();
      running = new AbortController();
      const mine = AbortSignal.any([running.signal, signal]);
      const values = state.values;
      try {
        const info = await holder.open(values.model);
        mine.throwIfAborted();
        const { text: prompt, seed } = values;
        const result = await model.call(
          "sample",
          { text: prompt, path: path(), params: paramsOf(values), seed },
          mine,
        );
        warn(undefined);
        work.with += result.computed;
        work.without += result.ids.length;
        shown = { info, result };
        render();
      } catch (error) {
        if (!mine.aborted) warn(messageOf(error));
      }
    }

    function render(): void {
      const { info, result } = shown!;
      const { tokens } = info;
      note.textContent = readingNote(result, info);
      columns.replaceChildren(
        ...stageColumns(result, tokens, { follow, move, end: info.isSpaced ? undefined : ends.of }),
      );
      if (!info.isSpaced) ends.follow(info, result.ids, mostProbable(result.steps[0]!, WORDS));
      line.replaceChildren(drawLine(result, tokens));
      tree.replaceChildren(tokenTree(state.values.branches, path(), tokens, goTo));
      cache.replaceChildren(cacheStrip(result, info, work));
      whole.replaceChildren(
        element("span", {}, state.values.text),
        element(
          "strong",
          {},
          path()
            .map((id) => (info.isSpaced ? ` ${tokens[id]}` : tokens[id]))
            .join(""),
        ),
      );
      root.dataset["shown"] = result.ids.join(".");
      table.refresh();
      const last = result.steps.at(-1)!;
      tell({
        ...{ vocabulary: tokens.length, left: last.ids.length, u: result.u },
        ...{ drawn: visible(tokens[result.drawn]!), p: last.probabilities[last.ids.indexOf(result.drawn)] },
      });
      say(`Can be drawn: ${counted(last.ids.length, "token")}. ${shownToken(tokens, result.drawn)} is.`);
    }

    return {
      update() {
        const { values } = state;
        if (text.value !== values.text) text.value = values.text;
        chooser.show(values.model);
        chain.value = values.chain;
        examples.offer(values.model);
        controls.show(values);
        void compute();
      },
      keys: [
        { key: "d", does: "draws a token and goes on from it", run: actions.draw },
        { key: "n", does: "takes another random number", run: actions.reseed },
        { key: "b", does: "takes the last token back", run: actions.back },
      ],
    };
  },
};

/** Every token that is shown: its probability after each stage, empty where it was removed. */
function tableOf({ info, result }: { info: ModelInfo; result: SamplingResult }, end: (id: number) => string) {
  const maps = result.steps.map(
    ({ ids, probabilities }) => new Map(Array.from(ids, (id, i) => [id, probabilities[i]!])),
  );
  const stages = result.steps.map(({ stage }) => stage);
  const heat = stages.indexOf("temperature");
  const divided = heat > 0 ? logitAt(result, heat, 0)?.name : undefined;
  const order = [...maps[0]!.keys()].sort((a, b) => maps[0]!.get(b)! - maps[0]!.get(a)! || a - b);
  return {
    caption: "Probability of each token after each stage",
    head: ["id", "token", "logit", ...(divided ? [divided] : []), ...stages.map(nameOf), "goes on with"],
    rows: order.map((id) => [
      ...[id, info.tokens[id]!, result.logits[id]!],
      ...(divided ? [logitAt(result, heat, id)!.value] : []),
      ...maps.map((map) => map.get(id) ?? ""),
      end(id),
    ]),
  };
}

function shownToken(tokens: readonly string[], id: number): string {
  return JSON.stringify(tokens[id]);
}
