import type { TensorDescription } from "@llm/gpt/inspect";
import { statisticOf } from "./statistics.js";

/** A tensor as it is laid out: planes of rows and columns. */
export interface Box {
  readonly name: string;
  readonly kind: TensorDescription["kind"];
  /** What makes it, in words. */
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly shape: readonly number[];
  readonly planes: number;
  readonly rows: number;
  readonly columns: number;
}

/** What belongs together, from top to bottom in the order of computation: a block, or what comes before or after all blocks. */
export interface Section {
  readonly name: string;
  readonly words: string;
  /** What depends on nothing of its own row stands side by side. */
  readonly rows: readonly (readonly Box[])[];
}

/** A cell of a tensor where it is drawn. */
export interface Place {
  readonly plane: number;
  readonly row: number;
  readonly column: number;
}

/**
 * Lays a model's tensors out by what `describe` says of them, and by nothing else, so that every model is laid out by the same
 * rules: a tensor stands below all that it is computed from; what is given (a weight, a table), and what is one number for each
 * row, stands beside the first tensor that reads it; a block is a section of its own.
 */
export function schemeOf(descriptions: readonly TensorDescription[], positions: number): Section[] {
  const sections = new Map<string, Map<number, Box[]>>();
  const ranks = new Map<string, { section: string; rank: number }>();
  const waiting = new Map<string, TensorDescription>();
  let isPastBlocks = false;
  for (const description of descriptions) {
    const { name, inputs } = description;
    if (isGiven(description) || statisticOf(name)) {
      waiting.set(name, description);
      continue;
    }
    const block = /^h\.\d+(?=\.|$)/.exec(name)?.[0];
    isPastBlocks ||= block !== undefined;
    const section = block ?? (isPastBlocks ? "after" : "before");
    const above = inputs.map((input) => ranks.get(input)).filter((at) => at?.section === section);
    const rank = Math.max(-1, ...above.map((at) => at!.rank)) + 1;
    ranks.set(name, { section, rank });
    const rows = sections.get(section) ?? new Map<number, Box[]>();
    sections.set(section, rows);
    const row = rows.get(rank) ?? [];
    rows.set(rank, row);
    for (const input of inputs) {
      const beside = waiting.get(input);
      if (beside) row.push(boxOf(beside, positions));
      waiting.delete(input);
    }
    row.push(boxOf(description, positions));
  }
  return [...sections].map(([name, rows]) => ({
    name,
    words: wordsOf(name),
    rows: [...rows].sort(([a], [b]) => a - b).map(([, boxes]) => boxes),
  }));
}

/** Whether nothing is computed for it; the model's input begins the picture. */
const isGiven = ({ kind, inputs }: TensorDescription) => kind !== "input" && inputs.length === 0;

function wordsOf(section: string): string {
  if (section === "before") return "From tokens to vectors";
  if (section === "after") return "From vectors to probabilities";
  return `Block ${section.slice(2)}`;
}

function boxOf({ name, kind, operation, inputs, shape }: TensorDescription, positions: number): Box {
  const extents = shape.map((extent) => (extent === "B" ? 1 : extent === "T" ? positions : extent));
  return { name, kind, operation: operation ?? kind, inputs, shape: extents, ...planesOf(extents) };
}

/** The last axis runs along columns, the one before it along rows; all others are planes. */
export function planesOf(shape: readonly number[]): { planes: number; rows: number; columns: number } {
  const columns = shape.at(-1) ?? 1;
  const rows = shape.at(-2) ?? 1;
  return { planes: shape.slice(0, -2).reduce((product, extent) => product * extent, 1), rows, columns };
}

/** The index of a cell from where it is drawn. */
export function indexAt(shape: readonly number[], { plane, row, column }: Place): number[] {
  const index = [row, column].slice(-shape.length);
  for (const extent of shape.slice(0, -2).reverse()) {
    index.unshift(plane % extent);
    plane = Math.floor(plane / extent);
  }
  return index;
}

/** Where the cell of this index is drawn. */
export function placeOf(shape: readonly number[], index: readonly number[]): Place {
  const outer = shape.slice(0, -2);
  return {
    plane: outer.reduce((place, extent, axis) => place * extent + index[axis]!, 0),
    row: index.at(-2) ?? 0,
    column: index.at(-1) ?? 0,
  };
}

/** Whether a tensor of this shape has the cell. */
export function hasCell(shape: readonly number[], index: readonly number[]): boolean {
  return (
    index.length === shape.length &&
    index.every((i, axis) => Number.isInteger(i) && i >= 0 && i < shape[axis]!)
  );
}
