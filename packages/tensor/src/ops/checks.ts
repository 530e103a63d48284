import type { DType } from "../device-buffer.js";
import { ShapeError } from "../errors.js";
import { show, type Tensor } from "../tensor.js";

/** Throws unless the tensor has this element type. */
export function requireType(op: string, what: string, tensor: Tensor, dtype: DType): void {
  if (tensor.dtype === dtype) return;
  const wayOut =
    tensor.dtype === "bfloat16" && dtype === "float32" ? ' Use cast(tensor, "float32") of it.' : "";
  throw new ShapeError(
    `${op}: ${what} of shape ${show(tensor.shape)} must be ${dtype}, not ${tensor.dtype}.${wayOut}`,
  );
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

/** Throws unless the value is a finite number. */
export function requireFinite(op: string, what: string, value: number): void {
  if (!Number.isFinite(value)) throw new ShapeError(`${op}: ${what} must be a finite number, not ${value}.`);
}
