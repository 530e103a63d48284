import type { Operation as CellOperation } from "@llm/gpt/inspect";
import type { Derivation } from "../../engine/inside.js";
import { latest } from "../../latest.js";
import type { PickedCell } from "../../scene/pick.js";
import { type chosenCell, indexOf } from "./chosen-cell.js";
import type { Highlights } from "./highlights.js";
import { oneByOne, stepsTo } from "./operand-cells.js";
import type { Step } from "./regions.js";

interface Actions {
  readonly chosen: ReturnType<typeof chosenCell>;
  readonly highlights: Highlights;
  /** What makes the cells of a tensor. */
  operationOf(tensor: string): CellOperation | undefined;
  /** How a cell came about; undefined where there are no values. */
  explain(cell: PickedCell): Promise<Derivation | undefined>;
  /** It is explained, as far as it can be. */
  told(cell: PickedCell | undefined): void;
  failed(error: unknown): void;
}

/** The cell that is pointed at: with what it is computed from, at first as its operation says, then with the numbers. */
export class Pointed {
  readonly #actions: Actions;
  readonly #follow: () => Promise<void>;
  #cell: PickedCell | undefined;
  #isPassing = false;

  constructor(actions: Actions) {
    this.#actions = actions;
    const { chosen, explain, told, failed } = actions;
    this.#follow = latest(async (isStale) => {
      const cell = this.#cell;
      const found = cell && (await explain(cell));
      if (isStale() || cell !== this.#cell) return;
      chosen.tell(cell, found, cell ? this.stepsTo(cell) : []);
      this.#mark();
      told(cell);
    }, failed);
  }

  get cell(): PickedCell | undefined {
    return this.#cell;
  }

  /** Points at a chosen cell, or at one that the pointer passes. */
  point(cell: PickedCell | undefined, isPassing = false): void {
    this.#cell = cell;
    this.#isPassing = isPassing;
    this.#mark();
    void this.#follow();
  }

  /** What a cell is computed from; where it only takes the value of another, then what that is computed from, and so on. */
  stepsTo(cell: PickedCell): readonly Step[] {
    return (
      this.#actions.chosen.explanationOf(cell) ??
      this.readBy(cell).map(({ reads, ...own }) => ({ ...own, operands: oneByOne(reads) }))
    );
  }

  /** So by the operations alone, where there are no values. */
  readBy(cell: PickedCell): ReturnType<typeof stepsTo> {
    const { highlights, operationOf } = this.#actions;
    const shapeOf = (tensor: string) => highlights.planesOf(tensor)[0]?.box.shape;
    return stepsTo({ tensor: cell.panel.box.name, index: indexOf(cell) }, operationOf, shapeOf);
  }

  /** Frames a row that has come about, and what it is computed from. */
  frameRow(panel: PickedCell["panel"], row: number): void {
    const ends = [0, panel.box.columns - 1].map((column) => ({ panel, row, column }));
    this.#actions.highlights.frameRow(
      panel,
      row,
      ends.flatMap((cell) => this.stepsTo(cell)),
    );
  }

  #mark(): void {
    const cell = this.#cell;
    this.#actions.highlights.mark(cell, cell ? this.stepsTo(cell) : [], this.#isPassing);
  }
}
