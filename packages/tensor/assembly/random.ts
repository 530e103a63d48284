// Random values as functions of a key and an index: the operations of src/random.ts in the same order and in double
// precision, so that every engine makes the same values to the last bit.

// @ts-ignore: decorator
@inline
function scramble(value: i32): i32 {
  let x: u32 = value;
  x = (x ^ (x >>> 16)) * 0x21f0aaad;
  x = (x ^ (x >>> 15)) * 0xd35a2d97;
  return x ^ (x >>> 15);
}

// @ts-ignore: decorator
@inline
function randomBits(key0: i32, key1: i32, index: i32): u32 {
  return scramble(scramble(index ^ key0) + key1);
}

/** out[i] = offset + factor * the uniform number in [0, 1) of index first + i. */
export function randomUniform(
  out: usize, length: usize, first: u32, key0: i32, key1: i32, offset: f64, factor: f64,
): void {
  for (let i: usize = 0; i < length; i++) {
    const u = <f64>(randomBits(key0, key1, first + <u32>i) >>> 8) * 5.9604644775390625e-8;
    store<f32>(out + (i << 2), <f32>(offset + factor * u));
  }
}

/** ln(n / 2^32) for 0 < n <= 2^32. */
function logFraction(n: f64): f64 {
  let exponent = <i32>((reinterpret<u64>(n) >>> 52) & 0x7ff) - 1023;
  let m = reinterpret<f64>((reinterpret<u64>(n) & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series: f64 = 0;
  for (let k: i32 = 21; k > 0; k -= 2) series = series * z + 1 / <f64>k;
  return <f64>(exponent - 32) * 0.6931471805599453 + 2 * s * series;
}

/** out[i] = offset + factor * the normal number of index first + i; `first` is even. */
export function randomNormal(
  out: usize, length: usize, first: u32, key0: i32, key1: i32, offset: f64, factor: f64,
): void {
  for (let i: usize = 0; i < length; i += 2) {
    const a = randomBits(key0, key1, first + <u32>i);
    const b = randomBits(key0, key1, first + <u32>i + 1);
    const radius = factor * sqrt<f64>(-2 * logFraction(<f64>a + 1));
    const turns = <f64>b * 9.313225746154785e-10; // in quarters
    const quarter = floor<f64>(turns + 0.5);
    const x = (turns - quarter) * 1.5707963267948966;
    const z = x * x;
    let cosine: f64 = 1;
    let sine: f64 = 1;
    for (let k: i32 = 16; k > 0; k -= 2) {
      cosine = 1 - (cosine * z) / <f64>(k * (k - 1));
      sine = 1 - (sine * z) / <f64>(k * (k + 1));
    }
    sine *= x;
    const side = <i32>quarter & 3;
    const c = side == 0 ? cosine : side == 1 ? -sine : side == 2 ? -cosine : sine;
    const s = side == 0 ? sine : side == 1 ? cosine : side == 2 ? -sine : -cosine;
    store<f32>(out + (i << 2), <f32>(offset + radius * c));
    if (i + 1 < length) store<f32>(out + (i << 2), <f32>(offset + radius * s), 4);
  }
}
