// The cross-entropy over a chunk of the logits: a block of rows and of classes. Rows are independent.

import { exp1, rowMax } from "./softmax";
import { addLanes, exp4, splat } from "./vector";

/**
 * Takes a block of logits (rows x columns, classes `first` and on) into running sums: per row the largest logit so far,
 * the sum of e^(logit - largest), and the logit of the target once its class has come by.
 */
export function lossChunk(
  logits: usize, targets: usize, largest: usize, sums: usize, picked: usize, rows: usize, columns: usize, first: usize,
): void {
  const bytes = columns << 2;
  const body = bytes & ~15;
  for (let r: usize = 0; r < rows; r++) {
    const row = logits + r * bytes;
    const at = r << 2;
    const before = load<f32>(largest + at);
    const now = max(before, rowMax(row, bytes));
    let s = splat(0);
    for (let o: usize = 0; o < body; o += 16) s = f32x4.add(s, exp4(f32x4.sub(v128.load(row + o), splat(now))));
    let sum = addLanes(s);
    for (let o = body; o < bytes; o += 4) sum += exp1(load<f32>(row + o) - now);
    store<f32>(sums + at, load<f32>(sums + at) * exp1(before - now) + sum);
    store<f32>(largest + at, now);
    const place = <usize>load<u32>(targets + at) - first;
    if (place < columns) store<f32>(picked + at, load<f32>(row + (place << 2)));
  }
}

/**
 * The block becomes its gradient: weight[r] (e^(logit - log) - 1[target]), times the slope of a cap. Logs are two floats a
 * row, as `storeLog` makes them.
 */
export function lossChunkBackward(
  logits: usize, targets: usize, logs: usize, weights: usize, rows: usize, columns: usize, first: usize, softcap: f32,
): void {
  const bytes = columns << 2;
  const body = bytes & ~15;
  const inverse: f32 = softcap > 0 ? 1 / softcap : 0;
  for (let r: usize = 0; r < rows; r++) {
    const row = logits + r * bytes;
    const weight = load<f32>(weights + (r << 2));
    const log = load<f32>(logs + (r << 3));
    const scaled = weight * exp1(-load<f32>(logs + (r << 3), 4));
    const place = <usize>load<u32>(targets + (r << 2)) - first;
    const at = row + (place << 2);
    const u: f32 = place < columns ? load<f32>(at) * inverse : 0;
    for (let o: usize = 0; o < body; o += 16) {
      const v = v128.load(row + o);
      let g = f32x4.mul(splat(scaled), exp4(f32x4.sub(v, splat(log))));
      if (softcap > 0) {
        const u = f32x4.mul(v, splat(inverse));
        g = f32x4.mul(g, f32x4.sub(splat(1), f32x4.mul(u, u)));
      }
      v128.store(row + o, g);
    }
    for (let o = body; o < bytes; o += 4) {
      const v = load<f32>(row + o);
      const u = v * inverse;
      store<f32>(row + o, scaled * exp1(v - log) * (1 - u * u));
    }
    if (place < columns) store<f32>(at, load<f32>(at) - weight * (1 - u * u));
  }
}
