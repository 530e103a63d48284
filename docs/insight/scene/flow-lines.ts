import { isGiven, type Panel } from "./layout.js";
import type { Line } from "./lines.js";
import type { Vector } from "./matrix.js";

/** How far a line that goes around others stays from them. */
const AROUND = 12;
/** How far behind the panels on its way a line to another column goes, as a share of its length. */
const BEHIND = 0.08;

/**
 * Which computed tensor goes into which: straight to the one below, around those between on the right, and behind everything to
 * another column, where the first and the last one that reads it stand for all.
 */
export function flowLines(panels: readonly Panel[]): Line[] {
  const computed = panels.filter(({ plane, box }) => plane === 0 && !isGiven(box));
  const places = new Map(computed.map((panel) => [panel.box.name, panel]));
  const columnOf = (section: string) => computed.filter((panel) => panel.section === section);
  const lines: Line[] = [];
  const readers = new Map<Panel, Map<string, Panel[]>>();
  for (const panel of computed) {
    for (const input of new Set(panel.box.inputs)) {
      const source = places.get(input);
      if (!source) continue;
      if (source.section === panel.section) {
        lines.push(within(source, panel, columnOf(panel.section)));
        continue;
      }
      const bySection = readers.get(source) ?? new Map<string, Panel[]>();
      readers.set(source, bySection);
      bySection.set(panel.section, [...(bySection.get(panel.section) ?? []), panel]);
    }
  }
  for (const [source, bySection] of readers) {
    for (const [first, ...others] of bySection.values()) {
      for (const panel of new Set([first!, others.at(-1) ?? first!])) lines.push(toColumn(source, panel));
    }
  }
  return lines;
}

const bottomOf = ({ at, size }: Panel) => at[1] - size[1];
const rightOf = ({ at, size }: Panel) => at[0] + size[0];

function within(source: Panel, panel: Panel, column: readonly Panel[]): Line {
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
  const middle = ({ at, size }: Panel) => at[1] - size[1] / 2;
  const edge = Math.max(from, ...between.map(rightOf)) + AROUND;
  // Into its side, or from above where it reaches farther to the right.
  const isBelow = edge < rightOf(panel);
  const to = isBelow ? ([edge, panel.at[1]] as const) : ([rightOf(panel), middle(panel)] as const);
  const bow = isBelow ? AROUND / 2 : Math.max(AROUND, edge - (from + to[0]) / 2);
  return line([from, middle(source)], to, source, panel, [bow, 0, 0]);
}

function toColumn(source: Panel, panel: Panel): Line {
  const from = [rightOf(source), source.at[1] - source.size[1] / 2] as const;
  const to = [panel.at[0], panel.at[1] - panel.size[1] / 2] as const;
  return line(from, to, source, panel, [0, 0, -BEHIND * Math.hypot(to[0] - from[0], to[1] - from[1])]);
}

/** Between the middles of the panels' edges. */
function line(
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  source: Panel,
  panel: Panel,
  bow: Vector,
): Line {
  const depth = ({ at, size }: Panel) => at[2] - size[2] / 2;
  return { from: [...from, depth(source)], to: [...to, depth(panel)], bow, look: "quiet" };
}
