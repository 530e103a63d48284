import { colourOf } from "../../../cells/canvas.js";
import { element } from "../../../element.js";
import { rising } from "../../../palette.js";
import { indexAt } from "../../../scheme.js";
import { type Equation, readBy } from "./chain.js";
import { type Cover, cover } from "./cover.js";
import type { DrawnChain } from "./drawn.js";
import { filmed, filmOf } from "./film.js";
import type { OpenedMatrix } from "./matrix.js";
import style from "./stage.css?inline";
import { toldStep } from "./step-words.js";

/** Milliseconds that a step takes which is no product, and the columns of shares. */
const [PLAIN, SHARES] = [1600, 2400];

/** Nothing of it is there. */
const NOTHING: Cover = () => null;

/** Shows a chain as far as it has come about. */
export function openedStage(
  chain: DrawnChain,
  shapeOf: (tensor: string) => readonly number[],
): {
  /** What a step is, in words. */
  readonly told: typeof toldStep;
  /** What comes about in a step. */
  matrixOf(at: number): OpenedMatrix | undefined;
  /** Milliseconds that its film takes when it is played: a product longer, cell by cell. */
  lasting(at: number): number;
  /** All up to a step is there, or with 0 all; what comes later is empty, and waits. */
  show(at: number): void;
  /** How what a step makes comes about, the row of this token first; it takes so many milliseconds. @returns what stops it */
  film(at: number, token: number, lasting: number, ended: () => void): () => void;
} {
  const { steps, standing } = chain;
  chain.root.append(element("style", {}, style));
  const madeIn = (tensor: string | undefined) =>
    standing.find(({ isMade, matrix }) => isMade && matrix?.tensor === tensor)?.matrix;
  const matrixOf = (at: number) => madeIn(steps[at - 1]?.made);

  /** What softmax divides, before it is divided. */
  const expOf =
    (shares: OpenedMatrix, sum: OpenedMatrix): Cover =>
    (row, column) =>
      rising(shares.grid.values[row * shares.grid.columns + column]! * sum.grid.values[row]!);

  /** What stands in the place of a tensor before its step. */
  function before(at: number): Cover {
    const step = steps[at - 1]!;
    const { cell } = step;
    const made = matrixOf(at)!;
    if (cell.kind === "softmax") return expOf(made, madeIn(cell.sum.tensor)!);
    const x =
      cell.kind === "mask" ? chain.matrices.find(({ tensor }) => tensor === cell.x.tensor) : undefined;
    if (!x) return NOTHING;
    return (row, column) => colourOf(x.grid.values[row * x.grid.columns + column]!, x.grid);
  }

  function show(at: number): void {
    const now = steps[at - 1];
    const divided = now && madeIn(dividedBy(now, steps)?.made);
    for (const { root, matrix, step } of standing) {
      const isLater = at > 0 && step > at;
      root.inert = isLater;
      if (!matrix) continue;
      const { tensor } = matrix;
      const isExp = isLater && matrix === divided;
      root.classList.toggle("is-exp", isExp);
      const isOf = !now || now.made === tensor || now.terms.some((term) => term.tensor === tensor);
      root.classList.toggle("is-quiet", !isOf);
      // What is given is there before; what comes about may stand a second time, as a term.
      const isEmpty = at > 0 && steps.findIndex(({ made }) => made === tensor) >= at;
      cover(matrix, isExp ? expOf(matrix, matrixOf(at)!) : isEmpty ? NOTHING : undefined);
    }
    chain.root.classList.toggle("unshared", at > 0 && at <= steps.length);
  }

  return {
    ...{ told: toldStep, matrixOf, show },
    lasting(at) {
      const step = steps[at - 1];
      if (!step) return SHARES;
      const made = matrixOf(at)!;
      return step.cell.kind === "dot" ? Math.min(4000, 1400 + 160 * made.grid.columns) : PLAIN;
    },
    film(at, token, lasting, ended) {
      const step = steps[at - 1];
      if (!step) {
        fadeIn(chain.root.parentElement!, lasting);
        return () => {};
      }
      const made = matrixOf(at)!;
      // With the sum of a row comes what is summed.
      const divided = dividedBy(step, steps);
      const filled = madeIn(divided?.made) ?? made;
      const instead = divided ? expOf(filled, made) : undefined;
      const old = before(at);
      const { grid, rowStep, columnStep, plane } = filled;
      const shape = shapeOf(filled.tensor);
      const { left, right } = filled.region ?? { left: 0, right: columnsOf(shape) - 1 };
      const [first, last] = [left, right].map((column) => Math.floor(column / columnStep)) as [
        number,
        number,
      ];
      // A mask covers row by row.
      const own = step.cell.kind === "mask" ? undefined : Math.floor(token / rowStep);
      const film = filmOf(grid.rows, { left: first, right: last }, own);
      const indexOf = (row: number, column: number) =>
        indexAt(shape, { plane, row: row * rowStep, column: Math.min(right, column * columnStep) });
      for (const { root, matrix } of standing) root.classList.toggle("is-quiet", matrix !== filled);
      let drawn = "";
      const draw = (share: number) => {
        const { isThere, row, column } = film(share);
        const now = `${row} ${column}`;
        if (now === drawn) return;
        drawn = now;
        cover(filled, (y, x) => (isThere(y, x) ? instead?.(y, x) : old(y, x)));
        if (filled !== made) cover(made, (y) => (isThere(y, last) ? undefined : null));
        const corners = [indexOf(row, column ?? first), indexOf(row, column ?? last)];
        const read = divided ?? step;
        for (const matrix of chain.matrices) {
          const term = read.terms.find(({ tensor }) => tensor === matrix.tensor && tensor !== step.made);
          const region = term && readBy(read, term, corners, shapeOf(term.tensor));
          matrix.light(region ? [region] : []);
        }
        const [top, bottom] = [row * rowStep, row * rowStep];
        if (column === undefined) filled.light([{ top, bottom, left, right }]);
        else filled.mark(top, column * columnStep);
        if (step.cell.kind === "activation" && column !== undefined) bend(step.cell.x.tensor, row, column);
      };
      const bend = (tensor: string, row: number, column: number) => {
        const { grid } = chain.matrices.find((each) => each.tensor === tensor)!;
        chain.bend({ tensor, captured: grid.values[row * grid.columns + column]!, operands: [] });
      };
      return filmed(lasting, draw, () => {
        show(at);
        ended();
      });
    },
  };
}

/** The columns of the shares, one after the other. */
function fadeIn(root: HTMLElement, lasting: number): void {
  for (const row of root.querySelectorAll(".opened-next tr"))
    for (const [at, cell] of [...row.children].entries()) {
      const delay = (at * lasting) / (row.children.length + 1);
      cell.animate(
        { opacity: [0, 1] },
        { delay, duration: lasting / (row.children.length + 1), fill: "backwards" },
      );
    }
}

/** The softmax that divides by this sum: what it divides is there with the sum. */
const dividedBy = (sum: Equation, steps: readonly Equation[]): Equation | undefined =>
  steps.find(({ cell }) => cell.kind === "softmax" && cell.sum.tensor === sum.made);

const columnsOf = (shape: readonly number[]) => shape.at(-1)!;
