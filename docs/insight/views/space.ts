import { element } from "../element.js";
import { isProduct, type Operation } from "../flow/operations.js";
import { runThrough } from "../flow/run-through.js";
import { leadTo } from "../lead-to.js";
import { messageOf } from "../message-of.js";
import { ModelHolder } from "../models.js";
import { isStill } from "../motion.js";
import { fullNote, readingNote } from "../reading-note.js";
import type { Panel } from "../scene/layout.js";
import type { View } from "../view.js";
import { aroundLater } from "./space/around-later.js";
import type { Piece } from "./space/chapter.js";
import { chosenCell, indexOf } from "./space/chosen-cell.js";
import { ownEye } from "./space/eye.js";
import { fields, type SpaceState } from "./space/fields.js";
import { fillScreen } from "./space/fill-screen.js";
import { hands } from "./space/hands.js";
import { Highlights } from "./space/highlights.js";
import { inShort } from "./space/in-short.js";
import { nextHere } from "./space/next-here.js";
import { type Spot, wordsOf } from "./space/phases.js";
import { spacePicture } from "./space/picture.js";
import { Pointed } from "./space/pointed.js";
import { spotWords, walkProse } from "./space/prose.js";
import { ELSEWHERE, Reading } from "./space/reading.js";
import { type Network, networkOf } from "./space/shown.js";
import { shownCell } from "./space/shown-cell.js";
import style from "./space/space.css?inline";
import { SWEPT, Sweep } from "./space/sweep.js";
import { tensorChooser } from "./space/tensor-chooser.js";
import { toolbar } from "./space/toolbar.js";
import { CHAPTERS } from "./space/walk.js";
import { written } from "./space/written.js";

/** The whole network in space: every tensor, every cell, and where each comes from. */
export const space: View<typeof fields> = {
  name: "space",
  title: "In 3D",
  question: "What does the whole network look like, and how does a text run through it?",
  fields,
  open(root, { state, model, say, tell, warn, signal }) {
    const holder = new ModelHolder(model);
    const bar = toolbar(state);
    const choose = (tensor: string) => shown.choose(tensor);
    const picture = spacePicture(warn, choose, () => back());
    const { scene } = picture;
    const names = tensorChooser(choose);
    const leadInside = (link: HTMLAnchorElement, more: Record<string, string>) => {
      const { text, model } = state.values;
      leadTo(link, "inside", { text, model, ...more });
    };
    const chosen = chosenCell(leadInside);
    const end = written();
    const next = nextHere({
      ...{ state, model, end, signal, warn },
      readAgain: () => void compute(),
      pass: () => network?.pass,
    });
    const reading = new Reading(state);
    const isCompared = () => network?.compared !== undefined;
    const highlights = new Highlights(picture, reading);
    const eye = ownEye({ state, picture, highlights, reading, isCompared });
    const step = (by: 1 | -1) => go(reading.from(by));
    const prose = walkProse({
      ...{ go, step, choose, point: (piece: Piece | undefined) => highlights.point(piece) },
      show: (shape) => state.set({ shape, flow: 0, play: "no", ...ELSEWHERE }),
    });
    const pointed: Pointed = new Pointed({
      ...{ chosen, highlights },
      operationOf: (tensor) => operations().find(({ output }) => output === tensor)?.cell,
      explain: async (cell) =>
        network?.pass && model.call("explain", { tensor: cell.panel.box.name, index: indexOf(cell) }, signal),
      told(cell) {
        names.show(cell?.panel.box.name);
        // A part that explains what is there has an example, and no label on what it speaks of.
        const isLabelled = shown.isByHand || reading.phase.steps !== undefined;
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
        light: (cell) => shown.pointAt(cell),
        frame: (panel, row) => pointed.frameRow(panel, row),
        done(isFree) {
          chosen.hush(false);
          if (isFree) shown.rest();
        },
      },
      signal,
    );
    const shown = shownCell({
      ...{ state, picture, reading, highlights, pointed, sweep, chosen, signal },
      network: () => network,
      isPlaying: () => run.isPlaying,
      light: prose.light,
    });
    const compared = element("div", { hidden: true });
    const compare = (panels: readonly Panel[] = highlights.panels) => {
      eye.compare(panels);
      shown.keep();
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
    const filling = fillScreen(root, signal);
    root.classList.add("space");
    const now = element("section", { className: "space-now", hidden: true });
    const beside = element(
      "div",
      { className: "space-read" },
      ...[prose.root, now, compared, names.root, ...chosen.parts],
    );
    const columns = element(
      "div",
      { className: "space-columns" },
      ...[picture.root, beside],
      element("div", { className: "space-run" }, run.root, filling.button),
    );
    const around = aroundLater(
      {
        ...{ view: root, columns, beside, now, picture, reading, highlights, pointed, go, signal },
        ...{ where: chosen.where, far: prose.far, network: () => network },
      },
      (error) => signal.aborted || warn(messageOf(error)),
    );
    root.append(element("style", {}, style), bar.root, columns, next.root);

    let network: Network | undefined;
    const operations = () => network?.operations ?? [];
    let running: AbortController | undefined;
    signal.addEventListener("abort", () => scene?.close());

    /** Goes to a phase of the walk. */
    function go(to: Spot | undefined): void {
      if (!to || isCompared()) return;
      shown.leave();
      reading.go(to);
      prose.bring();
      say(`${spotWords(to, reading.phasesOf(to.chapter))}. ${wordsOf(reading.phase)}`);
    }

    /** Looks again at what is read about, from where the reader has moved the eye to. */
    function back(): void {
      shown.leave();
      state.set({ eye: null }, "drift");
      eye.facePart(true);
    }

    /** Shows a run up to its last operation; undefined: everything. */
    function stream(upTo: readonly Operation[] | undefined, isGradual: boolean): void {
      next.wait(upTo !== undefined && upTo.length < operations().length);
      sweep.stop();
      highlights.frameNew(false);
      const made = upTo?.at(-1);
      const isMoving = made !== undefined && isGradual && !isStill();
      const isSwept = isMoving && isProduct(made) && state.values.play !== "layers";
      if (isMoving) sweep.begin(isSwept ? highlights.planesOf(made.output)[0] : undefined);
      chosen.hush(isSwept);
      eye.follow(upTo, highlights.stream(upTo, isGradual, isSwept));
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
      key = given.key;
      if (key !== before) {
        highlights.place(given.layout());
        const { panels } = highlights;
        reading.take(panels, given);
        picture.name(panels, given.compared?.titles);
        names.offer(panels);
        compared.replaceChildren(...(given.compared ? [given.compared.prose(compare)] : []));
      }
      highlights.ids = pass?.overview.ids ?? [];
      const { panels } = highlights;
      run.root.hidden = prose.root.hidden = isCompared();
      compared.hidden = !isCompared();
      scene?.show(panels, given.shown);
      reading.settle();
      renderState(key !== before);
      highlights.frameNew(end.hasNew());
      bar.note(pass ? readingNote(pass.overview, pass.info) : "");
      root.dataset["shown"] = `${state.values.shape} ${pass?.overview.ids.join(".") ?? ""}`;
      const { numbers, sentence } = inShort(given, panels);
      tell(numbers);
      say(sentence);
    }

    async function nameSmall(): Promise<void> {
      const mine = network;
      const { smallNames } = await import("./space/small-names.js");
      if (!signal.aborted && mine && mine === network)
        picture.nameTokens(smallNames(mine, highlights, pointed));
    }

    /** What of the state needs no new pass. */
    function renderState(isNew: boolean): void {
      next.draw(network?.pass);
      const { tensor } = state.values;
      picture.tellMoved(state.values.eye !== null);
      const now = reading.spot;
      const bent = CHAPTERS[now.chapter - 1]!.bend?.flatMap((name) => highlights.planesOf(name))[0];
      if (!isCompared()) prose.draw(now, reading.phasesOf(now.chapter), bent?.box);
      void nameSmall();
      highlights.strengthen();
      eye.draw(isNew);
      run.draw(state.values, operations());
      around.draw(state.values);
      const isLost = tensor && highlights.planesOf(tensor).length === 0;
      const lost = isLost ? `This model has no tensor "${tensor}".` : undefined;
      if (lost !== lostShown) warn(lost);
      lostShown = lost;
      shown.draw();
    }

    const handKeys = hands(
      picture,
      {
        ...{ highlights, choose, point: shown.point, hover: shown.hover, keep: shown.keep },
        at: () => pointed.cell,
      },
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
        const isFull = end.isFull(values, former);
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
        { key: "0", does: "goes back to the view of the part, where the eye has been moved", run: back },
      ],
    };
  },
};
