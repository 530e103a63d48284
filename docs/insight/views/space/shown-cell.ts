import type { Panel } from "../../scene/layout.js";
import type { PickedCell } from "../../scene/pick.js";
import { hasCell, placeOf } from "../../scheme.js";
import type { State } from "../../state.js";
import type { chosenCell } from "./chosen-cell.js";
import { indexOf, isSame } from "./chosen-cell.js";
import { strongest } from "./example.js";
import type { fields } from "./fields.js";
import type { Highlights } from "./highlights.js";
import type { SpacePicture } from "./picture.js";
import type { Pointed } from "./pointed.js";
import type { Reading } from "./reading.js";
import { near } from "./regions.js";
import type { Network } from "./shown.js";
import type { Sweep } from "./sweep.js";

/** Milliseconds of rest before the address follows the eye. */
const PACE = 250;

interface Surroundings {
  readonly state: State<typeof fields>;
  readonly picture: SpacePicture;
  readonly reading: Reading;
  readonly highlights: Highlights;
  readonly pointed: Pointed;
  readonly sweep: Sweep;
  readonly chosen: ReturnType<typeof chosenCell>;
  network(): Network | undefined;
  /** Whether a run goes on by itself. */
  isPlaying(): boolean;
  /** Lights up the words about a tensor. */
  light(tensor: string | undefined): void;
  readonly signal: AbortSignal;
}

/** Which cell is shown: one that the reader points at, else the one that was chosen, else one of what a step of the run makes. */
export function shownCell(given: Surroundings) {
  const { state, picture, reading, highlights, pointed, sweep, chosen, signal } = given;
  const { scene } = picture;
  let keeping: ReturnType<typeof setTimeout> | undefined;
  /** The cell that was chosen. */
  let kept: PickedCell | undefined;
  /** Whether a cell is shown that the reader has pointed at. */
  let isShown = false;
  /** The address takes what is shown: the pointer may be at another cell by now. */
  let isSaving = false;
  signal.addEventListener("abort", leave);

  /** The address stays as it is. */
  function leave(): void {
    clearTimeout(keeping);
  }

  /** Shows a cell and what it is computed from; the address stays as it is. */
  function pointAt(cell: PickedCell | undefined, isPassing = false): void {
    given.light(cell?.panel.box.name);
    const { operations = [] } = given.network() ?? {};
    const step = operations[state.values.flow - 1]?.output ?? "";
    const made = cell ? [cell.panel.box.name] : step ? [step] : reading.made;
    picture.tellMade(highlights.madeOf(made));
    pointed.point(cell, isPassing);
  }

  function show(cell: PickedCell, isPassing = false): void {
    isShown = true;
    highlights.frameNew(false);
    sweep.leave();
    chosen.hush(false);
    pointAt(cell, isPassing);
  }

  /** The reader chooses a cell: it stays. */
  function point(cell: PickedCell): void {
    kept = cell;
    show(cell);
  }

  /** The address follows the chosen cell and the eye when they rest; a run that goes on pauses for them. */
  function keep(): void {
    leave();
    if (given.isPlaying()) save();
    else keeping = setTimeout(save, PACE);
  }

  function save(): void {
    if (signal.aborted) return;
    const cell = kept ? { tensor: kept.panel.box.name, cell: [indexOf(kept)] } : { tensor: "", cell: [] };
    isSaving = true;
    state.set({ ...reading.spot, ...cell, eye: scene?.pose ?? null, play: "no" }, "drift");
    isSaving = false;
  }

  /** Of what a step of the run has made, a cell that stands for all. */
  function exampleOf(): PickedCell | undefined {
    const made = sweep.isMoving ? undefined : given.network()?.operations[state.values.flow - 1];
    const [panel] = made ? highlights.planesOf(made.output) : [];
    return panel && cellOf(panel, reading.phase.row === "growing" ? 0 : panel.box.rows - 1);
  }

  /** The cell of a row that stands for it. */
  function cellOf(panel: Panel, row: number): PickedCell {
    const { pass, shown } = given.network()!;
    const best = pass?.overview.lens.findLast(({ position }) => position === row)?.best[0]?.id;
    return { panel, row, column: strongest(panel, row, shown(panel).grid, best) };
  }

  return {
    leave,
    pointAt,
    point,
    keep,
    /** Whether it is one that the reader has pointed at, or chosen. */
    get isByHand(): boolean {
      return isShown || kept !== undefined;
    },
    /** The reader points at a cell, or no more: then what was shown before is shown again. */
    hover(cell: PickedCell | undefined): void {
      if (cell && !isSame(cell, pointed.cell)) show(cell, true);
      else if (!cell && isShown) {
        isShown = false;
        sweep.join();
        pointAt(kept ?? exampleOf());
      }
    },
    /** Chooses a tensor's last row, which has seen most, and looks at it. */
    choose(tensor: string): void {
      const planes = highlights.planesOf(tensor);
      const [first] = planes;
      if (!first) return;
      picture.face(near(planes), true, undefined, highlights.operandsOf(tensor));
      point(cellOf(first, first.box.rows - 1));
      keep();
    },
    /** A step of the run is over. */
    rest(): void {
      if (!state.values.tensor) pointAt(exampleOf());
    },
    /** Shows what the address says. */
    draw(): void {
      const { tensor, cell } = state.values;
      const planes = highlights.planesOf(tensor);
      const shape = planes[0]?.box.shape;
      if (shape) {
        const index = cell[0] && hasCell(shape, cell[0]) ? cell[0] : shape.map(() => 0);
        const { plane, row, column } = placeOf(shape, index);
        kept = { panel: planes[plane]!, row, column };
      } else kept = undefined;
      if (!isSaving) pointAt(kept ?? sweep.cell ?? exampleOf());
    },
  };
}
