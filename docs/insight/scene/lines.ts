import { cellCentre, isGiven, type Panel } from "./layout.js";
import { add, scale, type Vector } from "./matrix.js";
import type { PickedCell } from "./pick.js";

/** A line from the edge of what is read to the edge of what is computed from it. */
export interface Line {
  readonly from: Vector;
  readonly to: Vector;
  /** How far its middle is off the straight way. */
  readonly bow: Vector;
  readonly look: keyof typeof LOOKS;
}

/** From what is computed, from what was learned, between tensors as a whole, and a piece of such a way, without a head. */
const LOOKS = { solid: 0, dashed: 1, quiet: 2, piece: 3 } as const;

/** More lines than these from one plane of a tensor hide each other: then some cells, evenly, stand for all. */
const MOST = 10;
/** What a line rises before the panels on its way, as a share of its length. */
const BOW = 0.12;
/** Lines stand before frames. */
const BEFORE = 0.4;

/** Bytes of a line: from (3), to (3), bow (3), look. */
export const LINE_STRIDE = 10 * 4;

/** Lines from operands to the cell that is computed from them. */
export function linesBetween(operands: readonly PickedCell[], cell: PickedCell): Line[] {
  const byPanel = new Map<Panel, PickedCell[]>();
  for (const each of operands) {
    const cells = byPanel.get(each.panel);
    if (cells) cells.push(each);
    else byPanel.set(each.panel, [each]);
  }
  const end = centreOf(cell);
  return [...byPanel].flatMap(([panel, cells]) =>
    evenly(cells).map((each) => {
      const start = centreOf(each);
      const [from, to] = [edgeOf(each, start, end), edgeOf(cell, end, start)];
      const length = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
      return { from, to, bow: [0, 0, BOW * length], look: isGiven(panel.box) ? "dashed" : "solid" };
    }),
  );
}

/** At most so many of them, the first and the last among them. */
export function evenly<T>(all: readonly T[]): readonly T[] {
  if (all.length <= MOST) return all;
  return Array.from({ length: MOST }, (_, i) => all[Math.round((i * (all.length - 1)) / (MOST - 1))]!);
}

const centreOf = ({ panel, row, column }: PickedCell) => add(cellCentre(panel, row, column), [0, 0, BEFORE]);

/** Where the way from a cell's middle leaves it, so that its colour stays to be seen. */
function edgeOf({ panel: { box, size } }: PickedCell, middle: Vector, towards: Vector): Vector {
  const [x, y] = [towards[0] - middle[0], towards[1] - middle[1]];
  const [width, height] = [size[0] / box.columns, size[1] / box.rows];
  const share = Math.min(width / 2 / Math.abs(x), height / 2 / Math.abs(y));
  return Number.isFinite(share) ? add(middle, [x * share, y * share, 0]) : middle;
}

/** A place of a line, as the shader has it. */
export function placeOn({ from, to, bow }: Line, share: number): Vector {
  const way = add(scale(from, 1 - share), scale(to, share));
  return add(way, scale(bow, Math.sin(Math.PI * share)));
}

/** Those that stand out have a negative look. */
export function lineInstances<L extends Line>(
  lines: readonly L[],
  isOut: (line: L) => boolean = () => false,
): ArrayBuffer {
  const numbers = new Float32Array((lines.length * LINE_STRIDE) / 4);
  for (const [i, line] of lines.entries()) {
    const { from, to, bow, look } = line;
    const sign = isOut(line) ? -1 : 1;
    numbers.set([...from, ...to, ...bow, sign * LOOKS[look]], (i * LINE_STRIDE) / 4);
  }
  return numbers.buffer;
}
