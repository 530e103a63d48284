import { checkArgument } from "../check.js";
import { OptionsError } from "../errors.js";
import type { Captured } from "./capture.js";
import { derive } from "./derive.js";
import type { TensorDescription } from "./description.js";
import { evaluator, type Source, type Values } from "./evaluate.js";
import { find } from "./find.js";
import { type Operand, operandsOf, show } from "./operands.js";

/** How one cell came about. */
export interface Explanation {
  readonly tensor: string;
  readonly index: readonly number[];
  /** The operation in words. */
  readonly operation: string;
  readonly operands: readonly Operand[];
  /** The computation with its numbers, rounded to 4 digits; of a long sum the first terms. */
  readonly formula: string;
  /** What the operands give, in double precision. */
  readonly value: number;
  /** The model's own value, in the precision of its engine. */
  readonly captured: number;
}

/** Parts that a capture without detail has not, computed when they are first asked for. */
const derived = new WeakMap<Captured, Map<string, Values>>();

/**
 * How a cell of a captured tensor, or of one of its parts, follows from the cells before it.
 *
 * @throws {OptionsError} for a tensor or a cell that there is not
 */
export function explainCell(captured: Captured, tensor: string, index: readonly number[]): Explanation {
  checkArgument("captured of explainCell", captured, "object");
  checkArgument("index of explainCell", index, "list");
  const whole = captured.descriptions.find(({ parts = [] }) => parts.some(({ name }) => name === tensor));
  const description = find(whole?.parts ?? captured.descriptions, tensor);
  const values = valuesFor(captured, whole ?? description);
  const { shape, data } = values.get(tensor)!;
  const isCell =
    index.length === shape.length &&
    index.every((i, axis) => i >= 0 && i < shape[axis]! && Number.isInteger(i));
  if (!isCell) {
    throw new OptionsError(`${tensor} of shape (${shape.join(", ")}) has no cell [${index.join(", ")}]`);
  }
  const own = data[shape.reduce((place, extent, axis) => place * extent + index[axis]!, 0)]!;
  const { cell, kind, operation = kind } = description;
  const base = { tensor, index: [...index], operation, captured: own };
  if (!cell) return { ...base, operands: [], formula: show(own), value: own };
  const source: Source = (name) => values.get(name)!;
  const value = evaluator(cell, source)(index);
  const { operands, formula } = operandsOf(cell, index, source);
  return { ...base, operands, formula: `${formula} = ${show(value)}`, value };
}

function valuesFor(captured: Captured, { parts = [] }: TensorDescription): ReadonlyMap<string, Values> {
  if (parts.length === 0) return captured.tensors;
  let values = derived.get(captured);
  if (!values) {
    values = new Map(captured.tensors);
    derived.set(captured, values);
  }
  derive(parts, values);
  return values;
}
