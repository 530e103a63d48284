import type { Explanation } from "@llm/gpt/inspect";
import { element } from "../element.js";
import { leadTo } from "../lead-to.js";
import { messageOf } from "../message-of.js";
import { ModelHolder } from "../models.js";
import { isStill } from "../motion.js";
import { nextTokens } from "../next/next-tokens.js";
import type { Pose } from "../scene/camera.js";
import { cellCentre } from "../scene/layout.js";
import type { PickedCell } from "../scene/pick.js";
import { STEP } from "../scene/stream.js";
import { hasCell, placeOf } from "../scheme.js";
import { asTable } from "../table.js";
import { visible } from "../token-line.js";
import type { View } from "../view.js";
import type { Operation } from "./flow/operations.js";
import { firstOf, runThrough } from "./flow/run-through.js";
import { textsOf } from "./inside/tables.js";
import { cellKeys } from "./space/cell-keys.js";
import { isAbout } from "./space/chapter.js";
import { chosenCell, indexOf } from "./space/chosen-cell.js";
import { cameraKeys, listen } from "./space/controls.js";
import { fields, type SpaceState } from "./space/fields.js";
import { fillScreen } from "./space/fill-screen.js";
import { Highlights } from "./space/highlights.js";
import { blockTitles, namesOf, rowsOf } from "./space/labels.js";
import { latest } from "./space/latest.js";
import { spacePicture } from "./space/picture.js";
import { walkProse } from "./space/prose.js";
import { type Network, networkOf, sizes, tensorsTable } from "./space/shown.js";
import { sizesProse, sizesTable, titlesOf } from "./space/sizes.js";
import style from "./space/space.css?inline";
import { toolbar } from "./space/toolbar.js";
import { CHAPTERS } from "./space/walk.js";

/** Milliseconds of rest before the address follows the eye. */
const PACE = 250;
/** Letters of a token that stand beside a row. */
const LONGEST = 12;
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
    const chosen = chosenCell(leadInside, () => {
      const pass = network?.pass;
      return pass && textsOf(pass.overview, pass.info);
    });
    const next = nextTokens({
      values: () => state.values,
      set: (patch) => state.set(patch, "drift"),
      write: (text) => state.set({ text, flow: 0, play: "no" }),
      ask: (settings) => model.call("nextTokens", settings, signal),
      failed: (error) => signal.aborted || warn(messageOf(error)),
    });
    const chapter = () => CHAPTERS[state.values.chapter - 1]!;
    const isCompared = () => network?.wholes !== undefined;
    /** Whether what is read is about this tensor; where networks are compared it is about all. */
    const isRead = (tensor: string) => isCompared() || isAbout(chapter(), tensor);
    const highlights = new Highlights(picture, {
      isAbout: isRead,
      isAboutAll: () => isCompared() || chapter().about.length === 0,
    });
    const walk = walkProse({ go, choose, point: (piece) => highlights.point(piece) });
    const compared = sizesProse((whole) => {
      picture.face(whole?.panels ?? highlights.panels, true, FRONT);
      keep();
    });
    const elsewhere = { tensor: "", cell: [], eye: null } as const;
    const run = runThrough({
      ...{ say, show: stream, signal },
      values: () => state.values,
      // What is pointed at, and where the eye is, follow the run.
      set: (patch, kind, isMove) => state.set({ ...patch, ...(isMove && elsewhere) }, kind),
      isAbout: isRead,
    });
    const tables = {
      sizes: asTable(() => sizesTable(network?.wholes ?? []), "how large each network is"),
      tensors: asTable(() => tensorsTable(highlights.panels, operations), "every tensor"),
    };
    const filling = fillScreen(root, signal);
    root.classList.add("space");
    root.append(
      element("style", {}, style),
      bar.root,
      spaceColumns(
        [picture.root, run.root, element("div", { className: "insight-bar" }, filling.button, legend)],
        [walk.root, compared.root, next.root, element("label", {}, "Tensor ", names), ...chosen.parts],
      ),
      tables.tensors.root,
      tables.sizes.root,
      chosen.table,
    );

    let network: Network | undefined;
    let operations: readonly Operation[] = [];
    let at: PickedCell | undefined;
    let running: AbortController | undefined;
    let keeping: ReturnType<typeof setTimeout> | undefined;
    /** While the values of a step are on their way. */
    let moving: ReturnType<typeof setTimeout> | undefined;
    signal.addEventListener("abort", () => {
      clearTimeout(keeping);
      clearTimeout(moving);
      scene?.close();
    });

    /** Opens a chapter of the walk, whose operations then run by themselves. */
    function go(to: number): void {
      const opened = CHAPTERS[to - 1];
      if (!opened || isCompared()) return;
      clearTimeout(keeping);
      const first = firstOf(operations, (tensor) => isAbout(opened, tensor));
      const begun = isStill() ? { flow: 0, play: "no" as const } : { flow: first, play: opened.play };
      state.set({ chapter: to, ...begun, ...elsewhere });
    }

    /** Shows a run up to its last operation; undefined: everything. */
    function stream(upTo: readonly Operation[] | undefined, isGradual: boolean): void {
      next.wait(upTo !== undefined && upTo.length < operations.length);
      clearTimeout(moving);
      moving = undefined;
      if (upTo && isGradual && !isStill()) {
        moving = setTimeout(() => {
          moving = undefined;
          if (!state.values.tensor) pointAt(exampleOf());
        }, STEP);
      }
      const seen = highlights.stream(upTo, isGradual);
      if (!seen || state.values.eye) return;
      if (upTo) picture.follow(seen, true);
      else picture.face(seen, true);
    }

    /** Chooses a tensor's last row, which has seen most, and looks at it. */
    function choose(tensor: string): void {
      const planes = highlights.planesOf(tensor);
      const [first] = planes;
      if (!first) return;
      picture.face(planes, true);
      pointAt({ panel: first, row: first.box.rows - 1, column: 0 });
      keep();
    }

    function mark(): void {
      const operands = at ? chosen.operandsOf(at) : [];
      legend.hidden = operands.length === 0 || !scene;
      highlights.mark(at, operands);
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
      names.value = cell?.panel.box.name ?? "";
      if (cell) {
        const { name } = cell.panel.box;
        root.dataset["cell"] = `${name} ${indexOf(cell).join(".")}`;
      }
      mark();
    }

    async function compute(): Promise<void> {
      running?.abort();
      running = new AbortController();
      const mine = AbortSignal.any([running.signal, signal]);
      try {
        const found = await networkOf(state.values, model, holder, mine);
        mine.throwIfAborted();
        warn(undefined);
        render(found);
      } catch (error) {
        if (!mine.aborted) warn(messageOf(error));
      }
    }

    let key = "";
    /** What was said of a tensor that is not there. */
    let lostShown: string | undefined;
    function render(given: Network): void {
      network = given;
      const { pass, wholes } = given;
      const before = key;
      ({ key, operations } = given);
      if (key !== before) {
        highlights.place(given.layout());
        const { panels } = highlights;
        picture.name([...(wholes ? titlesOf(wholes) : blockTitles(panels)), ...namesOf(panels)]);
        names.replaceChildren(
          element("option", { value: "" }, "choose one"),
          ...[...highlights.planes.keys()].map((name) => element("option", { value: name }, name)),
        );
      }
      const { panels } = highlights;
      run.root.hidden = walk.root.hidden = wholes !== undefined;
      tables.sizes.root.hidden = wholes === undefined;
      compared.draw(wholes);
      scene?.show(panels, given.shown);
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
      next.draw(network?.pass);
      if (isOther) walk.draw(now, new Map(highlights.panels.map(({ box }) => [box.name, box])));
      if (network?.pass) {
        const { info, overview } = network.pass;
        const words = overview.ids.map((id) => visible(info.tokens[id]!).slice(0, LONGEST));
        picture.nameRows(rowsOf(highlights.read(), words));
      } else picture.nameRows([]);
      highlights.strengthen();
      // On its way there it goes on.
      if (eye && eye !== scene?.pose) scene?.look(eye);
      const from = network?.wholes && FRONT;
      const seen =
        isNew && highlights.planesOf(tensor).length > 0 ? highlights.planesOf(tensor) : highlights.read();
      if (!eye && isOther) picture.face(seen, chapterShown > 0, from);
      chapterShown = now;
      run.draw(state.values, operations);
      const planes = highlights.planesOf(tensor);
      const shape = planes[0]?.box.shape;
      const lost = tensor && !shape ? `This model has no tensor "${tensor}".` : undefined;
      if (lost !== lostShown) warn(lost);
      lostShown = lost;
      if (!shape) {
        pointAt(exampleOf());
        return;
      }
      const index = cell[0] && hasCell(shape, cell[0]) ? cell[0] : shape.map(() => 0);
      const { plane, row, column } = placeOf(shape, index);
      pointAt({ panel: planes[plane]!, row, column });
    }

    /** Of what a step of the run has made, a cell that stands for all: one of the last row. */
    function exampleOf(): PickedCell | undefined {
      const made = moving === undefined ? operations[state.values.flow - 1] : undefined;
      const [panel] = made && network?.pass ? highlights.planesOf(made.output) : [];
      return panel && { panel, row: panel.box.rows - 1, column: 0 };
    }

    const steps = cellKeys(canvas, {
      at: () => at,
      planes: () => highlights.planes,
      first: () => highlights.read()[0],
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
        ...next.keys,
        ...filling.keys,
        ...cameraKeys(look),
        { key: "c", does: "goes to the chosen cell", run: nearer },
        ...steps,
      ],
    };
  },
};

/** The picture with what moves it, and beside it what is read; on a narrow page below. */
function spaceColumns(picture: readonly Node[], read: readonly Node[]): HTMLElement {
  const columns = [picture, read].map((parts) => element("div", {}, ...parts));
  return element("div", { className: "space-columns" }, ...columns);
}
