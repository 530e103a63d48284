import type { Derivation, Overview } from "../../../engine/inside.js";
import type { Model } from "../../../model.js";
import { indexAt, type Place } from "../../../scheme.js";
import type { ShownPart } from "../tables.js";

/** A cell with how it came about, and the cells around it. */
export interface FollowedCell {
  readonly tensor: string;
  readonly place: Place;
  readonly part: ShownPart;
  readonly explained: Derivation;
}

/** Asks how the chosen cell came about. While one is asked for, only the last of those chosen meanwhile is next. */
export class CellFollower {
  /** The cell that is chosen. */
  tensor = "";
  place: Place = { plane: 0, row: 0, column: 0 };
  /** What was drawn last. */
  shown: FollowedCell | undefined;
  readonly #model: Model;
  readonly #signal: AbortSignal;
  readonly #draw: (cell: FollowedCell) => void;
  #isBusy = false;
  #isStale = false;

  constructor(model: Model, signal: AbortSignal, draw: (cell: FollowedCell) => void) {
    this.#model = model;
    this.#signal = signal;
    this.#draw = draw;
  }

  /** Draws the chosen cell of the pass that is shown. */
  async follow(overview: () => Overview): Promise<void> {
    this.#isStale = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#isStale && !this.#signal.aborted) {
        this.#isStale = false;
        const { tensor, place } = this;
        const of = overview();
        const index = indexAt(of.pictures[tensor]!.shape, place);
        const found = await this.#ask(tensor, place, index, of).catch((error: unknown) => {
          // A cell of the pass before may be none of this one's; the next that was chosen is.
          if (!this.#isStale) throw error;
        });
        if (!found || overview() !== of || this.#isStale) {
          this.#isStale = true;
          continue;
        }
        this.shown = { tensor, place, ...found };
        this.#draw(this.shown);
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async #ask(tensor: string, place: Place, index: readonly number[], of: Overview) {
    const part = await this.#around(tensor, place, of);
    const explained = await this.#model.call("explain", { tensor, index }, this.#signal);
    return { part, explained };
  }

  async #around(tensor: string, place: Place, of: Overview): Promise<ShownPart> {
    const part = this.shown?.part;
    if (part?.of === of && part.tensor === tensor && isIn(place, part)) return part;
    const cells = await this.#model.call("cellsAround", { tensor, ...place }, this.#signal);
    return { ...cells, tensor, plane: place.plane, of };
  }
}

function isIn({ plane, row, column }: Place, part: ShownPart): boolean {
  return (
    plane === part.plane &&
    row >= part.top &&
    row < part.top + part.rows &&
    column >= part.left &&
    column < part.left + part.columns
  );
}
