// Floating-point numbers as bytes, little-endian, whatever the host's own order.
import { floatToBfloat16, halfToFloat } from "@llm/platform/float-bits";

/** Types of the numbers in files. */
export type FloatType = "float64" | "float32" | "float16" | "bfloat16";

/** Bytes of one number. */
export const FLOAT_BYTES = { float64: 8, float32: 4, float16: 2, bfloat16: 2 } as const satisfies Record<
  FloatType,
  number
>;

/** Numbers as float32; those of narrower types are exact. */
export function toFloats(type: FloatType, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float32Array(bytes.byteLength / FLOAT_BYTES[type]);
  const bits = new Uint32Array(out.buffer);
  if (type === "float64") {
    for (let i = 0; i < out.length; i++) out[i] = view.getFloat64(8 * i, true);
  } else if (type === "float32") {
    for (let i = 0; i < out.length; i++) bits[i] = view.getUint32(4 * i, true);
  } else if (type === "bfloat16") {
    for (let i = 0; i < out.length; i++) bits[i] = view.getUint16(2 * i, true) << 16;
  } else {
    for (let i = 0; i < out.length; i++) bits[i] = halfToFloat(view.getUint16(2 * i, true));
  }
  return out;
}

/** Numbers as bytes; bfloat16 is rounded to the nearest, ties to even. */
export function toBytes(type: "float32" | "bfloat16", values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint8Array(values.length * FLOAT_BYTES[type]);
  const view = new DataView(out.buffer);
  if (type === "float32") {
    for (let i = 0; i < bits.length; i++) view.setUint32(4 * i, bits[i]!, true);
  } else {
    for (let i = 0; i < bits.length; i++) view.setUint16(2 * i, floatToBfloat16(bits[i]!), true);
  }
  return out;
}
