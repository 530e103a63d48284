import { checkOptions, type Kinds, shown } from "@llm/platform/options";
import type { Activation, DType } from "../device-buffer.js";
import { ShapeError } from "../errors.js";
import type { Reduction } from "../kernel-arguments.js";
import type { Storage } from "../storage.js";
import { show, storageOf, type Tensor } from "../tensor.js";

/** The names of all activations. */
export const ACTIVATIONS: readonly Activation[] = ["gelu", "gelu-erf", "relu2", "silu"];

/** Throws unless the tensor has this element type. */
export function requireType(op: string, what: string, tensor: Tensor, dtype: DType): void {
  if (tensor?.dtype !== dtype) {
    if (!Array.isArray(tensor?.shape)) {
      throw new ShapeError(
        `${op}: ${what} is ${shown(tensor)}: it must be a Tensor, such as tensor(data, shape).`,
      );
    }
    const wayOut =
      tensor.dtype === "bfloat16" && dtype === "float32" ? ' Use cast(tensor, "float32") of it.' : "";
    throw new ShapeError(
      `${op}: ${what} of shape ${show(tensor.shape)} must be ${dtype}, not ${tensor.dtype}.${wayOut}`,
    );
  }
}

/** Throws for options that an operation does not have, lacks, or cannot use. */
export function requireOptions<T extends object>(op: string, options: T, kinds: Kinds<T>): void {
  checkOptions(op, options, kinds, (message) => new ShapeError(message));
}

/** Throws unless the tensor can be multiplied by as a weight: float32, or frozen in bfloat16. */
export function requireWeight(op: string, what: string, tensor: Tensor): void {
  if (tensor.dtype !== "bfloat16") requireType(op, what, tensor, "float32");
}

/** Throws where an element has fewer than 32 bits: such a tensor can be made, stored and multiplied by, but not taken apart. */
export function refuseNarrow(op: string, tensor: Tensor): void {
  if (tensor.dtype === "bfloat16") requireType(op, "a tensor", tensor, "float32");
  if (tensor.dtype === "int8") {
    throw new ShapeError(
      `${op}: a tensor of shape ${show(tensor.shape)} is int8, which only quantizedLinear takes. Work on the float32 weight and quantize the result.`,
    );
  }
}

/** Whether the tensor is of exactly this shape. */
export function isShape(tensor: Tensor, shape: readonly number[]): boolean {
  if (tensor.shape.length !== shape.length) return false;
  for (let i = 0; i < shape.length; i++) if (tensor.shape[i] !== shape[i]) return false;
  return true;
}

/** Throws unless the tensor, when given, is float32 of exactly this shape. */
export function requireShape(
  op: string,
  what: string,
  tensor: Tensor | null | undefined,
  shape: readonly number[],
  given: Tensor,
): void {
  if (!tensor) return;
  requireType(op, what, tensor, "float32");
  if (!isShape(tensor, shape)) {
    throw new ShapeError(
      `${op}: ${what} has shape ${show(tensor.shape)}, but ${show(shape)} is needed with x of shape ${show(given.shape)}.`,
    );
  }
}

/** The storage of integers that an option gives, or null. @throws ShapeError unless they are int32 of exactly this shape */
export function integers(
  op: string,
  what: string,
  tensor: Tensor | null | undefined,
  shape: readonly number[],
): Storage | null {
  if (!tensor) return null;
  requireType(op, what, tensor, "int32");
  if (!isShape(tensor, shape)) {
    throw new ShapeError(`${op}: ${what} has shape ${show(tensor.shape)}, but ${show(shape)} is needed.`);
  }
  return storageOf(tensor, op);
}

/** The last extent and the product of the others: (..., K) seen as rows. */
export function rowsOf(op: string, x: Tensor): { rows: number; columns: number } {
  if (!Array.isArray(x?.shape)) requireType(op, "x", x, "float32");
  const columns = x.shape.at(-1);
  if (columns === undefined)
    throw new ShapeError(`${op}: a scalar () has no last axis; give it at least one.`);
  return { rows: x.size / columns, columns };
}

/** The index of an axis; a negative one counts from the last. */
export function axisOf(op: string, x: Tensor, axis: number): number {
  const positive = axis < 0 ? axis + x.shape.length : axis;
  if (!Number.isSafeInteger(positive) || positive < 0 || positive >= x.shape.length) {
    throw new ShapeError(`${op}: shape ${show(x.shape)} has no axis ${axis}.`);
  }
  return positive;
}

/** The rows and classes of logits (..., V), with one target for each row. */
export function requireTargets(
  op: string,
  logits: Tensor,
  targets: Tensor,
): { rows: number; classes: number } {
  requireType(op, "logits", logits, "float32");
  requireType(op, "targets", targets, "int32");
  const { rows, columns: classes } = rowsOf(op, logits);
  if (targets.size !== rows) {
    throw new ShapeError(
      `${op}: logits of shape ${show(logits.shape)} need ${rows} targets, not shape ${show(targets.shape)}.`,
    );
  }
  return { rows, classes };
}

/** Throws unless the losses are reduced in a way there is. */
export function requireReduction(op: string, reduction: Reduction): void {
  if (reduction === "mean" || reduction === "sum") return;
  throw new ShapeError(
    `${op}: reduction must be "mean" or "sum", not "${reduction}". For one value a row take logProbabilities.`,
  );
}

/** Throws unless the value is a finite number. */
export function requireFinite(op: string, what: string, value: number): void {
  if (!Number.isFinite(value)) throw new ShapeError(`${op}: ${what} must be a finite number, not ${value}.`);
}
