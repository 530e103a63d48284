// Softmax over rows, and its fusion with the negative log likelihood.

import { addLanes, exp4, fma, maxLanes, splat } from "./vector";

/** NaN may be passed over: the sums that follow have it. */
// @ts-ignore: decorator
@inline
export function rowMax(row: usize, bytes: usize): f32 {
  const body = bytes & ~15;
  let largest: f32 = -Infinity;
  let a = splat(largest);
  let b = a;
  let o: usize = 0;
  for (; o + 32 <= body; o += 32) {
    a = f32x4.pmax(a, v128.load(row + o));
    b = f32x4.pmax(b, v128.load(row + o, 16));
  }
  if (o < body) a = f32x4.pmax(a, v128.load(row + o));
  largest = maxLanes(f32x4.pmax(a, b));
  for (let o = body; o < bytes; o += 4) largest = max(largest, load<f32>(row + o));
  return largest;
}

// @ts-ignore: decorator
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(splat(x)), 0);
}

export function softmax(x: usize, out: usize, rows: usize, columns: usize): void {
  const bytes = columns << 2;
  const body = bytes & ~15;
  for (let r: usize = 0; r < rows; r++) {
    const row = x + r * bytes;
    const to = out + r * bytes;
    const largest = rowMax(row, bytes);
    let s = splat(0);
    for (let o: usize = 0; o < body; o += 16) {
      const e = exp4(f32x4.sub(v128.load(row + o), splat(largest)));
      v128.store(to + o, e);
      s = f32x4.add(s, e);
    }
    let sum = addLanes(s);
    for (let o = body; o < bytes; o += 4) {
      const e = exp1(load<f32>(row + o) - largest);
      store<f32>(to + o, e);
      sum += e;
    }
    const inverse: f32 = 1 / sum;
    for (let o: usize = 0; o < body; o += 16) v128.store(to + o, f32x4.mul(v128.load(to + o), splat(inverse)));
    for (let o = body; o < bytes; o += 4) store<f32>(to + o, load<f32>(to + o) * inverse);
  }
}

export function softmaxBackward(
  y: usize, dOut: usize, dX: usize, rows: usize, columns: usize, accumulate: bool,
): void {
  const bytes = columns << 2;
  const body = bytes & ~15;
  for (let r: usize = 0; r < rows; r++) {
    const row = y + r * bytes;
    const up = dOut + r * bytes;
    const to = dX + r * bytes;
    let s = splat(0);
    for (let o: usize = 0; o < body; o += 16) s = fma(v128.load(row + o), v128.load(up + o), s);
    let dot = addLanes(s);
    for (let o = body; o < bytes; o += 4) dot += load<f32>(row + o) * load<f32>(up + o);
    for (let o: usize = 0; o < body; o += 16) {
      const g = f32x4.mul(v128.load(row + o), f32x4.sub(v128.load(up + o), splat(dot)));
      v128.store(to + o, accumulate ? f32x4.add(g, v128.load(to + o)) : g);
    }
    for (let o = body; o < bytes; o += 4) {
      const g = load<f32>(row + o) * (load<f32>(up + o) - dot);
      store<f32>(to + o, accumulate ? load<f32>(to + o) + g : g);
    }
  }
}

/**
 * The log of a row's sum as two floats: rounded, and the rest that the rounding took away. Below 16 the rest is left out,
 * since it is no more than the error of e^x.
 */
// @ts-ignore: decorator
@inline
export function storeLog(at: usize, log: f64): void {
  const high = <f32>log;
  store<f32>(at, high);
  store<f32>(at, abs(log) < 16 ? 0 : <f32>(log - <f64>high), 4);
}

/**
 * Per row the log of the sum of e^logit in two floats, and as a double its weighted loss, 0 where its target is ignored.
 * Rows are independent. Returns the first row whose target is out of range, or -1.
 */
export function crossEntropy(
  logits: usize, targets: usize, mask: usize, ignoreIndex: i32, logSumExp: usize, losses: usize, rows: usize,
  columns: usize,
): i32 {
  const bytes = columns << 2;
  const body = bytes & ~15;
  for (let r: usize = 0; r < rows; r++) {
    const row = logits + r * bytes;
    const largest = rowMax(row, bytes);
    let s = splat(0);
    for (let o: usize = 0; o < body; o += 16) {
      s = f32x4.add(s, exp4(f32x4.sub(v128.load(row + o), splat(largest))));
    }
    let sum = addLanes(s);
    for (let o = body; o < bytes; o += 4) sum += exp1(load<f32>(row + o) - largest);
    const log = <f64>largest + Math.log(<f64>sum);
    storeLog(logSumExp + (r << 3), log);
    const target = load<i32>(targets + (r << 2));
    store<f64>(losses + (r << 3), 0);
    if (target == ignoreIndex) continue;
    if (<u32>target >= <u32>columns) return <i32>r;
    const weight: f64 = mask ? <f64>load<f32>(mask + (r << 2)) : 1;
    store<f64>(losses + (r << 3), weight * (log - <f64>load<f32>(row + (<usize>target << 2))));
  }
  return -1;
}

/** weight (e^(logit - log) - 1[target]) with weight = factor mask. dLogits may be the logits, unless it is added to. */
export function crossEntropyBackward(
  logits: usize, targets: usize, mask: usize, ignoreIndex: i32, logSumExp: usize, factor: f32, dLogits: usize,
  rows: usize, columns: usize, accumulate: bool,
): void {
  const bytes = columns << 2;
  const body = bytes & ~15;
  for (let r: usize = 0; r < rows; r++) {
    const row = logits + r * bytes;
    const to = dLogits + r * bytes;
    const target = load<i32>(targets + (r << 2));
    let weight: f32 = 0;
    if (target != ignoreIndex) weight = mask ? factor * load<f32>(mask + (r << 2)) : factor;
    const log = load<f32>(logSumExp + (r << 3));
    const scaled = weight * exp1(-load<f32>(logSumExp + (r << 3), 4));
    const w = splat(scaled);
    for (let o: usize = 0; o < body; o += 16) {
      const g = f32x4.mul(w, exp4(f32x4.sub(v128.load(row + o), splat(log))));
      v128.store(to + o, accumulate ? f32x4.add(g, v128.load(to + o)) : g);
    }
    for (let o = body; o < bytes; o += 4) {
      const g = scaled * exp1(load<f32>(row + o) - log);
      store<f32>(to + o, accumulate ? load<f32>(to + o) + g : g);
    }
    if (target != ignoreIndex && <u32>target < <u32>columns) {
      const at = to + (<usize>target << 2);
      store<f32>(at, load<f32>(at) - weight);
    }
  }
}
