// Narrow floating-point numbers as bits, which JavaScript has no numbers for: from and to the bits of a float32.

/** The float32 bits of an IEEE half: exact, a NaN keeps its payload. */
export function halfToFloat(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal half is a normal float: move its leading one to where it is implied.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** value / 2^bits, to the nearest integer, ties to the even one. */
function roundShift(value: number, bits: number): number {
  return (value + (1 << (bits - 1)) - 1 + ((value >>> bits) & 1)) >>> bits;
}

/** The IEEE half nearest to float32 bits, ties to even; a NaN stays one and keeps what fits of its payload. */
export function floatToHalf(float: number): number {
  const sign = (float >>> 16) & 0x8000;
  const magnitude = float & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200);
  if (magnitude >= 0x47800000) return sign | 0x7c00; // from 65536 on; what rounds up to it is carried there below
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13);
  if (magnitude <= 0x33000000) return sign; // up to half the smallest subnormal
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23));
}

/** The bfloat16 nearest to float32 bits, ties to even; a NaN stays one and keeps what fits of its payload. */
export function floatToBfloat16(float: number): number {
  if ((float & 0x7fffffff) > 0x7f800000) return (float >>> 16) | ((float >>> 16) & 0x7f ? 0 : 0x40);
  return (float + 0x7fff + ((float >>> 16) & 1)) >>> 16;
}
