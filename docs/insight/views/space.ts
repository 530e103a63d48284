import type { Explanation } from "@llm/gpt/inspect";
import { element } from "../element.js";
import { ModelHolder } from "../models.js";
import type { Pose } from "../scene/camera.js";
import { cellCentre, layout, type Panel } from "../scene/layout.js";
import type { PickedCell } from "../scene/pick.js";
import { hasCell, indexAt, placeOf, schemeOf } from "../scheme.js";
import { asTable } from "../table.js";
import { visible } from "../token-line.js";
import type { View } from "../view.js";
import { operandsTable } from "./inside/tables.js";
import { cameraKeys, listen } from "./space/controls.js";
import { fields, type SpaceState } from "./space/fields.js";
import { type Operation, operationsOf } from "./space/operations.js";
import { spacePicture } from "./space/picture.js";
import { walkProse } from "./space/prose.js";
import { axisOf, regionsOf, wholeOf } from "./space/regions.js";
import { runThrough } from "./space/run-through.js";
import { type Network, networkOf, sizes, tensorsTable } from "./space/shown.js";
import style from "./space/space.css?inline";
import { toolbar } from "./space/toolbar.js";
import { CHAPTERS, isAbout, type Piece } from "./space/walk.js";

/** Milliseconds of rest before the address follows the eye. */
const PACE = 250;

/** The whole network in space: every tensor, every cell, and where each comes from. */
export const space: View<typeof fields> = {
  name: "space",
  title: "In 3D",
  question: "What does the whole network look like, and how does a text run through it?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const holder = new ModelHolder(model);
    const bar = toolbar(state);
    const picture = spacePicture(warn);
    const { scene, canvas } = picture;
    const names = element("select");
    names.addEventListener("change", () => choose(names.value));
    const words = element("p", { className: "space-cell", attributes: { "aria-live": "polite" } });
    const flat = element("a", {}, "The same cell in the view Inside");
    const walk = walkProse({ go, point, choose });
    const run = runThrough({
      ...{ state, say, show: stream, signal },
      isOfChapter: (tensor) => isAbout(chapter(), tensor),
    });
    const tables = {
      tensors: asTable(() => tensorsTable(panels, operations), "every tensor"),
      operands: asTable(() => operandsTable(explained), "what the chosen cell is computed from"),
    };
    root.append(
      element("style", {}, style),
      bar.root,
      element(
        "div",
        { className: "space-columns" },
        element("div", {}, run.root, picture.root),
        element("div", {}, walk.root, element("label", {}, "Tensor ", names), words, element("p", {}, flat)),
      ),
      tables.tensors.root,
      tables.operands.root,
    );

    let network: Network | undefined;
    let panels: readonly Panel[] = [];
    let operations: readonly Operation[] = [];
    /** What the run through the network is at. */
    let streaming: { operands: Panel[]; outputs: Panel[] } | undefined;
    let explained: Explanation | undefined;
    let at: PickedCell | undefined;
    let running: AbortController | undefined;
    let keeping: ReturnType<typeof setTimeout> | undefined;
    signal.addEventListener("abort", () => {
      clearTimeout(keeping);
      scene?.close();
    });

    const planesOf = (tensor: string) => panels.filter(({ box }) => box.name === tensor);
    const chapter = () => CHAPTERS[state.values.chapter - 1]!;
    const chapterPanels = () => panels.filter(({ box }) => isAbout(chapter(), box.name));

    function go(to: number): void {
      if (to >= 1 && to <= CHAPTERS.length)
        state.set({ chapter: to, flow: 0, play: "no", eye: null, tensor: "", cell: [] });
    }

    /** Shows the last of these operations, and what those before it have made; undefined: everything. */
    function stream(upTo: readonly Operation[] | undefined, isGradual: boolean): void {
      const now = upTo?.at(-1);
      if (!upTo || !now) {
        const wasStreaming = streaming !== undefined;
        streaming = undefined;
        scene?.stream(undefined, false);
        strengthen();
        frames();
        if (wasStreaming && !state.values.eye) picture.face(chapterPanels(), true);
        return;
      }
      streaming = { operands: now.operands.flatMap(planesOf), outputs: planesOf(now.output) };
      const there = new Set(upTo.flatMap(({ output, operands }) => [output, ...operands]));
      scene?.stream({ ...streaming, isThere: ({ box }) => there.has(box.name) }, isGradual);
      strengthen();
      frames();
      if (state.values.eye) return;
      const { section } = streaming.outputs[0]!;
      const near = streaming.operands.filter((panel) => panel.section === section);
      picture.follow([...streaming.outputs, ...near], true);
    }

    /** Chooses a tensor's last row, which has seen most, and looks at it. */
    function choose(tensor: string): void {
      const planes = planesOf(tensor);
      if (planes.length === 0) return;
      picture.face(planes, true);
      pointAt({ panel: planes[0]!, row: planes[0]!.box.rows - 1, column: 0 });
      keep();
    }

    /** Shows what a link of the walk names. */
    function point(piece: Piece | undefined): void {
      strengthen(piece?.tensors);
      if (piece?.axis) picture.frame(axisOf(chapterPanels(), piece.axis));
      else if (piece?.tensors) picture.frame(piece.tensors.flatMap(planesOf).map(wholeOf));
      else frames();
    }

    /** Lets all but some tensors, or the chapter's, stand back. */
    function strengthen(tensors?: readonly string[]): void {
      const isAll = !tensors && (streaming !== undefined || chapter().about.length === 0);
      const isStrong = ({ box }: Panel) =>
        tensors ? tensors.includes(box.name) : isAbout(chapter(), box.name);
      scene?.strengthen(isAll ? undefined : isStrong);
    }

    function frames(): void {
      const own = at && { panel: at.panel, top: at.row, left: at.column, rows: 1, columns: 1 };
      const moving = [...(streaming?.operands ?? []), ...(streaming?.outputs ?? [])].map(wholeOf);
      picture.frame(own ? [own, ...regionsOf(explained?.operands ?? [], panels)] : moving);
    }

    const indexOf = ({ panel, row, column }: PickedCell) =>
      indexAt(panel.box.shape, { plane: panel.plane, row, column });

    /** Shows a cell and what it is computed from; the address stays as it is. */
    function pointAt(cell: PickedCell | undefined): void {
      at = cell;
      walk.light(cell?.panel.box.name);
      void follow();
    }

    /** The address follows the chosen cell and the eye when they rest. */
    function keep(): void {
      clearTimeout(keeping);
      keeping = setTimeout(() => {
        if (signal.aborted) return;
        const cell = at ? { tensor: at.panel.box.name, cell: [indexOf(at)] } : { tensor: "", cell: [] };
        state.set({ ...cell, eye: scene?.pose ?? null }, "drift");
      }, PACE);
    }

    let isFollowing = false;
    let isStale = false;
    /** Explains the chosen cell; while one is explained, only the last of those chosen meanwhile is next. */
    async function follow(): Promise<void> {
      isStale = true;
      if (isFollowing) return;
      isFollowing = true;
      try {
        while (isStale && !signal.aborted) {
          isStale = false;
          await explain(network, at);
        }
      } catch (error) {
        if (!signal.aborted) warn(error instanceof Error ? error.message : String(error));
      } finally {
        isFollowing = false;
      }
    }

    async function explain(of: Network | undefined, cell: PickedCell | undefined): Promise<void> {
      const found =
        cell && of?.pass
          ? await model.call("explain", { tensor: cell.panel.box.name, index: indexOf(cell) }, signal)
          : undefined;
      if (of !== network || isStale) return;
      explained = found;
      flat.hidden = !found;
      words.textContent = cell ? inWords(cell, found) : "Point at a cell, or go to one by arrow keys.";
      if (cell) {
        const { name } = cell.panel.box;
        const index = indexOf(cell).join(".");
        const { text, model: opened } = state.values;
        names.value = name;
        flat.href = `#v1/inside?${new URLSearchParams({ text, model: opened, tensor: name, cell: index })}`;
        root.dataset["cell"] = `${name} ${index}`;
      }
      frames();
      tables.operands.refresh();
    }

    function inWords(cell: PickedCell, found: Explanation | undefined): string {
      const { name, operation } = cell.panel.box;
      const place = `${name}[${indexOf(cell).join(", ")}]`;
      if (!found) return `${place}: ${operation}. Here is only a shape, without weights.`;
      return found.operands.length > 0
        ? `${place} = ${found.formula}`
        : `${place} = ${found.captured.toPrecision(4)}, a value of its own`;
    }

    async function compute(): Promise<void> {
      running?.abort();
      running = new AbortController();
      const mine = AbortSignal.any([running.signal, signal]);
      try {
        const next = await networkOf(state.values, model, holder, mine);
        mine.throwIfAborted();
        warn(undefined);
        render(next);
      } catch (error) {
        if (!mine.aborted) warn(error instanceof Error ? error.message : String(error));
      }
    }

    let key = "";
    function render(next: Network): void {
      network = next;
      const { descriptions, positions, pass } = next;
      const before = key;
      key = `${positions} ${descriptions.map(({ name, shape }) => `${name} ${shape.join(".")}`).join()}`;
      if (key !== before) {
        panels = layout(schemeOf(descriptions, positions));
        const all = [...new Set(panels.map(({ box }) => box.name))];
        names.replaceChildren(...all.map((name) => element("option", { value: name }, name)));
      }
      operations = operationsOf(descriptions);
      scene?.show(panels, next.shown);
      renderState(key !== before);
      tables.tensors.refresh();
      root.dataset["shown"] = `${state.values.shape} ${pass?.overview.ids.join(".") ?? ""}`;
      const { weights, tensors } = sizes(panels);
      const best = pass && pass.info.tokens[pass.overview.lens.at(-1)!.best[0]!.id]!;
      tell({ tensors, weights, vocabulary: pass?.info.vocabSize, best: best && visible(best) });
      say(
        `${tensors} tensors, ${weights.toLocaleString("en")} weights.${best === undefined ? "" : ` "${visible(best)}" is the most probable next token.`}`,
      );
    }

    let chapterShown = 0;
    /** What of the state needs no new pass. */
    function renderState(isNew: boolean): void {
      const { chapter: now, eye, tensor, cell } = state.values;
      const isOther = isNew || now !== chapterShown;
      if (isOther) walk.draw(now, new Set(panels.map(({ box }) => box.name)));
      strengthen();
      if (eye) scene?.look(eye);
      else if (isOther) picture.face(chapterPanels(), chapterShown > 0);
      chapterShown = now;
      run.draw(state.values, operations);
      const planes = planesOf(tensor);
      const shape = planes[0]?.box.shape;
      if (tensor && !shape) warn(`This model has no tensor "${tensor}".`);
      if (!shape) {
        pointAt(undefined);
        return;
      }
      const index = cell[0] && hasCell(shape, cell[0]) ? cell[0] : shape.map(() => 0);
      const { plane, row, column } = placeOf(shape, index);
      pointAt({ panel: planes[plane]!, row, column });
    }

    /** Goes from cell to cell, at first to the chapter's first one. */
    function step(rows: number, columns: number): void {
      const from = at ?? { panel: chapterPanels()[0], row: -rows, column: -columns };
      if (!from.panel) return;
      const { box } = from.panel;
      const row = Math.max(0, Math.min(box.rows - 1, from.row + rows));
      const column = Math.max(0, Math.min(box.columns - 1, from.column + columns));
      pointAt({ panel: from.panel, row, column });
      keep();
    }
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!by) return;
      event.preventDefault();
      step(by[0]!, by[1]!);
    });
    function look(change: (pose: Pose) => Pose): void {
      scene?.look(change(scene.pose));
      keep();
    }
    if (scene) {
      const actions = {
        pose: () => scene.pose,
        look: (pose: Pose) => look(() => pose),
        hover(place: { x: number; y: number } | undefined) {
          const found = place && scene.cellAt(place.x, place.y);
          if (found) pointAt(found);
        },
        press(x: number, y: number) {
          actions.hover({ x, y });
          keep();
        },
      };
      listen(canvas, actions, signal);
    }
    function tensorBy(by: number): void {
      const all = [...new Set(panels.map(({ box }) => box.name))];
      const next = all[(at ? all.indexOf(at.panel.box.name) : -1) + by];
      if (next) choose(next);
    }
    function planeBy(by: number): void {
      const panel = at && planesOf(at.panel.box.name)[at.panel.plane + by];
      if (at && panel) pointAt({ ...at, panel });
      keep();
    }
    function nearer(): void {
      if (!at || !scene) return;
      const width = at.panel.size[0] / at.panel.box.columns;
      const target = cellCentre(at.panel, at.row, at.column);
      scene.look({ ...scene.pose, target, distance: Math.max(8, 40 * width) }, true);
      keep();
    }

    let last: SpaceState | undefined;
    return {
      update() {
        const { values } = state;
        const former = last;
        last = values;
        bar.show(values);
        const isSame = (["text", "model", "shape", "layers"] as const).every(
          (name) => former?.[name] === values[name],
        );
        if (!isSame || !network) void compute();
        else renderState(false);
      },
      keys: [
        { key: " ", does: "goes on in the walk", run: () => go(state.values.chapter + 1) },
        { key: "Backspace", does: "goes back in the walk", run: () => go(state.values.chapter - 1) },
        ...run.keys,
        ...cameraKeys(look),
        { key: "c", does: "goes to the chosen cell", run: nearer },
        { key: "j", does: "goes to the tensor before", run: () => tensorBy(-1) },
        { key: "k", does: "goes to the tensor after", run: () => tensorBy(1) },
        { key: "h", does: "goes to the head before", run: () => planeBy(-1) },
        { key: "l", does: "goes to the next head", run: () => planeBy(1) },
      ],
    };
  },
};
