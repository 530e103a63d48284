// Reductions over the middle axis of (outer, extent, inner), and what gives their gradients back.

import { add, scale, total } from "./elementwise";

/** out (outer, inner) = or += factor * the sum over the axis. */
export function sumAxis(
  x: usize, out: usize, outer: usize, extent: usize, inner: usize, factor: f32, accumulate: bool, scratch: usize,
): void {
  const bytes = inner << 2;
  for (let o: usize = 0; o < outer; o++) {
    const from = x + o * extent * bytes;
    const to = out + o * bytes;
    if (inner == 1) {
      const sum = factor * <f32>total(from, extent, false);
      store<f32>(to, accumulate ? load<f32>(to) + sum : sum);
      continue;
    }
    memory.copy(scratch, from, bytes);
    for (let e: usize = 1; e < extent; e++) add(scratch, from + e * bytes, scratch, inner);
    scale(scratch, factor, to, inner, accumulate);
  }
}

/** out (outer, extent, inner) = or += factor * x (outer, inner), for every place on the axis. */
export function broadcastAxis(
  x: usize, out: usize, outer: usize, extent: usize, inner: usize, factor: f32, accumulate: bool,
): void {
  const bytes = inner << 2;
  for (let o: usize = 0; o < outer; o++) {
    for (let e: usize = 0; e < extent; e++) scale(x + o * bytes, factor, out + (o * extent + e) * bytes, inner, accumulate);
  }
}

/** out (outer, inner) = the largest value along the axis, `index` the first place where it stands. */
export function maxAxis(x: usize, out: usize, index: usize, outer: usize, extent: usize, inner: usize): void {
  const bytes = inner << 2;
  for (let o: usize = 0; o < outer; o++) {
    const to = out + o * bytes;
    const places = index + o * bytes;
    memory.copy(to, x + o * extent * bytes, bytes);
    memory.fill(places, 0, bytes);
    for (let e: usize = 1; e < extent; e++) {
      const from = x + (o * extent + e) * bytes;
      for (let at: usize = 0; at < bytes; at += 4) {
        if (!(load<f32>(from + at) > load<f32>(to + at))) continue;
        store<f32>(to + at, load<f32>(from + at));
        store<i32>(places + at, <i32>e);
      }
    }
  }
}

/** out[o, index[o, i], i] += x[o, i]. */
export function scatterAxis(x: usize, index: usize, out: usize, outer: usize, extent: usize, inner: usize): void {
  for (let o: usize = 0; o < outer; o++) {
    for (let i: usize = 0; i < inner; i++) {
      const at = (o * inner + i) << 2;
      const to = out + (((o * extent + <usize>load<u32>(index + at)) * inner + i) << 2);
      store<f32>(to, load<f32>(to) + load<f32>(x + at));
    }
  }
}
