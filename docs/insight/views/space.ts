import { element } from "../element.js";
import { leadTo } from "../lead-to.js";
import { messageOf } from "../message-of.js";
import { ModelHolder } from "../models.js";
import { isStill } from "../motion.js";
import { nextTokens } from "../next-tokens.js";
import type { Pose } from "../scene/camera.js";
import { cellCentre } from "../scene/layout.js";
import type { PickedCell } from "../scene/pick.js";
import { hasCell, placeOf } from "../scheme.js";
import { asTable } from "../table.js";
import { visible } from "../token-line.js";
import type { View } from "../view.js";
import { isProduct, type Operation } from "./flow/operations.js";
import { runThrough } from "./flow/run-through.js";
import { textsOf } from "./inside/tables.js";
import { cellKeys } from "./space/cell-keys.js";
import { isAbout } from "./space/chapter.js";
import { chosenCell, indexOf } from "./space/chosen-cell.js";
import { cameraKeys, listen } from "./space/controls.js";
import { fields, type SpaceState } from "./space/fields.js";
import { fillScreen } from "./space/fill-screen.js";
import { Highlights } from "./space/highlights.js";
import { blockTitles, namesOf, rowsOf } from "./space/labels.js";
import { NAMED_SHAPES } from "./space/named-shapes.js";
import { type Spot, Walk, wordsOf } from "./space/phases.js";
import { spacePicture } from "./space/picture.js";
import { Pointed } from "./space/pointed.js";
import { spotWords, walkProse } from "./space/prose.js";
import { type Network, networkOf, sizes, tensorsTable } from "./space/shown.js";
import { sizesProse, sizesTable, titlesOf } from "./space/sizes.js";
import style from "./space/space.css?inline";
import { SWEPT, Sweep } from "./space/sweep.js";
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
    const next = nextTokens(
      () => state.values.text,
      (text) => state.set({ text, flow: 0, play: "no" }),
    );
    let walk = new Walk({ shapes: new Map() }, []);
    const spot = () => walk.spotOf(state.values);
    const phase = () => walk.at(spot());
    const isCompared = () => network?.wholes !== undefined;
    const highlights = new Highlights(picture, {
      // Where networks are compared it is about all.
      isAbout: (tensor) => isCompared() || isAbout(phase(), tensor),
      isAboutAll: () => isCompared() || phase().about.length === 0,
    });
    const step = (by: 1 | -1) => go(walk.from(spot(), by));
    const prose = walkProse({ go, step, choose, point: (piece) => highlights.point(piece) });
    const pointed = new Pointed({
      ...{ chosen, highlights },
      operationOf: (tensor) => operations.find(({ output }) => output === tensor)?.cell,
      explain: async (cell) =>
        network?.pass && model.call("explain", { tensor: cell.panel.box.name, index: indexOf(cell) }, signal),
      told(cell) {
        names.value = cell?.panel.box.name ?? "";
        legend.hidden = !scene || !cell || pointed.operandsOf(cell).length === 0;
        if (cell) root.dataset["cell"] = `${cell.panel.box.name} ${indexOf(cell).join(".")}`;
      },
      failed(error) {
        if (!signal.aborted) warn(messageOf(error));
      },
    });
    const sweep = new Sweep(
      {
        fill: (share) => scene?.fill(share),
        light: pointAt,
        frame: (panel, row) => pointed.frameRow(panel, row),
        done(isFree) {
          chosen.hush(false);
          if (isFree && !state.values.tensor) pointAt(exampleOf());
        },
      },
      signal,
    );
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
      isAbout: isStepOf,
      isEnd: (flow) => flow === walk.endOf(spot().chapter),
      isShape: () => network?.pass === undefined,
      products: {
        pace: SWEPT,
        get isSweeping() {
          return sweep.isSweeping;
        },
        hold: (isHeld) => sweep.hold(isHeld),
      },
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
        [prose.root, compared.root, element("label", {}, "Tensor ", names), ...chosen.parts, next.root],
      ),
      tables.tensors.root,
      tables.sizes.root,
      chosen.table,
    );

    let network: Network | undefined;
    let operations: readonly Operation[] = [];
    let running: AbortController | undefined;
    let keeping: ReturnType<typeof setTimeout> | undefined;
    signal.addEventListener("abort", () => {
      clearTimeout(keeping);
      scene?.close();
    });

    /** Whether a run begins and rests with this tensor: it is made in what is read, or else in the chapter. */
    function isStepOf(tensor: string): boolean {
      const { steps } = phase();
      const at = 1 + operations.findIndex(({ output }) => output === tensor);
      return steps ? at >= steps.first && at <= steps.last : isAbout(CHAPTERS[spot().chapter - 1]!, tensor);
    }

    /** Goes to a phase of the walk, whose operations then run by themselves. */
    function go(to: Spot | undefined): void {
      if (!to || isCompared()) return;
      clearTimeout(keeping);
      const { steps, before } = walk.at(to);
      const { play } = CHAPTERS[to.chapter - 1]!;
      const begun = steps ? { flow: steps.first, play } : { flow: before, play: "no" as const };
      state.set({ ...to, ...(isStill() ? { flow: 0, play: "no" as const } : begun), ...elsewhere });
      say(`${spotWords(to, walk.phasesOf(to.chapter))}. ${wordsOf(walk.at(to))}`);
    }

    /** Shows a run up to its last operation; undefined: everything. */
    function stream(upTo: readonly Operation[] | undefined, isGradual: boolean): void {
      next.wait(upTo !== undefined && upTo.length < operations.length);
      sweep.stop();
      const made = upTo?.at(-1);
      const isMoving = made !== undefined && isGradual && !isStill();
      const isSwept = isMoving && isProduct(made) && state.values.play !== "layers";
      if (isMoving) sweep.begin(isSwept ? highlights.planesOf(made.output)[0] : undefined);
      chosen.hush(isSwept);
      const seen = highlights.stream(upTo, isGradual, isSwept);
      const { steps, before } = phase();
      // Where nothing is made, what is read is faced.
      if (!seen || state.values.eye || (upTo && !steps && upTo.length === before)) return;
      if (upTo) picture.follow(seen, true);
      else picture.face(seen, true);
    }

    /** Chooses a tensor's last row, which has seen most, and looks at it. */
    function choose(tensor: string): void {
      const planes = highlights.planesOf(tensor);
      const [first] = planes;
      if (!first) return;
      picture.face(planes, true);
      point({ panel: first, row: first.box.rows - 1, column: 0 });
      keep();
    }

    /** Shows a cell and what it is computed from; the address stays as it is. */
    function pointAt(cell: PickedCell | undefined): void {
      prose.light(cell?.panel.box.name);
      pointed.point(cell);
    }

    /** The reader points at a cell. */
    function point(cell: PickedCell): void {
      sweep.leave();
      chosen.hush(false);
      pointAt(cell);
    }

    /** The address follows the chosen cell and the eye when they rest; a run that goes on pauses for them. */
    function keep(): void {
      clearTimeout(keeping);
      if (run.isPlaying) save();
      else keeping = setTimeout(save, PACE);
    }

    function save(): void {
      if (signal.aborted) return;
      const at = pointed.cell;
      const cell = at ? { tensor: at.panel.box.name, cell: [indexOf(at)] } : { tensor: "", cell: [] };
      state.set({ ...spot(), ...cell, eye: scene?.pose ?? null, play: "no" }, "drift");
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
        const { shape } = state.values;
        const shapes = new Map(panels.map(({ box }) => [box.name, box.shape]));
        const layers = shape === "model" || shape === "sizes" ? undefined : NAMED_SHAPES[shape].layers;
        walk = new Walk({ shapes, layers }, operations);
        picture.name([...(wholes ? titlesOf(wholes) : blockTitles(panels)), ...namesOf(panels)]);
        names.replaceChildren(
          element("option", { value: "" }, "choose one"),
          ...[...highlights.planes.keys()].map((name) => element("option", { value: name }, name)),
        );
      }
      const { panels } = highlights;
      run.root.hidden = prose.root.hidden = wholes !== undefined;
      tables.sizes.root.hidden = wholes === undefined;
      compared.draw(wholes);
      next.draw(pass);
      scene?.show(panels, given.shown);
      settle();
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

    /** A link to a cell alone leads to what is about it, and stays there when the reader looks elsewhere. */
    function settle(): void {
      const { chapter, tensor } = state.values;
      const about = chapter === 0 && !isCompared() ? walk.about(tensor) : undefined;
      if (about) state.set(about, "drift");
    }

    let spotShown: Spot | undefined;
    /** What of the state needs no new pass. */
    function renderState(isNew: boolean): void {
      const { eye, tensor, cell } = state.values;
      const now = spot();
      const isOther = isNew || now.chapter !== spotShown?.chapter || now.phase !== spotShown.phase;
      const bend = CHAPTERS[now.chapter - 1]!.bend?.flatMap((name) => highlights.planesOf(name))[0];
      if (!isCompared()) prose.draw(now, walk.phasesOf(now.chapter), bend?.box.operation);
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
      if (!eye && isOther) picture.face(seen, spotShown !== undefined, from);
      spotShown = now;
      run.draw(state.values, operations);
      const planes = highlights.planesOf(tensor);
      const shape = planes[0]?.box.shape;
      const lost = tensor && !shape ? `This model has no tensor "${tensor}".` : undefined;
      if (lost !== lostShown) warn(lost);
      lostShown = lost;
      if (!shape) {
        pointAt(sweep.cell ?? exampleOf());
        return;
      }
      const index = cell[0] && hasCell(shape, cell[0]) ? cell[0] : shape.map(() => 0);
      const { plane, row, column } = placeOf(shape, index);
      pointAt({ panel: planes[plane]!, row, column });
    }

    /** Of what a step of the run has made, a cell that stands for all: one of the last row. */
    function exampleOf(): PickedCell | undefined {
      const made = sweep.isMoving ? undefined : operations[state.values.flow - 1];
      const [panel] = made ? highlights.planesOf(made.output) : [];
      return panel && { panel, row: panel.box.rows - 1, column: 0 };
    }

    const steps = cellKeys(canvas, {
      at: () => pointed.cell,
      planes: () => highlights.planes,
      first: () => highlights.read()[0],
      choose,
      point(cell) {
        point(cell);
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
          if (found) point(found);
        },
        press(x: number, y: number) {
          actions.hover({ x, y });
          keep();
        },
      };
      listen(canvas, actions, signal);
    }
    function nearer(): void {
      const at = pointed.cell;
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
        else {
          settle();
          renderState(false);
        }
      },
      keys: [
        { key: " ", does: "goes on in the walk", run: () => step(1) },
        { key: "Backspace", does: "goes back in the walk", run: () => step(-1) },
        ...run.keys,
        { key: "g", does: "puts the most probable token behind the text", run: next.putFirst },
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
