// bfloat16 is the upper half of a float32: the same exponent, and 8 significant bits. Hosts have no numbers of this type, so
// its values stand in Uint16Arrays as bits.
import { floatToBfloat16 } from "@llm/platform/float-bits";

/** Numbers as float32, rounded to bfloat16. */
export function toBfloat16(values: ArrayLike<number>): Uint16Array {
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  return Uint16Array.from(new Uint32Array(floats.buffer, floats.byteOffset, floats.length), floatToBfloat16);
}

/** The numbers that bits of bfloat16 stand for, exactly. */
export function fromBfloat16(bits: ArrayLike<number>): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (each) => each << 16).buffer);
}
