import { fromBfloat16 } from "../../bfloat16.js";
import type { DeviceBuffer, DType, Into, TensorData } from "../../device-buffer.js";

/** A buffer of the reference engine: a typed array. */
export interface ReferenceBuffer extends DeviceBuffer {
  readonly data: TensorData;
}

/** The values of a buffer made by this engine. */
export function values(buffer: DeviceBuffer): TensorData {
  return (buffer as ReferenceBuffer).data;
}

/** The values of a buffer that may be in bfloat16, as numbers. */
export function floats(buffer: DeviceBuffer): TensorData {
  return buffer.dtype === "bfloat16" ? fromBfloat16(values(buffer)) : values(buffer);
}

/** The values of a buffer that may be absent. */
export function maybeValues(buffer: DeviceBuffer | null | undefined): TensorData | null {
  return buffer ? values(buffer) : null;
}

/** The values of a destination, zeroed first unless it is added to. */
export function target(out: Into): TensorData {
  const data = values(out.buffer);
  if (!out.accumulate) data.fill(0);
  return data;
}

/** The values of an optional destination, zeroed first unless it is added to. */
export function maybeTarget(out: Into | null): TensorData | null {
  return out ? target(out) : null;
}

/** A zeroed buffer. */
export function makeBuffer(length: number, dtype: DType, double: boolean): ReferenceBuffer {
  if (dtype === "int32") return { length, dtype, data: new Int32Array(length) };
  if (dtype === "int8") return { length, dtype, data: new Int8Array(length) };
  if (dtype === "bfloat16") return { length, dtype, data: new Uint16Array(length) };
  return { length, dtype, data: double ? new Float64Array(length) : new Float32Array(length) };
}
