// Four floats at a time: what the kernels share.

/** a * b + c; one rounding where the machine has it and the relaxed module was chosen. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** `fma` of single floats. */
// @ts-ignore: decorator
@inline
export function fma1(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(fma(splat(a), splat(b), splat(c)), 0);
}

/** c - a * b. */
// @ts-ignore: decorator
@inline
export function fnma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** The four lanes added, in a fixed order. */
// @ts-ignore: decorator
@inline
export function addLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 2) + (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3))
  );
}

// @ts-ignore: decorator
@inline
export function maxLanes(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 2)),
    max(f32x4.extract_lane(x, 1), f32x4.extract_lane(x, 3)),
  );
}

/** Added to a number of at most 22 bits, this leaves it rounded in the lowest bits. */
const ROUNDER: f32 = 12582912;

/**
 * e^x to about 1e-7: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial in r, and n added to the exponent.
 * Below -87.3 it is 0; above 88.37 it stays at its value there. `pmin` and `pmax` are one instruction each, where `min`
 * and `max` are many; with x in the first place NaN stays.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, splat(88.37)), splat(-87.3));
  const rounded = fma(clamped, splat(1.44269504088896341), splat(ROUNDER));
  const n = f32x4.sub(rounded, splat(ROUNDER));
  // ln 2 in two parts, the first exact in few bits, so that n * ln 2 does not round away what is left.
  const r = fnma(n, splat(-2.12194440e-4), fnma(n, splat(0.693359375), clamped));
  let p = splat(1.9875691500e-4);
  p = fma(p, r, splat(1.3981999507e-3));
  p = fma(p, r, splat(8.3334519073e-3));
  p = fma(p, r, splat(4.1665795894e-2));
  p = fma(p, r, splat(1.6666665459e-1));
  p = fma(p, r, splat(5.0000001201e-1));
  p = f32x4.add(fma(f32x4.mul(p, r), r, r), splat(1));
  return v128.andnot(i32x4.add(p, i32x4.shl(rounded, 23)), f32x4.lt(x, splat(-87.3)));
}

/** 1 / (1 + e^-x). */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp4(f32x4.neg(x))));
}

/** tanh: an odd polynomial (that of Cephes' tanhf) near 0, where 1 - 2 / (e^2x + 1) would cancel, and this beyond. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = splat(-5.70498872745e-3);
  p = fma(p, square, splat(2.06390887954e-2));
  p = fma(p, square, splat(-5.37397155531e-2));
  p = fma(p, square, splat(1.33314422036e-1));
  p = fma(p, square, splat(-3.33332819422e-1));
  const near = fma(f32x4.mul(p, square), x, x);
  const size = f32x4.abs(x);
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(e, splat(1))));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(size, splat(0.625)));
}

/** cap tanh(x / cap). */
// @ts-ignore: decorator
@inline
export function cap4(x: v128, cap: f32): v128 {
  return f32x4.mul(tanh4(f32x4.div(x, splat(cap))), splat(cap));
}

/** The normal distribution function, by the Chebyshev fit of erfc with relative error 1.2e-7 of Numerical Recipes. */
// @ts-ignore: decorator
@inline
export function normalCdf4(x: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), splat(0.70710678118654752));
  const t = f32x4.div(splat(1), fma(z, splat(0.5), splat(1)));
  let p = splat(0.17087277);
  p = fma(p, t, splat(-0.82215223));
  p = fma(p, t, splat(1.48851587));
  p = fma(p, t, splat(-1.13520398));
  p = fma(p, t, splat(0.27886807));
  p = fma(p, t, splat(-0.18628806));
  p = fma(p, t, splat(0.09678418));
  p = fma(p, t, splat(0.37409196));
  p = fma(p, t, splat(1.00002368));
  p = fma(p, t, splat(-1.26551223));
  const tail = f32x4.mul(f32x4.mul(splat(0.5), t), exp4(fnma(z, z, p)));
  return v128.bitselect(tail, f32x4.sub(splat(1), tail), f32x4.lt(x, splat(0)));
}
