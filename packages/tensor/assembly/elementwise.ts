// Elementwise kernels, sums, copies, embedding and the optimiser. Lengths are in elements.

import { BFLOAT16, widen } from "./storage";
import { fma, splat } from "./vector";

export function add(a: usize, b: usize, out: usize, length: usize): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) v128.store(out + o, f32x4.add(v128.load(a + o), v128.load(b + o)));
  for (; o < bytes; o += 4) store<f32>(out + o, load<f32>(a + o) + load<f32>(b + o));
}

export function multiply(a: usize, b: usize, out: usize, length: usize, accumulate: bool): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) {
    const v = f32x4.mul(v128.load(a + o), v128.load(b + o));
    v128.store(out + o, accumulate ? f32x4.add(v, v128.load(out + o)) : v);
  }
  for (; o < bytes; o += 4) {
    const v = load<f32>(a + o) * load<f32>(b + o);
    store<f32>(out + o, accumulate ? load<f32>(out + o) + v : v);
  }
}

export function scale(x: usize, factor: f32, out: usize, length: usize, accumulate: bool): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) {
    const v = f32x4.mul(v128.load(x + o), splat(factor));
    v128.store(out + o, accumulate ? f32x4.add(v, v128.load(out + o)) : v);
  }
  for (; o < bytes; o += 4) {
    const v = load<f32>(x + o) * factor;
    store<f32>(out + o, accumulate ? load<f32>(out + o) + v : v);
  }
}

export function zero(out: usize, length: usize): void {
  memory.fill(out, 0, length << 2);
}

/** out[i] = or += factor * x[0]. */
export function broadcast(x: usize, factor: f32, out: usize, length: usize, accumulate: bool): void {
  const value = load<f32>(x) * factor;
  for (let at = out; at < out + (length << 2); at += 4) {
    store<f32>(at, accumulate ? load<f32>(at) + value : value);
  }
}

/** Stores the sum of the elements or of their squares at `out`, in double precision. */
export function sum(x: usize, length: usize, squares: bool, out: usize): void {
  store<f64>(out, total(x, length, squares));
}

export function total(x: usize, length: usize, squares: bool): f64 {
  const bytes = length << 2;
  let low = f64x2.splat(0);
  let high = low;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) {
    const v = v128.load(x + o);
    let a = f64x2.promote_low_f32x4(v);
    let b = f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1));
    if (squares) {
      a = f64x2.mul(a, a);
      b = f64x2.mul(b, b);
    }
    low = f64x2.add(low, a);
    high = f64x2.add(high, b);
  }
  const both = f64x2.add(low, high);
  let result = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; o < bytes; o += 4) {
    const v = <f64>load<f32>(x + o);
    result += squares ? v * v : v;
  }
  return result;
}

// @ts-ignore: decorator
@inline
export function scramble4(value: v128): v128 {
  let x = i32x4.mul(v128.xor(value, i32x4.shr_u(value, 16)), i32x4.splat(0x21f0aaad));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0xd35a2d97));
  return v128.xor(x, i32x4.shr_u(x, 15));
}

/**
 * Keeps an element where its random word, that of index first + i, is at least `threshold`; `keep` is 1 / (1 - p). A
 * caller may hand over any range.
 */
export function dropout(
  x: usize, out: usize, length: usize, first: i32, threshold: u32, keep: f32, key0: i32, key1: i32, accumulate: bool,
): void {
  let index = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(first));
  for (let i: usize = 0; i < length; i += 4) {
    const bits = scramble4(i32x4.add(scramble4(v128.xor(index, i32x4.splat(key0))), i32x4.splat(key1)));
    const mask = i32x4.ge_u(bits, i32x4.splat(threshold));
    index = i32x4.add(index, i32x4.splat(4));
    const o = i << 2;
    if (i + 4 <= length) {
      const v = v128.and(mask, f32x4.mul(v128.load(x + o), splat(keep)));
      v128.store(out + o, accumulate ? f32x4.add(v, v128.load(out + o)) : v);
    } else {
      for (let e: usize = 0; i + e < length; e++) {
        const at = o + (e << 2);
        const kept = e == 0 ? i32x4.extract_lane(mask, 0) : e == 1 ? i32x4.extract_lane(mask, 1) : i32x4.extract_lane(mask, 2);
        const v: f32 = kept ? load<f32>(x + at) * keep : 0;
        store<f32>(out + at, accumulate ? load<f32>(out + at) + v : v);
      }
    }
  }
}

/** Copies rows of `columns` elements between strided places, or adds them as floats. */
export function copy(
  x: usize, xStride: usize, out: usize, outStride: usize, rows: usize, columns: usize, accumulate: bool,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const from = x + ((r * xStride) << 2);
    const to = out + ((r * outStride) << 2);
    if (accumulate) add(from, to, to, columns);
    else memory.copy(to, from, columns << 2);
  }
}

/**
 * Row r stands at position offset + (first + r) % length, so that rows can be split anywhere, or at positions[r] where these
 * are given. `storage` is the table's.
 */
export function embedding(
  ids: usize, table: usize, position: usize, out: usize, rows: usize, first: usize, length: usize, offset: usize,
  columns: usize, storage: i32, positions: usize,
): void {
  const bytes = columns << 2;
  for (let r: usize = 0; r < rows; r++) {
    const to = out + r * bytes;
    let from = table + <usize>load<u32>(ids + (r << 2)) * (bytes >> storage);
    if (storage == BFLOAT16) {
      widen(from, 0, to, 0, 1, columns, storage, 0);
      from = to;
    }
    if (position) {
      const place = positions ? <usize>load<u32>(positions + (r << 2)) : offset + ((first + r) % length);
      add(from, position + place * bytes, to, columns);
    } else if (from != to) memory.copy(to, from, bytes);
  }
}

/**
 * Both gradients are added to. Rows are `stride` floats apart, of which
 * `columns` are worked on: rows meet in the table, so that this is split over columns.
 */
export function embeddingBackward(
  ids: usize, dOut: usize, dTable: usize, dPosition: usize, rows: usize, length: usize, offset: usize, columns: usize,
  stride: usize, positions: usize,
): void {
  const bytes = stride << 2;
  for (let r: usize = 0; r < rows; r++) {
    const from = dOut + r * bytes;
    if (dTable) {
      const to = dTable + <usize>load<u32>(ids + (r << 2)) * bytes;
      add(to, from, to, columns);
    }
    if (dPosition) {
      const place = positions ? <usize>load<u32>(positions + (r << 2)) : offset + (r % length);
      const to = dPosition + place * bytes;
      add(to, from, to, columns);
    }
  }
}

/**
 * `decay` is 1 - lr * weightDecay, `rate` lr / (1 - beta1^t), `inverse` 1 / (1 - beta2^t), `rest1` and `rest2` 1 - beta:
 * all come rounded from float64, since 1 less a rounded beta is off by as much as 1e-3 of itself.
 */
export function adamw(
  p: usize, grad: usize, m: usize, v: usize, length: usize, rate: f32, beta1: f32, beta2: f32, eps: f32, decay: f32,
  inverse: f32, gradScale: f32, rest1: f32, rest2: f32,
): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) {
    const g = f32x4.mul(v128.load(grad + o), splat(gradScale));
    const m1 = fma(splat(beta1), v128.load(m + o), f32x4.mul(splat(rest1), g));
    const v1 = fma(splat(beta2), v128.load(v + o), f32x4.mul(f32x4.mul(splat(rest2), g), g));
    v128.store(m + o, m1);
    v128.store(v + o, v1);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v1, splat(inverse))), splat(eps));
    const update = f32x4.div(f32x4.mul(splat(rate), m1), root);
    v128.store(p + o, f32x4.sub(f32x4.mul(v128.load(p + o), splat(decay)), update));
  }
  for (; o < bytes; o += 4) {
    const g = load<f32>(grad + o) * gradScale;
    const m1 = beta1 * load<f32>(m + o) + rest1 * g;
    const v1 = beta2 * load<f32>(v + o) + rest2 * g * g;
    store<f32>(m + o, m1);
    store<f32>(v + o, v1);
    store<f32>(p + o, load<f32>(p + o) * decay - (rate * m1) / (sqrt<f32>(v1 * inverse) + eps));
  }
}

/** p *= kept where p and the update are not of opposite signs. */
export function cautiousDecay(p: usize, update: usize, length: usize, kept: f32): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) {
    const v = v128.load(p + o);
    const alike = f32x4.ge(f32x4.mul(v, v128.load(update + o)), f32x4.splat(0));
    v128.store(p + o, v128.bitselect(f32x4.mul(v, splat(kept)), v, alike));
  }
  for (; o < bytes; o += 4) {
    const v = load<f32>(p + o);
    if (v * load<f32>(update + o) >= 0) store<f32>(p + o, v * kept);
  }
}
