// Activations and their derivatives. Kinds: 1 gelu (tanh), 2 gelu (erf), 3 relu2, 4 silu.

import { cap4, exp4, fma, normalCdf4, sigmoid4, splat } from "./vector";

const SLOPE: f32 = 1.5957691216057308; // 2 sqrt(2 / pi): 0.5 (1 + tanh u) = sigmoid(2 u)
const CUBE: f32 = 0.07135481282556485; // SLOPE * 0.044715

// @ts-ignore: decorator
@inline
function gate(x: v128): v128 {
  return sigmoid4(f32x4.mul(x, fma(f32x4.mul(x, x), splat(CUBE), splat(SLOPE))));
}

// @ts-ignore: decorator
@inline
function activate4(kind: i32, x: v128): v128 {
  if (kind == 1) return f32x4.mul(x, gate(x));
  if (kind == 2) return f32x4.mul(x, normalCdf4(x));
  if (kind == 3) {
    const positive = f32x4.pmax(x, splat(0));
    return f32x4.mul(positive, positive);
  }
  return f32x4.mul(x, sigmoid4(x));
}

// @ts-ignore: decorator
@inline
function derivative4(kind: i32, x: v128): v128 {
  const one = splat(1);
  if (kind == 1) {
    const s = gate(x);
    const slope = fma(f32x4.mul(x, x), splat(3 * CUBE), splat(SLOPE));
    return fma(f32x4.mul(f32x4.mul(x, s), f32x4.sub(one, s)), slope, s);
  }
  if (kind == 2) {
    const density = f32x4.mul(exp4(f32x4.mul(f32x4.mul(x, x), splat(-0.5))), splat(0.3989422804014327));
    return fma(x, density, normalCdf4(x));
  }
  if (kind == 3) return f32x4.mul(f32x4.pmax(x, splat(0)), splat(2));
  const s = sigmoid4(x);
  return f32x4.mul(s, fma(x, f32x4.sub(one, s), one));
}

// @ts-ignore: decorator
@inline
function activateRow(kind: i32, x: usize, out: usize, length: usize): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) v128.store(out + o, activate4(kind, v128.load(x + o)));
  for (; o < bytes; o += 4) {
    store<f32>(out + o, f32x4.extract_lane(activate4(kind, splat(load<f32>(x + o))), 0));
  }
}

// @ts-ignore: decorator
@inline
function differentiateRow(kind: i32, x: usize, dOut: usize, dX: usize, length: usize, accumulate: bool): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) {
    const g = f32x4.mul(v128.load(dOut + o), derivative4(kind, v128.load(x + o)));
    v128.store(dX + o, accumulate ? f32x4.add(g, v128.load(dX + o)) : g);
  }
  for (; o < bytes; o += 4) {
    const g = load<f32>(dOut + o) * f32x4.extract_lane(derivative4(kind, splat(load<f32>(x + o))), 0);
    store<f32>(dX + o, accumulate ? load<f32>(dX + o) + g : g);
  }
}

// The kind is a constant in each branch, so that every loop is compiled for one activation.

/** out = activation(x); out may be x. */
export function applyActivation(kind: i32, x: usize, out: usize, length: usize): void {
  if (kind == 1) activateRow(1, x, out, length);
  else if (kind == 2) activateRow(2, x, out, length);
  else if (kind == 3) activateRow(3, x, out, length);
  else activateRow(4, x, out, length);
}

/** dX = or += dOut * activation'(x); dX may be dOut. */
export function activationBackward(
  kind: i32, x: usize, dOut: usize, dX: usize, length: usize, accumulate: bool,
): void {
  if (kind == 1) differentiateRow(1, x, dOut, dX, length, accumulate);
  else if (kind == 2) differentiateRow(2, x, dOut, dX, length, accumulate);
  else if (kind == 3) differentiateRow(3, x, dOut, dX, length, accumulate);
  else differentiateRow(4, x, dOut, dX, length, accumulate);
}

// @ts-ignore: decorator
@inline
function gateRows(kind: i32, x: usize, out: usize, rows: usize, columns: usize): void {
  const bytes = columns << 2;
  for (let r: usize = 0; r < rows; r++) {
    const a = x + 2 * r * bytes;
    const b = a + bytes;
    const to = out + r * bytes;
    let o: usize = 0;
    for (; o + 16 <= bytes; o += 16) {
      v128.store(to + o, f32x4.mul(activate4(kind, v128.load(a + o)), v128.load(b + o)));
    }
    for (; o < bytes; o += 4) {
      store<f32>(to + o, f32x4.extract_lane(activate4(kind, splat(load<f32>(a + o))), 0) * load<f32>(b + o));
    }
  }
}

// @ts-ignore: decorator
@inline
function gateRowsBackward(
  kind: i32, x: usize, dOut: usize, dX: usize, rows: usize, columns: usize, accumulate: bool,
): void {
  const bytes = columns << 2;
  for (let r: usize = 0; r < rows; r++) {
    const a = x + 2 * r * bytes;
    const b = a + bytes;
    const up = dOut + r * bytes;
    const dA = dX + 2 * r * bytes;
    const dB = dA + bytes;
    let o: usize = 0;
    for (; o + 16 <= bytes; o += 16) {
      const v = v128.load(a + o);
      const d = v128.load(up + o);
      const left = f32x4.mul(f32x4.mul(d, v128.load(b + o)), derivative4(kind, v));
      const right = f32x4.mul(d, activate4(kind, v));
      v128.store(dA + o, accumulate ? f32x4.add(left, v128.load(dA + o)) : left);
      v128.store(dB + o, accumulate ? f32x4.add(right, v128.load(dB + o)) : right);
    }
    for (; o < bytes; o += 4) {
      const v = splat(load<f32>(a + o));
      const d = load<f32>(up + o);
      const left = d * load<f32>(b + o) * f32x4.extract_lane(derivative4(kind, v), 0);
      const right = d * f32x4.extract_lane(activate4(kind, v), 0);
      store<f32>(dA + o, accumulate ? load<f32>(dA + o) + left : left);
      store<f32>(dB + o, accumulate ? load<f32>(dB + o) + right : right);
    }
  }
}

/** out = activation(a) * b for rows (a | b) of 2 * columns. */
export function gated(kind: i32, x: usize, out: usize, rows: usize, columns: usize): void {
  if (kind == 1) gateRows(1, x, out, rows, columns);
  else if (kind == 2) gateRows(2, x, out, rows, columns);
  else if (kind == 3) gateRows(3, x, out, rows, columns);
  else gateRows(4, x, out, rows, columns);
}

/** dX = or += (dOut b activation'(a) | dOut activation(a)). */
export function gatedBackward(
  kind: i32, x: usize, dOut: usize, dX: usize, rows: usize, columns: usize, accumulate: bool,
): void {
  if (kind == 1) gateRowsBackward(1, x, dOut, dX, rows, columns, accumulate);
  else if (kind == 2) gateRowsBackward(2, x, dOut, dX, rows, columns, accumulate);
  else if (kind == 3) gateRowsBackward(3, x, dOut, dX, rows, columns, accumulate);
  else gateRowsBackward(4, x, dOut, dX, rows, columns, accumulate);
}

/** out = cap tanh(x / cap); out may be x. */
export function softcap(x: usize, out: usize, length: usize, cap: f32): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) v128.store(out + o, cap4(v128.load(x + o), cap));
  for (; o < bytes; o += 4) store<f32>(out + o, f32x4.extract_lane(cap4(splat(load<f32>(x + o)), cap), 0));
}

/** dX = or += dOut (1 - (y / cap)^2); dX may be dOut. */
export function softcapBackward(y: usize, dOut: usize, dX: usize, length: usize, cap: f32, accumulate: bool): void {
  const bytes = length << 2;
  let o: usize = 0;
  for (; o + 16 <= bytes; o += 16) {
    const u = f32x4.div(v128.load(y + o), splat(cap));
    const g = f32x4.mul(v128.load(dOut + o), f32x4.sub(splat(1), f32x4.mul(u, u)));
    v128.store(dX + o, accumulate ? f32x4.add(g, v128.load(dX + o)) : g);
  }
  for (; o < bytes; o += 4) {
    const u = load<f32>(y + o) / cap;
    const g = load<f32>(dOut + o) * (1 - u * u);
    store<f32>(dX + o, accumulate ? load<f32>(dX + o) + g : g);
  }
}
