import type { Explanation } from "@llm/gpt/inspect";
import { element } from "../element.js";
import { leadTo } from "../lead-to.js";
import { messageOf } from "../message-of.js";
import { ModelHolder } from "../models.js";
import { isStill } from "../motion.js";
import type { Pose } from "../scene/camera.js";
import { cellCentre, type Panel } from "../scene/layout.js";
import { linesBetween } from "../scene/lines.js";
import type { PickedCell } from "../scene/pick.js";
import type { Moment } from "../scene/stream.js";
import { hasCell, placeOf } from "../scheme.js";
import { asTable } from "../table.js";
import { visible } from "../token-line.js";
import type { View } from "../view.js";
import type { Operation } from "./flow/operations.js";
import { firstOf, runThrough } from "./flow/run-through.js";
import { cellKeys } from "./space/cell-keys.js";
import { chosenCell, indexOf } from "./space/chosen-cell.js";
import { cameraKeys, listen } from "./space/controls.js";
import { fields, type SpaceState } from "./space/fields.js";
import { namesOf } from "./space/labels.js";
import { latest } from "./space/latest.js";
import { spacePicture } from "./space/picture.js";
import { walkProse } from "./space/prose.js";
import { axisOf, byTensor, placesOf, regionsOf, wholeOf } from "./space/regions.js";
import { type Network, networkOf, sizes, tensorsTable } from "./space/shown.js";
import { sizesProse, sizesTable, titlesOf } from "./space/sizes.js";
import style from "./space/space.css?inline";
import { toolbar } from "./space/toolbar.js";
import { CHAPTERS, isAbout, type Piece } from "./space/walk.js";

/** Milliseconds of rest before the address follows the eye. */
const PACE = 250;
/** Networks are compared from the front, where the same is equally large. */
const FRONT = { yaw: 0.1, pitch: 0.1 } as const;

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
    const legend = element(
      "p",
      { className: "space-legend", hidden: true },
      "Lines come from the cells that it is computed from: solid ones from what is computed, dashed ones from what was learned. Of many cells in a row, some stand for all.",
    );
    const leadInside = (link: HTMLAnchorElement, more: Record<string, string>) => {
      const { text, model } = state.values;
      leadTo(link, "inside", { text, model, ...more });
    };
    const chosen = chosenCell(leadInside);
    const walk = walkProse({ go, point, choose });
    const compared = sizesProse((whole) => {
      picture.face(whole?.panels ?? panels, true, FRONT);
      keep();
    });
    const elsewhere = { tensor: "", cell: [], eye: null } as const;
    const run = runThrough({
      ...{ say, show: stream, signal },
      values: () => state.values,
      // What is pointed at, and where the eye is, follow the run.
      set: (patch, kind, isMove) => state.set({ ...patch, ...(isMove && elsewhere) }, kind),
      isAbout: (tensor) => isRead(tensor),
    });
    const tables = {
      sizes: asTable(() => sizesTable(network?.wholes ?? []), "how large each network is"),
      tensors: asTable(() => tensorsTable(panels, operations), "every tensor"),
    };
    root.append(
      element("style", {}, style),
      bar.root,
      element(
        "div",
        { className: "space-columns" },
        element("div", {}, run.root, picture.root, legend),
        element("div", {}, walk.root, compared.root, element("label", {}, "Tensor ", names), ...chosen.parts),
      ),
      tables.tensors.root,
      tables.sizes.root,
      chosen.table,
    );

    let network: Network | undefined;
    let panels: readonly Panel[] = [];
    let planes = byTensor([]);
    let operations: readonly Operation[] = [];
    /** What the run through the network is at. */
    let streaming: Pick<Moment, "operands" | "outputs"> | undefined;
    let at: PickedCell | undefined;
    let running: AbortController | undefined;
    let keeping: ReturnType<typeof setTimeout> | undefined;
    signal.addEventListener("abort", () => {
      clearTimeout(keeping);
      scene?.close();
    });

    const planesOf = (tensor: string) => planes.get(tensor) ?? [];
    const chapter = () => CHAPTERS[state.values.chapter - 1]!;
    /** Whether what is read is about this tensor; where networks are compared it is about all. */
    const isRead = (tensor: string) => network?.wholes !== undefined || isAbout(chapter(), tensor);
    const chapterPanels = () => panels.filter(({ box }) => isRead(box.name));

    /** Opens a chapter of the walk, whose operations then run by themselves. */
    function go(to: number): void {
      const next = CHAPTERS[to - 1];
      if (!next || network?.wholes) return;
      clearTimeout(keeping);
      const first = firstOf(operations, (tensor) => isAbout(next, tensor));
      const begun = isStill() ? { flow: 0, play: "no" as const } : { flow: first, play: next.play };
      state.set({ chapter: to, ...begun, ...elsewhere });
    }

    /** Shows the last of these operations, and what those before it have made; undefined: everything. */
    function stream(upTo: readonly Operation[] | undefined, isGradual: boolean): void {
      const now = upTo?.at(-1);
      if (!upTo || !now) {
        const wasStreaming = streaming !== undefined;
        streaming = undefined;
        scene?.stream(undefined, false);
        strengthen();
        mark();
        if (wasStreaming && !state.values.eye) picture.face(chapterPanels(), true);
        return;
      }
      const moving = { operands: now.operands.flatMap(planesOf), outputs: planesOf(now.output) };
      streaming = moving;
      const there = new Set(upTo.flatMap(({ output, operands }) => [output, ...operands]));
      scene?.stream({ ...moving, isThere: ({ box }) => there.has(box.name) }, isGradual);
      strengthen();
      mark();
      if (state.values.eye) return;
      const { section } = moving.outputs[0]!;
      const near = moving.operands.filter((panel) => panel.section === section);
      picture.follow([...moving.outputs, ...near], true);
    }

    /** Chooses a tensor's last row, which has seen most, and looks at it. */
    function choose(tensor: string): void {
      const [first] = planesOf(tensor);
      if (!first) return;
      picture.face(planesOf(tensor), true);
      pointAt({ panel: first, row: first.box.rows - 1, column: 0 });
      keep();
    }

    /** Shows what a link of the walk names. */
    function point(piece: Piece | undefined): void {
      strengthen(piece?.tensors);
      if (piece?.axis) picture.mark(axisOf(chapterPanels(), piece.axis));
      else if (piece?.tensors) picture.mark(piece.tensors.flatMap(planesOf).map(wholeOf));
      else mark();
    }

    /** Lets all but some tensors, or the chapter's, stand back. */
    function strengthen(tensors?: readonly string[]): void {
      const isAll = !tensors && (streaming !== undefined || chapter().about.length === 0);
      const isStrong = ({ box }: Panel) => (tensors ? tensors.includes(box.name) : isRead(box.name));
      scene?.strengthen(isAll ? undefined : isStrong);
    }

    /** Frames the chosen cell and its operands, and draws lines between them; else what the run is at. */
    function mark(): void {
      const operands = at ? placesOf(chosen.operandsOf(at), planes) : [];
      legend.hidden = operands.length === 0 || !scene;
      if (!at) {
        picture.mark([...(streaming?.operands ?? []), ...(streaming?.outputs ?? [])].map(wholeOf));
        return;
      }
      const own = { panel: at.panel, top: at.row, left: at.column, rows: 1, columns: 1 };
      picture.mark([own, ...regionsOf(operands)], linesBetween(operands, at));
    }

    /** Shows a cell and what it is computed from; the address stays as it is. */
    function pointAt(cell: PickedCell | undefined): void {
      at = cell;
      walk.light(cell?.panel.box.name);
      void follow();
    }

    /** The address follows the chosen cell and the eye when they rest; a run that goes on pauses for them. */
    function keep(): void {
      clearTimeout(keeping);
      if (run.isPlaying) save();
      else keeping = setTimeout(save, PACE);
    }

    function save(): void {
      if (signal.aborted) return;
      const cell = at ? { tensor: at.panel.box.name, cell: [indexOf(at)] } : { tensor: "", cell: [] };
      state.set({ ...cell, eye: scene?.pose ?? null, play: "no" }, "drift");
    }

    /** Explains the chosen cell. */
    const follow = latest(
      async (isStale) => {
        const [of, cell] = [network, at];
        const found =
          cell && of?.pass
            ? await model.call("explain", { tensor: cell.panel.box.name, index: indexOf(cell) }, signal)
            : undefined;
        if (of === network && !isStale()) tellOf(cell, found);
      },
      (error) => {
        if (!signal.aborted) warn(messageOf(error));
      },
    );

    function tellOf(cell: PickedCell | undefined, found: Explanation | undefined): void {
      chosen.tell(cell, found);
      if (cell) {
        const { name } = cell.panel.box;
        names.value = name;
        root.dataset["cell"] = `${name} ${indexOf(cell).join(".")}`;
      }
      mark();
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
        if (!mine.aborted) warn(messageOf(error));
      }
    }

    let key = "";
    /** What was said of a tensor that is not there. */
    let lostShown: string | undefined;
    function render(next: Network): void {
      network = next;
      const { pass, wholes } = next;
      const before = key;
      ({ key, operations } = next);
      if (key !== before) {
        panels = next.layout();
        planes = byTensor(panels);
        picture.name([...(wholes ? titlesOf(wholes) : []), ...namesOf(panels)]);
        names.replaceChildren(...[...planes.keys()].map((name) => element("option", { value: name }, name)));
      }
      run.root.hidden = walk.root.hidden = wholes !== undefined;
      tables.sizes.root.hidden = wholes === undefined;
      compared.draw(wholes);
      scene?.show(panels, next.shown);
      renderState(key !== before);
      tables.tensors.refresh();
      tables.sizes.refresh();
      root.dataset["shown"] = `${state.values.shape} ${pass?.overview.ids.join(".") ?? ""}`;
      const { weights, tensors } = sizes(panels);
      const best = pass && pass.info.tokens[pass.overview.lens.at(-1)!.best[0]!.id]!;
      tell({ tensors, weights, vocabulary: pass?.info.vocabSize, best: best && visible(best) });
      say(
        `${wholes ? `${wholes.length} networks, ` : ""}${tensors.toLocaleString("en")} tensors, ${weights.toLocaleString("en")} weights.${best === undefined ? "" : ` "${visible(best)}" is the most probable next token.`}`,
      );
    }

    let chapterShown = 0;
    /** What of the state needs no new pass. */
    function renderState(isNew: boolean): void {
      const { chapter: now, eye, tensor, cell } = state.values;
      const isOther = isNew || now !== chapterShown;
      if (isOther) walk.draw(now, new Set(panels.map(({ box }) => box.name)));
      strengthen();
      // On its way there it goes on.
      if (eye && eye !== scene?.pose) scene?.look(eye);
      const from = network?.wholes && FRONT;
      if (!eye && isOther) picture.face(chapterPanels(), chapterShown > 0, from);
      chapterShown = now;
      run.draw(state.values, operations);
      const planes = planesOf(tensor);
      const shape = planes[0]?.box.shape;
      const lost = tensor && !shape ? `This model has no tensor "${tensor}".` : undefined;
      if (lost !== lostShown) warn(lost);
      lostShown = lost;
      if (!shape) {
        pointAt(undefined);
        return;
      }
      const index = cell[0] && hasCell(shape, cell[0]) ? cell[0] : shape.map(() => 0);
      const { plane, row, column } = placeOf(shape, index);
      pointAt({ panel: planes[plane]!, row, column });
    }

    const steps = cellKeys(canvas, {
      at: () => at,
      planes: () => planes,
      first: () => chapterPanels()[0],
      choose,
      point(cell) {
        pointAt(cell);
        keep();
      },
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
        leadInside(picture.flat, values.flow > 0 ? { flow: `${values.flow}` } : {});
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
        ...steps,
      ],
    };
  },
};
