import type { DType } from "../device-buffer.js";
import { ShapeError } from "../errors.js";
import type { Reduction } from "../kernel-arguments.js";
import { show, type Tensor } from "../tensor.js";

/** Throws unless the tensor has this element type. */
export function requireType(op: string, what: string, tensor: Tensor, dtype: DType): void {
  if (tensor.dtype !== dtype) {
    throw new ShapeError(
      `${op}: ${what} of shape ${show(tensor.shape)} must be ${dtype}, not ${tensor.dtype}.`,
    );
  }
}

/** Throws where the tensor is of 8 bits: it can be made, stored and multiplied by, but not taken apart. */
export function refuseInt8(op: string, tensor: Tensor): void {
  if (tensor.dtype === "int8") {
    throw new ShapeError(
      `${op}: a tensor of shape ${show(tensor.shape)} is int8, which only quantizedLinear takes. Work on the float32 weight and quantize the result.`,
    );
  }
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
  if (tensor.shape.length !== shape.length || tensor.shape.some((extent, i) => extent !== shape[i])) {
    throw new ShapeError(
      `${op}: ${what} has shape ${show(tensor.shape)}, but ${show(shape)} is needed with x of shape ${show(given.shape)}.`,
    );
  }
}

/** The last extent and the product of the others: (..., K) seen as rows. */
export function rowsOf(op: string, x: Tensor): { rows: number; columns: number } {
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
