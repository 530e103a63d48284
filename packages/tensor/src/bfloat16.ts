// bfloat16 is the upper half of a float32: the same exponent, and 8 significant bits. Hosts have no numbers of this type, so
// its values stand in Uint16Arrays as bits.

/** The bfloat16 nearest to float32 bits, ties to even; a NaN stays one and keeps what fits of its payload. */
export function roundBits(float: number): number {
  if ((float & 0x7fffffff) > 0x7f800000) return (float >>> 16) | ((float >>> 16) & 0x7f ? 0 : 0x40);
  return (float + 0x7fff + ((float >>> 16) & 1)) >>> 16;
}

/** Numbers as float32, rounded to bfloat16. */
export function toBfloat16(values: ArrayLike<number>): Uint16Array {
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  return Uint16Array.from(new Uint32Array(floats.buffer, floats.byteOffset, floats.length), roundBits);
}

/** The numbers that bits of bfloat16 stand for, exactly. */
export function fromBfloat16(bits: ArrayLike<number>): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (each) => each << 16).buffer);
}
