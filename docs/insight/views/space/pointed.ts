import type { Operation as CellOperation, Explanation } from "@llm/gpt/inspect";
import { latest } from "../../latest.js";
import type { PickedCell } from "../../scene/pick.js";
import { type chosenCell, indexOf } from "./chosen-cell.js";
import type { Highlights } from "./highlights.js";
import { type CellsRead, cellsRead, operandCells } from "./operand-cells.js";

interface Actions {
  readonly chosen: ReturnType<typeof chosenCell>;
  readonly highlights: Highlights;
  /** What makes the cells of a tensor. */
  operationOf(tensor: string): CellOperation | undefined;
  /** How a cell came about; undefined where there are no values. */
  explain(cell: PickedCell): Promise<Explanation | undefined>;
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
      chosen.tell(cell, found);
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

  /** What a cell is computed from. */
  operandsOf(cell: PickedCell): Parameters<Highlights["mark"]>[1] {
    const explained = this.#actions.chosen.explanationOf(cell)?.operands ?? [];
    return explained.length > 0 ? explained : operandCells(...this.#operationOf(cell));
  }

  /** The cells that a cell is computed from, or would be, by its operation alone. */
  readBy(cell: PickedCell): readonly CellsRead[] {
    return cellsRead(...this.#operationOf(cell));
  }

  /** What tells the operands without values. */
  #operationOf(cell: PickedCell): Parameters<typeof cellsRead> {
    const { highlights, operationOf } = this.#actions;
    const shapeOf = (tensor: string) => highlights.planesOf(tensor)[0]?.box.shape;
    return [operationOf(cell.panel.box.name), indexOf(cell), shapeOf];
  }

  /** Frames a row that has come about, and what it is computed from. */
  frameRow(panel: PickedCell["panel"], row: number): void {
    const ends = [0, panel.box.columns - 1].map((column) => ({ panel, row, column }));
    this.#actions.highlights.frameRow(
      panel,
      row,
      ends.flatMap((cell) => this.operandsOf(cell)),
    );
  }

  #mark(): void {
    const cell = this.#cell;
    this.#actions.highlights.mark(cell, cell ? this.operandsOf(cell) : [], this.#isPassing);
  }
}
