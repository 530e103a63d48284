// Rotary position embedding: pairs (a, b) become (a cos - b sin, b cos + a sin), a row of heads at a time.

import { add } from "./elementwise";
import { fma, fnma, splat } from "./vector";

/** Pairs (i, i + half) of one head. */
// @ts-ignore: decorator
@inline
function rotateHalves(x: usize, angles: usize, out: usize, half: usize, sign: f32, accumulate: bool): void {
  const bytes = half << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) {
    const a = v128.load(x + o);
    const b = v128.load(x + bytes + o);
    const cos = v128.load(angles + o);
    const sin = f32x4.mul(v128.load(angles + bytes + o), splat(sign));
    const first = fnma(b, sin, f32x4.mul(a, cos));
    const second = fma(a, sin, f32x4.mul(b, cos));
    v128.store(out + o, accumulate ? f32x4.add(first, v128.load(out + o)) : first);
    v128.store(out + bytes + o, accumulate ? f32x4.add(second, v128.load(out + bytes + o)) : second);
  }
  for (; o < bytes; o += 4) rotatePair(x + o, x + bytes + o, angles + o, bytes, out + o, out + bytes + o, sign, accumulate);
}

// @ts-ignore: decorator
@inline
function rotatePair(
  a: usize, b: usize, angle: usize, bytes: usize, outA: usize, outB: usize, sign: f32, accumulate: bool,
): void {
  const cos = load<f32>(angle);
  const sin = load<f32>(angle + bytes) * sign;
  const first = load<f32>(a) * cos - load<f32>(b) * sin;
  const second = load<f32>(b) * cos + load<f32>(a) * sin;
  store<f32>(outA, accumulate ? load<f32>(outA) + first : first);
  store<f32>(outB, accumulate ? load<f32>(outB) + second : second);
}

/** Pairs (2i, 2i + 1) of one head. */
// @ts-ignore: decorator
@inline
function rotateNeighbours(x: usize, angles: usize, out: usize, half: usize, sign: f32, accumulate: bool): void {
  const bytes = half << 2;
  // Lanes (a, b, c, d) times (cos, cos, ..), and (b, a, d, c) times (-sin, sin, ..).
  const signs = f32x4(-sign, sign, -sign, sign);
  let o: usize = 0;
  for (; o + 8 <= bytes; o += 8) {
    const v = v128.load(x + 2 * o);
    const cos = v128.load64_zero(angles + o);
    const sin = v128.load64_zero(angles + bytes + o);
    const turned = f32x4.mul(v128.shuffle<f32>(v, v, 1, 0, 3, 2), f32x4.mul(v128.shuffle<f32>(sin, sin, 0, 0, 1, 1), signs));
    const r = fma(v, v128.shuffle<f32>(cos, cos, 0, 0, 1, 1), turned);
    v128.store(out + 2 * o, accumulate ? f32x4.add(r, v128.load(out + 2 * o)) : r);
  }
  for (; o < bytes; o += 4) {
    const a = 2 * o;
    rotatePair(x + a, x + a + 4, angles + o, bytes, out + a, out + a + 4, sign, accumulate);
  }
}

/**
 * Row r stands at position offset + (first + r) % length, so that rows can be split anywhere, or at positions[r] where these
 * are given. The table holds rotaryDim / 2 cosines and as many sines per position. out may be x.
 */
export function rope(
  x: usize, table: usize, out: usize, rows: usize, first: usize, length: usize, offset: usize, heads: usize,
  rotated: usize, headDim: usize, rotaryDim: usize, interleaved: bool, inverse: bool, accumulate: bool,
  positions: usize,
): void {
  const half = rotaryDim >> 1;
  const sign: f32 = inverse ? -1 : 1;
  for (let r: usize = 0; r < rows; r++) {
    const position = positions ? <usize>load<u32>(positions + (r << 2)) : offset + ((first + r) % length);
    const angles = table + ((position * rotaryDim) << 2);
    for (let h: usize = 0; h < heads; h++) {
      const at = ((r * heads + h) * headDim) << 2;
      let done: usize = 0;
      if (h < rotated) {
        if (interleaved) rotateNeighbours(x + at, angles, out + at, half, sign, accumulate);
        else rotateHalves(x + at, angles, out + at, half, sign, accumulate);
        done = rotaryDim;
      }
      const rest = at + (done << 2);
      if (accumulate) add(x + rest, out + rest, out + rest, headDim - done);
      else if (x != out) memory.copy(out + rest, x + rest, (headDim - done) << 2);
    }
  }
}
