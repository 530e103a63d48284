import { lanes, type Way } from "./lanes.js";
import { bySection, isGiven, type Panel } from "./layout.js";
import type { Line } from "./lines.js";
import type { Vector } from "./matrix.js";

/** How far a line that goes around others stays from them. */
const AROUND = 12;

/** A line, and what goes from where to where by it. */
export interface FlowLine extends Line {
  readonly source: string;
  readonly target: string;
}

/**
 * Which computed tensor goes into which: straight to the one beside or below, around those between on the right. To another column it goes
 * by lanes of its own; there the first and the last one that reads it stand for all.
 */
export function flowLines(panels: readonly Panel[]): FlowLine[] {
  const computed = panels.filter(({ plane, box }) => plane === 0 && !isGiven(box));
  const places = new Map(computed.map((panel) => [panel.box.name, panel]));
  const columns = bySection(computed);
  const way = lanes(panels);
  const lines: FlowLine[] = [];
  for (const [section, column] of columns) {
    const elsewhere = new Map<Panel, Panel[]>();
    for (const panel of column) {
      for (const input of new Set(panel.box.inputs)) {
        const source = places.get(input);
        if (source?.section === section) lines.push(within(source, panel, column));
        else if (source) elsewhere.set(source, [...(elsewhere.get(source) ?? []), panel]);
      }
    }
    for (const [source, readers] of elsewhere) {
      const between = way(source, section);
      for (const panel of new Set([readers[0]!, readers.at(-1)!])) {
        lines.push(...toColumn(source, panel, column, between));
      }
    }
  }
  return lines;
}

const bottomOf = ({ at, size }: Panel) => at[1] - size[1];
const middleOf = ({ at, size }: Panel) => at[1] - size[1] / 2;
const rightOf = ({ at, size }: Panel) => at[0] + size[0];

function within(source: Panel, panel: Panel, column: readonly Panel[]): FlowLine {
  const top = source.at[1];
  if (top === panel.at[1]) {
    const [from, to] = [rightOf(source), panel.at[0]];
    const isNext = !column.some(({ at }) => at[1] === top && at[0] > from && at[0] < to);
    if (isNext) return line([from, middleOf(source)], [to, middleOf(panel)], source, panel, [0, 0, 0]);
    // Over what stands between them.
    const bow: Vector = [0, AROUND, 0];
    return line([source.at[0] + source.size[0] / 2, top], [to + AROUND, top], source, panel, bow);
  }
  const between = column.filter((each) => each.at[1] <= bottomOf(source) && bottomOf(each) >= panel.at[1]);
  if (between.length === 0) {
    const inset = Math.min(source.size[0], panel.size[0]) / 2;
    return line(
      [source.at[0] + inset, bottomOf(source)],
      [panel.at[0] + inset, panel.at[1]],
      source,
      panel,
      [0, 0, 0],
    );
  }
  const from = rightOf(source);
  const edge = Math.max(from, ...between.map(rightOf)) + AROUND;
  // Into its side, or from above where it reaches farther to the right.
  const isBelow = edge < rightOf(panel);
  const to = isBelow ? ([edge, panel.at[1]] as const) : ([rightOf(panel), middleOf(panel)] as const);
  const bow = isBelow ? AROUND / 2 : Math.max(AROUND, edge - (from + to[0]) / 2);
  return line([from, middleOf(source)], to, source, panel, [bow, 0, 0]);
}

function toColumn(source: Panel, panel: Panel, column: readonly Panel[], between: Way): FlowLine[] {
  const before = column.filter((each) => bottomOf(each) >= panel.at[1]);
  const edge = Math.max(...before.map(rightOf)) + AROUND;
  // From above, or into its side where others stand above it.
  const isBelow = before.length === 0 || edge < rightOf(panel);
  const down = before.length > 0 ? edge : panel.at[0] + Math.min(panel.size[0], 2 * AROUND) / 2;
  const [from, to] = [middleOf(source), middleOf(panel)];
  const [beside] = between[0]!;
  const [, above] = between.at(-1)!;
  const way: Way = [
    [rightOf(source), from],
    [beside, from],
    ...between,
    [down, above],
    ...(isBelow
      ? ([[down, panel.at[1]]] as const)
      : ([
          [down, to],
          [rightOf(panel), to],
        ] as const)),
  ];
  return way.slice(1).map((end, i) => ({
    ...line(way[i]!, end, source, panel, [0, 0, 0]),
    look: i === way.length - 2 ? "quiet" : "piece",
  }));
}

/** Between the middles of the panels' edges. */
function line(
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  source: Panel,
  panel: Panel,
  bow: Vector,
): FlowLine {
  const depth = ({ at, size }: Panel) => at[2] - size[2] / 2;
  return {
    from: [...from, depth(source)],
    to: [...to, depth(panel)],
    bow,
    look: "quiet",
    ...names(source, panel),
  };
}

const names = ({ box: { name: source } }: Panel, { box: { name: target } }: Panel) => ({ source, target });
