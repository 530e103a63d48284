import { floatToBfloat16, floatToHalf, halfToFloat } from "@llm/platform/float-bits";
import { SafetensorsError } from "../errors.js";

/** Element types that can be read and written here. The format knows more, which can be in a file but not be read. */
export type SafetensorsDType = "F64" | "F32" | "F16" | "BF16" | "I32" | "I8";

/** Values as they are read; F16 and BF16 are widened to Float32Array, unless BF16 is asked for as its bits. */
export type SafetensorsData = Float32Array | Float64Array | Int32Array | Int8Array | Uint16Array;

/** How values are read. */
export interface SafetensorsReadOptions {
  /** "bits" gives BF16 as a Uint16Array, as `tensor` takes it for bfloat16: half the memory. Default "float32". */
  bfloat16?: "float32" | "bits";
}

/** Values that can be written: floats as F64, F32, F16, BF16 or I8, Int32Array as I32, Int8Array as I8, Uint16Array, bits, as BF16. */
export type SafetensorsInput = SafetensorsData;

const BYTES: Record<SafetensorsDType, number> = { F64: 8, F32: 4, F16: 2, BF16: 2, I32: 4, I8: 1 };

/** Whether values of this type can be read and written. */
export function isReadable(dtype: string): dtype is SafetensorsDType {
  return Object.hasOwn(BYTES, dtype);
}

/** Bytes of one element. */
export function bytesOf(dtype: SafetensorsDType): number {
  return BYTES[dtype];
}

/** The readable types, for messages. */
export const READABLE = Object.keys(BYTES).join(", ");

/** The int8 nearest to a number, ties to even, at most as far as -128 and 127. */
function toInt8(value: number): number {
  const floor = Math.floor(value);
  const over = value - floor;
  const nearest = over > 0.5 || (over === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return Math.max(-128, Math.min(127, nearest));
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Reads little-endian values, which may start at any byte, bit for bit on any host. Where the bytes are the reader's `own`, those
 * of 32 bits stay where they are.
 */
export function decode(
  dtype: SafetensorsDType,
  bytes: Uint8Array,
  { bfloat16 = "float32", own = false }: SafetensorsReadOptions & { own?: boolean } = {},
): SafetensorsData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength / BYTES[dtype];
  if (dtype === "I8") return Int8Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, count));
  if (dtype === "F64") return Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * i, true));
  if (dtype === "BF16" && bfloat16 === "bits") {
    return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, true));
  }
  if (own && IS_LITTLE_ENDIAN && BYTES[dtype] === 4 && bytes.byteOffset % 4 === 0) {
    return new (dtype === "I32" ? Int32Array : Float32Array)(
      bytes.buffer as ArrayBuffer,
      bytes.byteOffset,
      count,
    );
  }
  const out = dtype === "I32" ? new Int32Array(count) : new Float32Array(count);
  const bits = new Uint32Array(out.buffer);
  if (dtype === "F16") {
    for (let i = 0; i < count; i++) bits[i] = halfToFloat(view.getUint16(2 * i, true));
  } else if (dtype === "BF16") {
    for (let i = 0; i < count; i++) bits[i] = view.getUint16(2 * i, true) << 16;
  } else {
    for (let i = 0; i < count; i++) bits[i] = view.getUint32(4 * i, true);
  }
  return out;
}

/** The type that values are written as when none is asked for. */
export function naturalDType(data: SafetensorsInput): SafetensorsDType {
  if (data instanceof Int32Array) return "I32";
  if (data instanceof Uint16Array) return "BF16";
  return data instanceof Int8Array ? "I8" : "F32";
}

/** Throws unless such values can be written as `dtype`. */
export function checkInput(name: string, dtype: SafetensorsDType, data: SafetensorsInput): void {
  const natural = naturalDType(data);
  if (natural === dtype || (natural === "F32" && dtype !== "I32")) return;
  throw new SafetensorsError(
    `Tensor "${name}" cannot be written as ${dtype} from ${data.constructor.name}: give it ${dtype === "I32" ? "an Int32Array" : "floats"}, or write it as ${natural}.`,
  );
}

/**
 * Writes values little-endian into `out`, which they fill, on any host. Floats are rounded to the nearest, ties to
 * even; Float64Array goes through float32, but into F64. Into I8, values beyond its range become its ends, and NaN is refused.
 */
export function encode(name: string, dtype: SafetensorsDType, data: SafetensorsInput, out: Uint8Array): void {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  if (dtype === "I8") {
    for (let i = 0; i < data.length; i++) {
      if (Number.isNaN(data[i])) {
        throw new SafetensorsError(`Tensor "${name}" has a NaN, which I8 cannot hold. Write it as F32.`);
      }
      view.setInt8(i, toInt8(data[i]!));
    }
    return;
  }
  if (data instanceof Uint16Array) {
    for (let i = 0; i < data.length; i++) view.setUint16(2 * i, data[i]!, true);
    return;
  }
  if (dtype === "F64") {
    for (let i = 0; i < data.length; i++) view.setFloat64(8 * i, data[i]!, true);
    return;
  }
  const words = data instanceof Float64Array ? Float32Array.from(data) : data;
  const bits = new Uint32Array(words.buffer, words.byteOffset, words.length);
  if (dtype === "F16") {
    for (let i = 0; i < bits.length; i++) view.setUint16(2 * i, floatToHalf(bits[i]!), true);
  } else if (dtype === "BF16") {
    for (let i = 0; i < bits.length; i++) view.setUint16(2 * i, floatToBfloat16(bits[i]!), true);
  } else {
    for (let i = 0; i < bits.length; i++) view.setUint32(4 * i, bits[i]!, true);
  }
}
