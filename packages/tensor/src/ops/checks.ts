import type { DType } from "../device-buffer.js";
import { ShapeError } from "../errors.js";
import type { Storage } from "../storage.js";
import { show, storageOf, type Tensor } from "../tensor.js";

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

/** The storage of integers that an option gives, or null. @throws ShapeError unless they are int32 of exactly this shape */
export function integers(
  op: string,
  what: string,
  tensor: Tensor | null | undefined,
  shape: readonly number[],
): Storage | null {
  if (!tensor) return null;
  requireType(op, what, tensor, "int32");
  if (show(tensor.shape) !== show(shape)) {
    throw new ShapeError(`${op}: ${what} has shape ${show(tensor.shape)}, but ${show(shape)} is needed.`);
  }
  return storageOf(tensor, op);
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

/** Throws unless the value is a finite number. */
export function requireFinite(op: string, what: string, value: number): void {
  if (!Number.isFinite(value)) throw new ShapeError(`${op}: ${what} must be a finite number, not ${value}.`);
}
