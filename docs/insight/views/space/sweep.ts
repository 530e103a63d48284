import type { Panel } from "../../scene/layout.js";
import type { PickedCell } from "../../scene/pick.js";
import { STEP } from "../../scene/stream.js";

/** Milliseconds of the first cells: there is time to read how they come about, and then they go faster and faster. */
const CELLS = [900, 900, 900, 600, 400, 240];
/** Then there are so many steps at most to the last row, each of so many milliseconds. */
const MOST_ROWS = 12;
const ROWS = 75;
/** Milliseconds in which what has come about is seen before the next step of a run. */
const SEEN = 600;
/** Milliseconds from a step of a run that is swept to the next one, at most. */
export const SWEPT = STEP + CELLS.reduce((sum, each) => sum + each, 0) + MOST_ROWS * ROWS + SEEN;

/** How much of an output is there, row by row, and what has come last: a cell, or the last one of a row. */
export interface Swept {
  readonly share: number;
  readonly row: number;
  /** undefined: a row as a whole. */
  readonly column?: number;
  /** Milliseconds until the next. */
  readonly lasts: number;
}

/** A sweep over an output of so many rows and columns: a few cells slowly, then the others row by row. */
export function sweptOf(rows: number, columns: number): Swept[] {
  const cells = CELLS.slice(0, columns).map((lasts, column) => ({
    ...{ share: (column + 1) / (rows * columns), row: 0, column, lasts },
  }));
  const stride = Math.ceil(rows / MOST_ROWS);
  const all = Array.from({ length: Math.ceil(rows / stride) }, (_, i) => {
    const end = Math.min(rows, (i + 1) * stride);
    return { share: end / rows, row: end - 1, lasts: ROWS };
  });
  return [...cells, ...all.filter(({ share }) => share > cells.at(-1)!.share)];
}

interface Actions {
  /** Lets so much of the output be there. */
  fill(share: number): void;
  /** A cell has come about. */
  light(cell: PickedCell): void;
  /** A row has. */
  frame(panel: Panel, row: number): void;
  /** The step is over; `isFree`: the reader has not pointed elsewhere meanwhile. */
  done(isFree: boolean): void;
}

/** Lets a step of a run come about: values set out, and where it is a product, its cells follow one after the other. */
export class Sweep {
  readonly #actions: Actions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isMoving = false;
  #output: Panel | undefined;
  #left: Swept[] = [];
  #cell: PickedCell | undefined;
  #isFree = true;

  constructor(actions: Actions, signal: AbortSignal) {
    this.#actions = actions;
    signal.addEventListener("abort", () => this.stop());
  }

  /** Whether not all of the step has come about. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** Whether that is the step of a product. */
  get isSweeping(): boolean {
    return this.#output !== undefined;
  }

  /** The cell that has come about last. */
  get cell(): PickedCell | undefined {
    return this.#cell;
  }

  /** Begins a step, with an output that is swept where there is one. */
  begin(output: Panel | undefined): void {
    this.stop();
    this.#isMoving = true;
    this.#isFree = true;
    this.#output = output;
    this.#left = output ? sweptOf(output.box.rows, output.box.columns) : [];
    this.#timer = setTimeout(() => this.#next(), STEP);
  }

  /** Ends it, wherever it is. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isMoving = false;
    this.#output = undefined;
    this.#cell = undefined;
  }

  /** Stays where it is, or goes on. */
  hold(isHeld: boolean): void {
    if (!this.#output) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (isHeld) return;
    this.#isFree = true;
    this.#next();
  }

  /** The reader points at a cell: what comes about is not pointed at any more. */
  leave(): void {
    this.#isFree = false;
    this.#cell = undefined;
  }

  /** The reader has pointed, and does no more. */
  join(): void {
    this.#isFree = true;
  }

  #next(): void {
    const swept = this.#left.shift();
    if (!swept || !this.#output) {
      const isFree = this.#isFree;
      this.stop();
      this.#actions.done(isFree);
      return;
    }
    const { share, row, column, lasts } = swept;
    const panel = this.#output;
    this.#actions.fill(share);
    if (this.#isFree) {
      if (column === undefined) this.#actions.frame(panel, row);
      else {
        this.#cell = { panel, row, column };
        this.#actions.light(this.#cell);
      }
    }
    this.#timer = setTimeout(() => this.#next(), lasts);
  }
}
