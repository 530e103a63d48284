import { checkpointScrub } from "../checkpoint-scrub.js";
import { counted } from "../counted.js";
import { element } from "../element.js";
import type { Overview } from "../engine/inside.js";
import type { ModelInfo } from "../engine/opened.js";
import { exampleChooser, exampleFor } from "../example-texts.js";
import type { Facts } from "../facts.js";
import { type Operation, operationsOf } from "../flow/operations.js";
import { runThrough } from "../flow/run-through.js";
import { messageOf } from "../message-of.js";
import { ModelHolder, modelChooser } from "../models.js";
import { nextTokens } from "../next/next-tokens.js";
import { readingNote } from "../reading-note.js";
import { hasCell, schemeOf } from "../scheme.js";
import { visible } from "../token-line.js";
import type { View } from "../view.js";
import { attentionMaps } from "./inside/attention-maps.js";
import { blockLater } from "./inside/block/later.js";
import { blockTensors } from "./inside/block/tensors.js";
import { insideBody } from "./inside/body.js";
import { chosenCell } from "./inside/cell/chosen.js";
import { choices } from "./inside/choices.js";
import { fields, type InsideState } from "./inside/fields.js";
import style from "./inside/inside.css?inline";
import { lensTable } from "./inside/lens-table.js";
import { openedLater } from "./inside/opened/later.js";
import { bestLogit, lastOf, openingOf } from "./inside/opened/openings.js";
import { factsOf } from "./inside/pass-facts.js";
import { schemeList } from "./inside/scheme-list.js";
import { choiceOfMade, LAST_TOKEN, usualCell, weightOf, within } from "./inside/selection.js";
import { textLine } from "./inside/text-line.js";
import { viewTables } from "./inside/view-tables.js";

/** A pass through the network, with every number that it is made of. */
export const inside: View<typeof fields> = {
  name: "inside",
  title: "Inside",
  question: "What happens between a text and the next token, and where does each number come from?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const holder = new ModelHolder(model);
    const chooser = modelChooser((name) =>
      state.set({ model: name, text: exampleFor(name, state.values.text) }),
    );
    const scrub = checkpointScrub((name, kind) => state.set({ model: name }, kind));
    const text = element("input", {
      type: "text",
      attributes: { "aria-label": "Text that runs through the model" },
    });
    // A place in the text before says nothing of the next one.
    const another = (text: string) => ({ text, token: LAST_TOKEN, cell: [] });
    text.addEventListener("input", () => state.set(another(text.value), "drift"));
    const examples = exampleChooser((text) => state.set(another(text)));
    const note = element("p", { className: "reading-note" });
    const line = element("div");
    const scheme = schemeList((tensor) => state.set({ tensor, cell: [], play: "no" }));
    const run = runThrough({
      ...{ say, signal },
      values: () => state.values,
      set(patch, kind, isMove) {
        const made = patch.flow ? operations[patch.flow - 1] : undefined;
        const of = made ? choiceOfMade(made.output, overview!) : { tensor: "", cell: [] };
        state.set({ ...patch, ...(isMove && { ...of, open: "", at: 0, part: "" }) }, kind);
      },
      show(upTo, isGradual) {
        const given = upTo?.flatMap(({ output, operands }) => [output, ...operands]);
        const there = given && new Set(given);
        scheme.run(there, isGradual ? upTo!.at(-1)!.output : undefined);
        block.run(there);
        next.wait(upTo !== undefined && upTo.length < operations.length);
      },
      isAbout: () => true,
    });
    const failed = (error: unknown) => {
      if (!signal.aborted) warn(messageOf(error));
    };
    const choice = choices(
      state,
      () => overview,
      () => cell.at(),
    );
    const cell = chosenCell({
      ...{ model, signal, failed },
      overview: () => overview!,
      info: () => info!,
      choose: choice.cell,
      isPlaying: () => run.isPlaying,
      drawn({ tensor, explained }) {
        const [{ index }] = explained;
        scheme.light(
          tensor,
          explained.flatMap(({ operands }) => operands),
        );
        tables.cells.refresh();
        tables.operands.refresh();
        root.dataset["cell"] = `${tensor} ${index.join(".")}`;
      },
    });
    const maps = attentionMaps({
      enlarge: (layer, head) => choice.head({ layer, head }),
      chosen: (layer, head, query, key) => {
        cell.chosen(overview!.attention[layer]!.name, [0, head, query, key]);
      },
    });
    const next = nextTokens({
      values: () => state.values,
      set: (patch) => state.set(patch, "drift"),
      write: (text) => state.set({ ...another(text), flow: 0, play: "no" }),
      ask: (settings) => model.call("nextTokens", settings, signal),
      ends: (question) => model.call("wordEnds", question, signal),
      failed,
    });
    const opened = openedLater({
      ...{ model, signal, next, failed },
      open: choice.open,
      step: (at) => state.set({ at }, "drift"),
    });
    const block = blockLater({
      ...{ model, signal, next, failed, walk },
      walked(facts) {
        if (facts["told"] && facts["part"] !== walked["part"]) say(`${facts["name"]}: ${facts["told"]}`);
        walked = facts;
        tellAll();
      },
      layer: (layer) => choice.head({ layer, head: state.values.head }),
      head: (head) => choice.head({ layer: within(state.values, overview!).layer, head }),
      headBy: choice.headBy,
      token: choice.token,
      numbers(tensor) {
        if (tensor !== cell.at().tensor) state.set({ tensor, cell: [], play: "no" });
        cell.goTo();
      },
      open(part, cell) {
        opened.from(part);
        choice.open(part === "next" ? part : openingOf(part), part === "next" ? bestLogit(overview!) : cell);
      },
      opened,
    });
    const lens = element("div");
    const tables = viewTables(() => ({ cell: cell.shown(), overview, info }));
    const body = insideBody({
      block: [block.root, run.root, next.controls, next.notes, block.below, line],
      tensors: [scheme.root, cell.root],
      cellTables: [tables.cells.root, tables.operands.root],
      attention: maps.root,
      lens,
      tables: [tables.attention.root, tables.lens.root],
    });
    root.append(
      element("style", {}, style),
      element("div", { className: "insight-bar" }, chooser.root, scrub.root),
      element("div", { className: "insight-bar inside-texts" }, text, examples.root),
      note,
      body,
    );

    let info: ModelInfo | undefined;
    let overview: Overview | undefined;
    let operations: readonly Operation[] = [];
    let running: AbortController | undefined;
    /** What is told in a walk through the block. */
    let walked: Facts = {};

    /** Goes on in the walk. @returns whether there is another part, or what is before the first */
    function walkBy(by: number): boolean {
      const parts: readonly string[] = block.parts();
      const at = parts.indexOf(state.values.part) + by;
      if (at < -1 || at >= parts.length) return false;
      state.set({ part: block.parts()[at] ?? "", open: "", at: 0, flow: 0, play: "no" });
      return true;
    }

    function walk(by: number): void {
      if (!walkBy(by) && state.values.part) state.set({ part: "" });
    }

    function tellAll(): void {
      const { layer, head } = within(state.values, overview!);
      tell({ ...factsOf(overview!, info!.tokens, layer, head), ...walked });
    }

    async function compute(): Promise<void> {
      running?.abort();
      running = new AbortController();
      const mine = AbortSignal.any([running.signal, signal]);
      const { values } = state;
      try {
        const own = await holder.open(values.model);
        mine.throwIfAborted();
        const next = await model.call("lookInside", values.text, mine);
        mine.throwIfAborted();
        [info, overview] = [own, next];
        warn(undefined);
        render();
      } catch (error) {
        if (!mine.aborted) warn(messageOf(error));
      }
    }

    function render(): void {
      const { ids } = overview!;
      const { tokens } = info!;
      line.replaceChildren(textLine(ids, tokens));
      note.textContent = readingNote(overview!, info!);
      body.hidden = false;
      operations = operationsOf(overview!.descriptions);
      scheme.draw(schemeOf(overview!.descriptions, ids.length), overview!);
      lens.replaceChildren(lensTable(overview!, tokens));
      choose();
      renderCells();
      tables.attention.refresh();
      tables.lens.refresh();
      root.dataset["shown"] = `${state.values.model} ${ids.join(".")}`;
      const best = overview!.lens.at(-1)!.best[0]!;
      say(
        `Run through: ${counted(ids.length, "token")}. "${visible(tokens[best.id]!)}" is the most probable next.`,
      );
    }

    /** What of the state needs no new pass. */
    function renderCells(): void {
      const { open, at, part } = state.values;
      const chosen = within(state.values, overview!);
      const { layer, head } = chosen;
      maps.draw(overview!, info!.tokens, { layer, head, ...weightOf(state.values, cell.at(), overview!) });
      next.draw({ info: info!, overview: overview! });
      block.draw(() => overview!, info!, { ...chosen, open, at, part, cell: cell.at() });
      tellAll();
      run.draw(state.values, operations);
      cell.follow();
    }

    /** The tensor and the cell that the state names, or the usual. */
    function choose(): void {
      const { pictures, attention } = overview!;
      const { tensor: named, cell: given, open } = state.values;
      const made = operations[state.values.flow - 1]?.output;
      const { layer } = within(state.values, overview!);
      const opened = open && lastOf(open, blockTensors(overview!, layer));
      const usual = made ?? (opened || attention[layer]!.name);
      const tensor = Object.hasOwn(pictures, named) ? named : usual;
      warn(named && tensor !== named ? `This model has no tensor "${named}".` : undefined);
      const isGiven = given[0] && hasCell(pictures[tensor]!.shape, given[0]);
      const usualIndex = () =>
        opened && tensor === "logits"
          ? bestLogit(overview!).index
          : usualCell(tensor, state.values, overview!);
      cell.take(tensor, isGiven ? given[0]! : usualIndex());
      block.mark(tensor);
    }

    const step = (by: number) => {
      if (!overview) return;
      const names = scheme.names();
      const next = names[names.indexOf(cell.at().tensor) + by];
      if (next) state.set({ tensor: next, cell: [], play: "no" });
    };

    let last: InsideState | undefined;
    return {
      walkBy,
      update() {
        const { values } = state;
        if (text.value !== values.text) text.value = values.text;
        chooser.show(values.model);
        examples.offer(values.model);
        scrub.draw(values.model);
        const isSame = last?.text === values.text && last?.model === values.model;
        last = values;
        if (!isSame || !overview) void compute();
        else {
          choose();
          renderCells();
        }
      },
      keys: [
        { key: "j", does: "goes to the tensor before", run: () => step(-1) },
        { key: "k", does: "goes to the tensor after", run: () => step(1) },
        { key: "[", does: "goes to the block before", run: () => choice.blockBy(-1) },
        { key: "]", does: "goes to the next block", run: () => choice.blockBy(1) },
        { key: "h", does: "enlarges the head before", run: () => choice.headBy(-1) },
        { key: "l", does: "enlarges the next head", run: () => choice.headBy(1) },
        { key: "b", does: "goes to the checkpoint before", run: () => scrub.by(-1) },
        { key: "n", does: "goes to the next checkpoint", run: () => scrub.by(1) },
        { key: "w", does: "walks through the block, part by part", run: () => walk(1) },
        { key: "W", does: "goes back in the walk", run: () => walk(-1) },
        ...opened.keys,
        ...run.keys,
        ...next.keys,
      ],
    };
  },
};
