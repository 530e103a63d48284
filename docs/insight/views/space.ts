import { element } from "../element.js";
import { leadTo } from "../lead-to.js";
import { messageOf } from "../message-of.js";
import { ModelHolder } from "../models.js";
import { isStill } from "../motion.js";
import { nextLater } from "../next/next-later.js";
import { fullNote, readingNote } from "../reading-note.js";
import type { Panel } from "../scene/layout.js";
import type { PickedCell } from "../scene/pick.js";
import { hasCell, placeOf } from "../scheme.js";
import { asTable, type Table } from "../table.js";
import type { View } from "../view.js";
import { isProduct, type Operation } from "./flow/operations.js";
import { runThrough } from "./flow/run-through.js";
import { textsOf } from "./inside/tables.js";
import { aroundLater } from "./space/around-later.js";
import type { Piece } from "./space/chapter.js";
import { chosenCell, indexOf, isSame } from "./space/chosen-cell.js";
import { strongest } from "./space/example.js";
import { fields, type SpaceState } from "./space/fields.js";
import { fillScreen } from "./space/fill-screen.js";
import { hands } from "./space/hands.js";
import { Highlights } from "./space/highlights.js";
import { inShort } from "./space/in-short.js";
import { blockTitles, namesOf } from "./space/labels.js";
import { partsOf } from "./space/parts.js";
import { type Spot, wordsOf } from "./space/phases.js";
import { spacePicture } from "./space/picture.js";
import { Pointed } from "./space/pointed.js";
import { spotWords, walkProse } from "./space/prose.js";
import { ELSEWHERE, Reading } from "./space/reading.js";
import { near } from "./space/regions.js";
import { type Network, networkOf } from "./space/shown.js";
import style from "./space/space.css?inline";
import { SWEPT, Sweep } from "./space/sweep.js";
import { tensorChooser } from "./space/tensor-chooser.js";
import { toolbar } from "./space/toolbar.js";
import { CHAPTERS } from "./space/walk.js";

/** Milliseconds of rest before the address follows the eye. */
const PACE = 250;
/** What is said where the walk ends. */
const END = "Here it ends: press g, and the model writes on; the view Sampling shows the draw.";
const END_OF_SHAPE = "Here it ends: choose a model with weights, and a text of yours runs through it.";
/** Networks are compared from the front, where the same is equally large. */
const FRONT = { yaw: 0.1, pitch: 0.1 } as const;
const NONE: Table = { caption: "", head: [], rows: [] };

/** The whole network in space: every tensor, every cell, and where each comes from. */
export const space: View<typeof fields> = {
  name: "space",
  title: "In 3D",
  question: "What does the whole network look like, and how does a text run through it?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const holder = new ModelHolder(model);
    const bar = toolbar(state);
    const picture = spacePicture(warn, (tensor) => choose(tensor));
    const { scene } = picture;
    const names = tensorChooser((tensor) => choose(tensor));
    const legend = element(
      "p",
      { className: "space-legend", hidden: true },
      "Lines come from the cells that it is computed from: solid ones from what is computed, dashed ones from what was learned. Of many cells in a row, some stand for all.",
    );
    const leadInside = (link: HTMLAnchorElement, more: Record<string, string>) => {
      const { text, model } = state.values;
      leadTo(link, "inside", { text, model, ...more });
    };
    const tokens = () => {
      const pass = network?.pass;
      return pass && textsOf(pass.overview, pass.info);
    };
    const chosen = chosenCell(leadInside);
    const next = nextLater({
      values: () => state.values,
      set: (patch) => state.set(patch, "drift"),
      write(text) {
        const { pass } = network!;
        if (state.values.text === full) {
          // The token was the pass's that is shown: first the end of the text is read.
          full = undefined;
          void compute();
          return;
        }
        const { ids, before } = pass!.overview;
        if (before === 0 && ids.length === pass!.info.blockSize) full = text;
        isWritten = full === undefined;
        // What is read stays, and its step of the run, for the longer text.
        state.set({ text, play: "no" });
      },
      ask: (settings) => model.call("nextTokens", settings, signal),
      failed: (error) => signal.aborted || warn(messageOf(error)),
    });
    const reading = new Reading(state);
    const isCompared = () => network?.compared !== undefined;
    const highlights = new Highlights(picture, reading);
    const step = (by: 1 | -1) => go(reading.from(by));
    const prose = walkProse({
      ...{ go, step, choose, point: (piece: Piece | undefined) => highlights.point(piece) },
      show: (shape) => state.set({ shape, flow: 0, play: "no", ...ELSEWHERE }),
    });
    const pointed = new Pointed({
      ...{ chosen, highlights },
      operationOf: (tensor) => operations.find(({ output }) => output === tensor)?.cell,
      explain: async (cell) =>
        network?.pass && model.call("explain", { tensor: cell.panel.box.name, index: indexOf(cell) }, signal),
      told(cell) {
        names.show(cell?.panel.box.name);
        legend.hidden = !scene || !cell || pointed.operandsOf(cell).length === 0;
        // A part that explains what is there has an example, and no label on what it speaks of.
        const isLabelled = isShown || kept !== undefined || reading.phase.steps !== undefined;
        around.tell(cell, cell && chosen.explanationOf(cell), isLabelled);
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
    const compared = element("div", { hidden: true });
    const compare = (panels: readonly Panel[] = highlights.panels) => {
      picture.face(panels, true, FRONT);
      keep();
    };
    const run = runThrough({
      ...{ say, show: stream, signal },
      values: () => state.values,
      // What is pointed at, and where the eye is, follow the run.
      set: (patch, kind, isMove) => state.set({ ...patch, ...(isMove && ELSEWHERE) }, kind),
      isAbout: (tensor) => reading.isStep(tensor),
      isEnd: (flow) => reading.isEnd(flow),
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
      sizes: asTable(() => network?.compared?.table ?? NONE, "how large each network is"),
      tensors: asTable(() => around.table(highlights.panels, operations) ?? NONE, "every tensor"),
    };
    const filling = fillScreen(root, signal);
    root.classList.add("space");
    const now = element("section", { className: "space-now", hidden: true });
    const columns = element(
      "div",
      { className: "space-columns" },
      picture.root,
      element(
        "div",
        { className: "space-read" },
        ...[prose.root, now, compared, names.root],
        ...[...chosen.parts, legend],
      ),
      element("div", { className: "space-run" }, run.root, filling.button),
    );
    const around = aroundLater(
      {
        ...{ view: root, columns, now, picture, reading, tokens, go, signal },
        where: chosen.where,
        ready: () => tables.tensors.refresh(),
        lookOf: (tensor) => network?.pass?.overview.pictures[tensor],
      },
      (error) => signal.aborted || warn(messageOf(error)),
    );
    root.append(
      element("style", {}, style),
      bar.root,
      columns,
      next.root,
      tables.tensors.root,
      tables.sizes.root,
      chosen.table,
    );

    let network: Network | undefined;
    let operations: readonly Operation[] = [];
    let running: AbortController | undefined;
    let keeping: ReturnType<typeof setTimeout> | undefined;
    /** The cell that was chosen. */
    let kept: PickedCell | undefined;
    /** A text whose last token needs no pass: all before it fills the one that is shown. */
    let full: string | undefined;
    /** Whether the text has just got another token at its end. */
    let isWritten = false;
    /** Whether a cell is shown that the reader has pointed at. */
    let isShown = false;
    /** The address takes what is shown: the pointer may be at another cell by now. */
    let isSaving = false;
    signal.addEventListener("abort", () => {
      clearTimeout(keeping);
      scene?.close();
    });

    /** Goes to a phase of the walk. */
    function go(to: Spot | undefined): void {
      if (!to || isCompared()) return;
      clearTimeout(keeping);
      reading.go(to);
      prose.bring();
      say(`${spotWords(to, reading.phasesOf(to.chapter))}. ${wordsOf(reading.phase)}`);
    }

    /** Shows a run up to its last operation; undefined: everything. */
    function stream(upTo: readonly Operation[] | undefined, isGradual: boolean): void {
      next.wait(upTo !== undefined && upTo.length < operations.length);
      sweep.stop();
      highlights.frameNew(false);
      const made = upTo?.at(-1);
      const isMoving = made !== undefined && isGradual && !isStill();
      const isSwept = isMoving && isProduct(made) && state.values.play !== "layers";
      if (isMoving) sweep.begin(isSwept ? highlights.planesOf(made.output)[0] : undefined);
      chosen.hush(isSwept);
      const seen = highlights.stream(upTo, isGradual, isSwept);
      // Where nothing is made, what is read is faced.
      if (!seen || state.values.eye || (upTo && reading.isExplained(upTo.length))) return;
      if (!upTo) picture.face(seen, true);
      else if (!reading.isByLayers(upTo.length)) {
        const rest = reading.isRest(upTo.length) ? highlights.looked() : [];
        picture.follow([...seen, ...rest], true);
      }
    }

    /** Chooses a tensor's last row, which has seen most, and looks at it. */
    function choose(tensor: string): void {
      const planes = highlights.planesOf(tensor);
      const [first] = planes;
      if (!first) return;
      picture.face(near(planes), true);
      point(cellOf(first, first.box.rows - 1));
      keep();
    }

    /** Shows a cell and what it is computed from; the address stays as it is. */
    function pointAt(cell: PickedCell | undefined, isPassing = false): void {
      prose.light(cell?.panel.box.name);
      const step = operations[state.values.flow - 1]?.output ?? "";
      const made = cell ? [cell.panel.box.name] : step ? [step] : reading.made;
      picture.tellMade(highlights.madeOf(operations.filter(({ output }) => made.includes(output))));
      pointed.point(cell, isPassing);
    }

    /** The reader chooses a cell: it stays. */
    function point(cell: PickedCell): void {
      kept = cell;
      show(cell);
    }

    /** The reader points at a cell, or no more: then what was shown before is shown again. */
    function hover(cell: PickedCell | undefined): void {
      if (cell && !isSame(cell, pointed.cell)) show(cell, true);
      else if (!cell && isShown) {
        isShown = false;
        sweep.join();
        pointAt(kept ?? exampleOf());
      }
    }

    function show(cell: PickedCell, isPassing = false): void {
      isShown = true;
      highlights.frameNew(false);
      sweep.leave();
      chosen.hush(false);
      pointAt(cell, isPassing);
    }

    /** The address follows the chosen cell and the eye when they rest; a run that goes on pauses for them. */
    function keep(): void {
      clearTimeout(keeping);
      if (run.isPlaying) save();
      else keeping = setTimeout(save, PACE);
    }

    function save(): void {
      if (signal.aborted) return;
      const at = kept;
      const cell = at ? { tensor: at.panel.box.name, cell: [indexOf(at)] } : { tensor: "", cell: [] };
      isSaving = true;
      state.set({ ...reading.spot, ...cell, eye: scene?.pose ?? null, play: "no" }, "drift");
      isSaving = false;
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
      const { pass } = given;
      const before = key;
      ({ key, operations } = given);
      if (key !== before) {
        highlights.place(given.layout());
        const { panels } = highlights;
        reading.take(panels, operations);
        picture.name([
          ...(given.compared?.titles ?? [...blockTitles(panels), ...partsOf(panels)]),
          ...namesOf(panels),
        ]);
        names.offer(panels);
        compared.replaceChildren(...(given.compared ? [given.compared.prose(compare)] : []));
      }
      highlights.ids = pass?.overview.ids ?? [];
      const { panels } = highlights;
      run.root.hidden = prose.root.hidden = isCompared();
      tables.sizes.root.hidden = compared.hidden = !isCompared();
      scene?.show(panels, given.shown);
      reading.settle();
      renderState(key !== before);
      highlights.frameNew(isWritten);
      isWritten = false;
      tables.tensors.refresh();
      tables.sizes.refresh();
      bar.note(pass ? readingNote(pass.overview, pass.info) : "");
      root.dataset["shown"] = `${state.values.shape} ${pass?.overview.ids.join(".") ?? ""}`;
      const { numbers, sentence } = inShort(given, panels);
      tell(numbers);
      say(sentence);
    }

    /** Tokens have words where they are counted, and heads their numbers; where networks are compared, nothing has. */
    async function nameSmall(): Promise<void> {
      const mine = network;
      const { smallWords } = await import("./space/token-labels.js");
      if (signal.aborted || !mine || mine !== network) return;
      const { compared, pass } = mine;
      const text = pass && { ...pass.overview, texts: textsOf(pass.overview, pass.info) };
      picture.nameTokens(
        compared ? undefined : smallWords(highlights.read(), highlights.panels, text, () => pointed.cell),
      );
    }

    let spotShown: Spot | undefined;
    /** What of the state needs no new pass. */
    function renderState(isNew: boolean): void {
      next.draw(network?.pass);
      const { eye, tensor, cell } = state.values;
      const now = reading.spot;
      const isOther = isNew || now.chapter !== spotShown?.chapter || now.phase !== spotShown.phase;
      const bent = CHAPTERS[now.chapter - 1]!.bend?.flatMap((name) => highlights.planesOf(name))[0];
      if (!isCompared()) {
        const { part, parts } = reading.way;
        prose.draw(now, reading.phasesOf(now.chapter), bent?.box);
        prose.follow(part, parts, network?.pass ? END : END_OF_SHAPE);
      }
      void nameSmall();
      highlights.strengthen();
      // On its way there it goes on.
      if (eye && eye !== scene?.pose) scene?.look(eye);
      const from = isCompared() ? FRONT : undefined;
      const seen =
        isNew && highlights.planesOf(tensor).length > 0 ? highlights.planesOf(tensor) : highlights.looked();
      if (!eye && isOther) picture.face(seen, spotShown !== undefined && !isNew, from);
      spotShown = now;
      run.draw(state.values, operations);
      around.draw(state.values);
      const planes = highlights.planesOf(tensor);
      const shape = planes[0]?.box.shape;
      const lost = tensor && !shape ? `This model has no tensor "${tensor}".` : undefined;
      if (lost !== lostShown) warn(lost);
      lostShown = lost;
      if (!shape) {
        kept = undefined;
        if (!isSaving) pointAt(sweep.cell ?? exampleOf());
        return;
      }
      const index = cell[0] && hasCell(shape, cell[0]) ? cell[0] : shape.map(() => 0);
      const { plane, row, column } = placeOf(shape, index);
      kept = { panel: planes[plane]!, row, column };
      if (!isSaving) pointAt(kept);
    }

    /** Of what a step of the run has made, a cell that stands for all. */
    function exampleOf(): PickedCell | undefined {
      const made = sweep.isMoving ? undefined : operations[state.values.flow - 1];
      const [panel] = made ? highlights.planesOf(made.output) : [];
      return panel && cellOf(panel, reading.phase.row === "growing" ? 0 : panel.box.rows - 1);
    }

    /** The cell of a row that stands for it. */
    function cellOf(panel: Panel, row: number): PickedCell {
      const best = network?.pass?.overview.lens.findLast(({ position }) => position === row)?.best[0]?.id;
      return { panel, row, column: strongest(panel, row, network?.shown(panel).grid, best) };
    }

    const handKeys = hands(
      picture,
      { ...{ highlights, choose, point, hover, keep }, at: () => pointed.cell },
      signal,
    );
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
        const isFull =
          values.text === full && former?.model === values.model && former.shape === values.shape;
        if (!isFull) full = undefined;
        if (isFull && !isSame && network?.pass) {
          // Another draw is another one, of the same pass.
          network = { ...network, pass: { ...network.pass } };
          bar.note(fullNote(network.pass!.info));
          renderState(false);
        } else if (!isSame || !network) void compute();
        else {
          reading.settle();
          renderState(false);
        }
      },
      keys: [
        { key: " ", does: "goes on in the walk", run: () => step(1) },
        { key: "Backspace", does: "goes back in the walk", run: () => step(-1) },
        ...run.keys,
        ...next.keys,
        ...filling.keys,
        ...handKeys,
      ],
    };
  },
};
