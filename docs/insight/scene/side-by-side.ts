import type { Section } from "../scheme.js";
import { bounds, columnOf, type Measure, type Panel, shifted } from "./layout.js";
import type { Vector } from "./matrix.js";

/** Units of a cell: the same for every model. */
const CELL = 0.5;
/** How much wider than high the layers of a model stand. */
const ASPECT = 1.6;
/** What is between parts of a model, as a share of its width, and between models, of the largest one's height. */
const GAP = 1 / 16;
const APART = 1 / 16;

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
 * Networks beside each other, every cell of the same size: the last one on the right, the others below each other on its left.
 * Each is laid out as it would be alone, but for its layers, which stand in rows as text does. A tensor's name begins with its
 * network's.
 */
export function sideBySide(networks: readonly Compared[]): Whole[] {
  const all = networks.map(({ name, width, sections }) => {
    const panels = inRows(sections, width).map((panel) => ({
      ...panel,
      box: { ...panel.box, name: `${name} ${panel.box.name}` },
    }));
    return { name, panels, ...bounds(panels) };
  });
  const apart = Math.max(...all.map(({ low, high }) => high[1] - low[1])) * APART;
  // A little lower, so that names do not stand on one line.
  let top = -apart;
  return all.map(({ name, panels, low, high }, i) => {
    const isLast = i === all.length - 1;
    const by: Vector = [isLast ? apart - low[0] : -high[0], (isLast ? 0 : top) - high[1], 0];
    top -= high[1] - low[1] + apart;
    const moved = shifted(panels, by);
    return { name, panels: moved, ...bounds(moved) };
  });
}

/** What comes before all layers on the left, then layers, row by row, and below them what comes after. */
function inRows(sections: readonly Section[], width: number): Panel[] {
  const gap = width * CELL * GAP;
  // Thick enough to be told apart from afar.
  const measure: Measure = { lengthOf: (cells) => cells * CELL, gap, depth: gap };
  const apart = 4 * gap;
  const columns = sections.map(({ name, rows }) => {
    const panels = columnOf(name, rows, measure);
    return { panels, ...bounds(panels) };
  });
  const [first, last, layers] = [columns[0]!, columns.at(-1)!, columns.slice(1, -1)];
  const [across, down] = [0, 1].map(
    (axis) => Math.max(...layers.map(({ low, high }) => high[axis]! - low[axis]!)) + apart,
  ) as [number, number];
  const inRow = Math.max(1, Math.round(Math.sqrt((ASPECT * layers.length * down) / across)));
  const placed = shifted(first.panels, [-first.high[0] - apart, 0, 0]);
  for (const [i, { panels, low }] of layers.entries()) {
    placed.push(...shifted(panels, [(i % inRow) * across - low[0], -Math.floor(i / inRow) * down, 0]));
  }
  const bottom = -Math.ceil(layers.length / inRow) * down;
  placed.push(...shifted(last.panels, [-last.low[0], bottom, 0]));
  return placed;
}
