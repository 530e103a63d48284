import type { Section } from "../scheme.js";
import { inRows } from "./in-rows.js";
import { bounds, columnOf, type Measure, type Panel, shifted } from "./layout.js";
import type { Vector } from "./matrix.js";

/** Units of a cell: the same for every model. */
const CELL = 0.5;
/** How much wider than high the layers of a model stand. */
const ASPECT = 1.8;
/** What is between parts of a model, as a share of its channels. */
const GAP = 1 / 16;
/** What is between the last model and those above it, as a share of its width, and at least between those. */
const BELOW = 1 / 12;
const APART = 1 / 24;

/** A network to be compared with others. */
export interface Compared {
  readonly name: string;
  /** Channels of its residual stream. */
  readonly width: number;
  readonly sections: readonly Section[];
}

/** Where a network stands as a whole. */
export interface Whole {
  readonly name: string;
  readonly panels: readonly Panel[];
  readonly low: Vector;
  readonly high: Vector;
}

/**
 * Networks beside each other, every cell of the same size: the last one below, the others spread above it. Each is laid out as it
 * would be alone, but that what comes after its layers stands below them. A tensor's name begins with its network's.
 */
export function sideBySide(networks: readonly Compared[]): Whole[] {
  const all = networks.map(({ name, width, sections }) => {
    const panels = wholeOf(sections, width).map((panel) => ({
      ...panel,
      box: { ...panel.box, name: `${name} ${panel.box.name}` },
    }));
    return { name, panels, ...bounds(panels) };
  });
  const widths = all.map(({ low, high }) => high[0] - low[0]);
  const widest = widths.pop()!;
  const taken = widths.reduce((sum, width) => sum + width, 0);
  const apart = Math.max(APART * widest, (widest - taken) / Math.max(1, widths.length - 1));
  let left = 0;
  return all.map(({ name, panels, low, high }, i) => {
    const isLast = i === widths.length;
    const by: Vector = isLast ? [-low[0], -BELOW * widest - high[1], 0] : [left - low[0], -low[1], 0];
    left += (widths[i] ?? 0) + apart;
    const moved = shifted(panels, by);
    return { name, panels: moved, ...bounds(moved) };
  });
}

/** What comes before all layers on the left, then layers, row by row, and below them what comes after. */
function wholeOf(sections: readonly Section[], width: number): Panel[] {
  const gap = width * CELL * GAP;
  // Thick enough to be told apart from afar.
  const measure: Measure = { lengthOf: (cells) => cells * CELL, gap, depth: gap };
  const apart = 4 * gap;
  const columns = sections.map(({ name, rows }) => columnOf(name, rows, measure));
  const extents = columns.map(bounds);
  const [first, last] = [extents[0]!, extents.at(-1)!];
  const { places, below } = inRows(extents.slice(1, -1), { across: apart, down: apart }, ASPECT);
  const all = [
    [-first.high[0] - apart, -first.high[1], 0] as const,
    ...places,
    [below[0] - last.low[0], below[1] - last.high[1], 0] as const,
  ];
  return columns.flatMap((column, i) => shifted(column, all[i]!));
}
