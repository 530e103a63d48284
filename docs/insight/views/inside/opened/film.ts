import type { Region } from "./chain.js";

/** What of a matrix has come about at some moment. */
interface Moment {
  isThere(row: number, column: number): boolean;
  /** What comes about now: a cell of the row that is looked at, or else a whole row. */
  readonly row: number;
  readonly column: number | undefined;
}

/** How much of the time the row that is looked at takes, cell by cell. */
const OWN = 0.7;

/**
 * How the rows and columns of a grid come about: first one row, cell by cell, then the others, row by row. Without such a row all
 * come row by row.
 */
export function filmOf(
  rows: number,
  { left, right }: Pick<Region, "left" | "right">,
  own: number | undefined,
): (share: number) => Moment {
  const count = right - left + 1;
  const part = own === undefined ? 0 : rows === 1 ? 1 : OWN;
  return (share) => {
    const isOwn = share < part;
    const cells = isOwn ? Math.min(count, 1 + Math.floor((share / part) * count)) : count;
    const others = isOwn ? 0 : Math.min(rows, Math.ceil(((share - part) / (1 - part)) * rows));
    return {
      isThere: (row, column) => row < others || (row === own && (cells === count || column < left + cells)),
      ...(isOwn
        ? { row: own!, column: left + cells - 1 }
        : { row: Math.max(0, others - 1), column: undefined }),
    };
  };
}

/** Calls `draw` in each frame with the share of the time that is over, and `end` at its end. @returns what stops it */
export function filmed(lasting: number, draw: (share: number) => void, end: () => void): () => void {
  const began = performance.now();
  let frame = 0;
  const next = () => {
    const share = (performance.now() - began) / lasting;
    if (share >= 1) end();
    else {
      draw(share);
      frame = requestAnimationFrame(next);
    }
  };
  next();
  return () => cancelAnimationFrame(frame);
}
