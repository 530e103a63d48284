import type { Explanation } from "@llm/gpt/inspect";
import { element } from "../element.js";
import type { Overview } from "../engine/inside.js";
import type { ModelInfo } from "../engine/opened.js";
import { numberField, pathsField, textField } from "../fields.js";
import { CHECKPOINTS, ModelHolder, modelChooser, modelField } from "../models.js";
import { hasCell, indexAt, type Place, placeOf, type Section, schemeOf } from "../scheme.js";
import { asTable } from "../table.js";
import { tokenLine, visible } from "../token-line.js";
import type { StateValues, View } from "../view.js";
import { attentionMaps } from "./inside/attention-maps.js";
import { cellPanel } from "./inside/cell-panel.js";
import { lensTable } from "./inside/lens-table.js";
import { schemeList } from "./inside/scheme-list.js";
import { attentionTable, cellsTable, lensRows, operandsTable, type ShownPart } from "./inside/tables.js";
import "./inside/inside.css";

const fields = {
  text: textField("The model is trained on"),
  model: modelField,
  /** Empty: the first weights of attention. */
  tensor: textField(""),
  /** Its chosen cell. */
  cell: pathsField,
  layer: numberField(0, 0, 999),
  head: numberField(0, 0, 999),
};

type InsideState = StateValues<View<typeof fields>>;

/** A text for a model without a tokenizer: tokens that come again. */
const REPEATED = "d 7 k b p 3 d 7 k b p 3";
/** Milliseconds of rest before the address follows a chosen cell. */
const PACE = 250;

/** A pass through the network, with every number that it is made of. */
export const inside: View<typeof fields> = {
  name: "inside",
  title: "Inside",
  question: "What happens between a text and the next token, and where does each number come from?",
  fields,
  open(root, { state, model, say, warn, signal }) {
    const holder = new ModelHolder(model);
    const chooser = modelChooser((name) => {
      const { text } = state.values;
      const isCopier = name === "copier";
      const fits = isCopier ? fields.text.initial !== text : text !== REPEATED;
      state.set({ model: name, ...(!fits && { text: isCopier ? REPEATED : fields.text.initial }) });
    });
    const scrub = element("input", {
      type: "range",
      attributes: { min: "0", max: `${CHECKPOINTS.length - 1}`, "aria-label": "Checkpoint of base" },
    });
    scrub.addEventListener("input", () =>
      state.set({ model: CHECKPOINTS[Number(scrub.value)]!.name }, "drift"),
    );
    const text = element("input", {
      type: "text",
      attributes: { "aria-label": "Text that runs through the model" },
    });
    text.addEventListener("input", () => state.set({ text: text.value }, "drift"));
    const note = element("p");
    const line = element("div");
    const scheme = schemeList((tensor) => state.set({ tensor, cell: [] }));
    const panel = cellPanel({
      chosen(place, kept) {
        point(place);
        if (kept) keep();
      },
      moved(rows, columns) {
        const { rows: height, columns: width } = planeOf();
        const row = Math.max(0, Math.min(height - 1, at.place.row + rows));
        const column = Math.max(0, Math.min(width - 1, at.place.column + columns));
        point({ ...at.place, row, column });
        keep();
      },
      plane(plane) {
        point({ ...at.place, plane });
        keep();
      },
      follow: (tensor, index) => state.set({ tensor, cell: [index] }),
    });
    const maps = attentionMaps({
      enlarge: (layer, head) => state.set({ layer, head }),
      chosen: (layer, head, query, key) => {
        const { name } = overview!.attention[layer]!;
        at = { tensor: name, place: placeOf(shapeOf(name), [0, head, query, key]) };
        void follow();
        keep();
      },
    });
    const lens = element("div");
    const tables = {
      cells: asTable(() => cellsTable(part), "the cells"),
      operands: asTable(() => operandsTable(explained), "what the chosen cell is computed from"),
      attention: asTable(() => attentionTable(overview, info), "attention"),
      lens: asTable(() => lensRows(overview, info), "the logit lens"),
    };
    root.append(
      element("div", { className: "insight-bar" }, chooser.root),
      element("label", { className: "inside-scrub" }, "Earlier and later in its training ", scrub),
      text,
      line,
      note,
      element(
        "div",
        { className: "inside-columns" },
        element(
          "section",
          { attributes: { "aria-label": "Every tensor" } },
          element("h3", {}, "Every tensor, in the order of computation"),
          element(
            "div",
            {
              className: "scheme-scroll",
              tabIndex: 0,
              attributes: { role: "region", "aria-label": "Tensors" },
            },
            scheme.root,
          ),
        ),
        panel.root,
      ),
      tables.cells.root,
      tables.operands.root,
      element("h3", {}, "Attention of every layer and head"),
      maps.root,
      tables.attention.root,
      element("h3", {}, "The logit lens"),
      lens,
      tables.lens.root,
    );

    let info: ModelInfo | undefined;
    let overview: Overview | undefined;
    let sections: readonly Section[] = [];
    let explained: Explanation | undefined;
    let at: { tensor: string; place: Place } = { tensor: "", place: { plane: 0, row: 0, column: 0 } };
    let part: ShownPart | undefined;
    let running: AbortController | undefined;
    let keeping: ReturnType<typeof setTimeout> | undefined;

    const shapeOf = (tensor: string) => overview!.pictures[tensor]!.shape;
    const planeOf = () => ({ rows: shapeOf(at.tensor).at(-2) ?? 1, columns: shapeOf(at.tensor).at(-1)! });

    /** Shows how a cell came about; the address stays as it is. */
    function point(place: Place): void {
      at = { ...at, place };
      void follow();
    }

    /** The address follows the chosen cell when it rests. */
    function keep(): void {
      clearTimeout(keeping);
      keeping = setTimeout(() => {
        if (signal.aborted) return;
        state.set({ tensor: at.tensor, cell: [indexAt(shapeOf(at.tensor), at.place)] }, "drift");
      }, PACE);
    }

    let isFollowing = false;
    let isStale = false;
    /** Draws the chosen cell; while one is drawn, only the last of those chosen meanwhile is next. */
    async function follow(): Promise<void> {
      isStale = true;
      if (isFollowing) return;
      isFollowing = true;
      try {
        while (isStale && !signal.aborted) {
          isStale = false;
          const [{ tensor, place }, of] = [at, overview!];
          const index = indexAt(of.pictures[tensor]!.shape, place);
          if (!isIn(place, tensor, of)) {
            const cells = await model.call("cellsAround", { tensor, ...place }, signal);
            part = { ...cells, tensor, plane: place.plane, of };
          }
          const explanation = await model.call("explain", { tensor, index }, signal);
          if (overview !== of || isStale) continue;
          explained = explanation;
          const operation = of.descriptions.find(({ name }) => name === tensor)!;
          panel.draw(tensor, operation.operation ?? operation.kind, of.pictures[tensor]!, part!, place);
          panel.explain(explanation, of, (position) => `"${visible(info!.tokens[of.ids[position]!]!)}"`);
          scheme.light(tensor, explanation.operands);
          tables.cells.refresh();
          tables.operands.refresh();
          root.dataset["cell"] = `${tensor} ${index.join(".")}`;
        }
      } catch (error) {
        if (!signal.aborted) warn(error instanceof Error ? error.message : String(error));
      } finally {
        isFollowing = false;
      }
    }

    const isIn = ({ plane, row, column }: Place, tensor: string, of: Overview) =>
      part !== undefined &&
      part.of === of &&
      part.tensor === tensor &&
      part.plane === plane &&
      row >= part.top &&
      row < part.top + part.rows &&
      column >= part.left &&
      column < part.left + part.columns;

    async function compute(): Promise<void> {
      running?.abort();
      running = new AbortController();
      const mine = AbortSignal.any([running.signal, signal]);
      const { values } = state;
      try {
        const opened = await holder.open(values.model);
        mine.throwIfAborted();
        const next = await model.call("lookInside", values.text, mine);
        mine.throwIfAborted();
        [info, overview] = [opened, next];
        sections = schemeOf(next.descriptions, next.ids.length);
        warn(undefined);
        render();
      } catch (error) {
        if (!mine.aborted) warn(error instanceof Error ? error.message : String(error));
      }
    }

    function render(): void {
      const { ids, left } = overview!;
      const { tokens, blockSize } = info!;
      line.replaceChildren(
        tokenLine(
          ids.map((id) => ({ id, text: tokens[id]! })),
          {
            label: "The text as tokens",
            ids: true,
            space: true,
            words: (place) => `position ${place}: token ${ids[place]}, "${visible(tokens[ids[place]!]!)}"`,
          },
        ),
      );
      note.textContent = left
        ? `The last ${left} tokens are left out: the model sees ${blockSize}, and this view shows at most 48.`
        : "";
      scheme.draw(sections, overview!);
      lens.replaceChildren(lensTable(overview!, tokens));
      choose();
      renderCells();
      tables.attention.refresh();
      tables.lens.refresh();
      root.dataset["shown"] = `${state.values.model} ${ids.join(".")}`;
      const best = overview!.lens.at(-1)!.best[0]!;
      say(`${ids.length} tokens have run through. "${visible(tokens[best.id]!)}" is the most probable next.`);
    }

    /** What of the state needs no new pass. */
    function renderCells(): void {
      const { attention } = overview!;
      const layer = Math.min(state.values.layer, attention.length - 1);
      const head = Math.min(state.values.head, attention[layer]!.heads - 1);
      maps.draw(overview!, info!.tokens, layer, head);
      void follow();
    }

    /** The tensor and the cell that the state names, or the usual. */
    function choose(): void {
      const { pictures, attention } = overview!;
      const { tensor: named, cell } = state.values;
      const tensor = named in pictures ? named : attention[0]!.name;
      if (named && tensor !== named) warn(`This model has no tensor "${named}".`);
      const shape = shapeOf(tensor);
      // Of a row a position, the last one has seen most.
      const usual = shape.map((extent, axis) => (axis > 0 && axis === shape.length - 2 ? extent - 1 : 0));
      const index = cell[0] && hasCell(shape, cell[0]) ? cell[0] : usual;
      at = { tensor, place: placeOf(shape, index) };
    }

    const step = (by: number) => {
      if (!overview) return;
      const names = scheme.names();
      const next = names[names.indexOf(at.tensor) + by];
      if (next) state.set({ tensor: next, cell: [] });
    };
    const scrubBy = (by: number) => {
      const now = CHECKPOINTS.findIndex(({ name }) => name === state.values.model);
      const next = CHECKPOINTS[now + by];
      if (now >= 0 && next) state.set({ model: next.name });
    };
    const headBy = (by: number) => {
      if (!overview) return;
      const all = overview.attention.flatMap(({ heads }, layer) =>
        Array.from({ length: heads }, (_, head) => ({ layer, head })),
      );
      const now = all.findIndex(
        ({ layer, head }) => layer === state.values.layer && head === state.values.head,
      );
      const next = all[now + by];
      if (next) state.set(next);
    };

    let last: InsideState | undefined;
    return {
      update() {
        const { values } = state;
        if (text.value !== values.text) text.value = values.text;
        chooser.select.value = values.model;
        const checkpoint = CHECKPOINTS.findIndex(({ name }) => name === values.model);
        scrub.disabled = checkpoint < 0;
        if (checkpoint >= 0) {
          scrub.value = `${checkpoint}`;
          scrub.setAttribute("aria-valuetext", `after step ${CHECKPOINTS[checkpoint]!.step}`);
        }
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
        { key: "h", does: "enlarges the head before", run: () => headBy(-1) },
        { key: "l", does: "enlarges the next head", run: () => headBy(1) },
        { key: ",", does: "goes to the checkpoint before", run: () => scrubBy(-1) },
        { key: ".", does: "goes to the next checkpoint", run: () => scrubBy(1) },
      ],
    };
  },
};
