import type { Extent } from "./in-rows.js";
import { bounds, bySection, type Panel } from "./layout.js";

/** Corners that a line goes around. */
export type Way = readonly (readonly [x: number, y: number])[];

/** How far beside and above a column what goes from it to the next one stays. */
const BESIDE = 30;
const ABOVE = 14;
/** How far before its first column what comes from another row goes down. */
const BEFORE = 16;
/** From one lane of what comes from farther away to the next one: beside and above columns, and under their names. */
const APART = 5;
const CLOSE = 2;
/** Where lanes run between two rows, as shares of what is between these, from the lower one up: from row to row, and of what comes from farther away. */
const WRAP = 0.72;
const FAR = 0.88;
/** What is above a row where there is no other. */
const OVER = 40;

/** A row of columns, and how much is free above it. */
interface Row {
  readonly columns: readonly Extent[];
  readonly top: number;
  readonly left: number;
  readonly over: number;
}

/**
 * The lanes from a tensor to another column: to the next one beside its own and along above the other, under its name; from the end of a
 * row to the next row between both, over the names there. What goes farther has lanes of its own. So no two tensors share a piece of a
 * way.
 */
export function lanes(panels: readonly Panel[]): (source: Panel, section: string) => Way {
  const columns = new Map([...bySection(panels)].map(([name, own]) => [name, bounds(own)]));
  const rows = rowsOf([...columns.values()]);
  const rowOf = (column: Extent) => rows.findIndex(({ columns }) => columns.includes(column));
  const farther = new Map<Panel, number>();
  return (source, section) => {
    const [from, to] = [columns.get(source.section)!, columns.get(section)!];
    const { columns: own, top, left, over } = rows[rowOf(to)]!;
    const before = rows[rowOf(to) - 1];
    const [beside, above] = [from.high[0] + BESIDE, top + ABOVE];
    if (own[own.indexOf(to) - 1] === from) return [[beside, above]];
    if (own[0] === to && before?.columns.at(-1) === from) {
      return around(beside, top + WRAP * over, left - BEFORE, above);
    }
    const lane = farther.get(source) ?? farther.size + 1;
    farther.set(source, lane);
    const by = APART * lane;
    return around(beside - by, top + FAR * over - by, to.low[0] - by, above + CLOSE * lane);
  };
}

/** Beside a column, along over others, down before another one, and there along above it. */
const around = (beside: number, along: number, down: number, above: number): Way => [
  [beside, along],
  [down, along],
  [down, above],
];

/** Columns of a row have one top. */
function rowsOf(columns: readonly Extent[]): Row[] {
  const tops = new Map<number, Extent[]>();
  for (const column of columns) {
    const top = Math.round(column.high[1]);
    const own = tops.get(top);
    if (own) own.push(column);
    else tops.set(top, [column]);
  }
  let bottom: number | undefined;
  return [...tops.values()].map((own) => {
    const [top, left] = [own[0]!.high[1], own[0]!.low[0]];
    const over = bottom === undefined ? OVER : bottom - top;
    bottom = Math.min(...own.map(({ low }) => low[1]));
    return { columns: own, top, left, over };
  });
}
