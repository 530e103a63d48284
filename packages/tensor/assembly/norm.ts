// LayerNorm (with `mean`) and RMSNorm (mean = 0), forward and backward, a row at a time.

import { add } from "./elementwise";
import { addLanes, fma, splat } from "./vector";

export function norm(
  x: usize, gain: usize, bias: usize, out: usize, mean: usize, rstd: usize, rows: usize, columns: usize, eps: f32,
): void {
  const bytes = columns << 2;
  const body = bytes & ~15;
  for (let r: usize = 0; r < rows; r++) {
    const row = x + r * bytes;
    const to = out + r * bytes;
    let center: f32 = 0;
    if (mean) {
      let s = splat(0);
      for (let o: usize = 0; o < body; o += 16) s = f32x4.add(s, v128.load(row + o));
      let sum = addLanes(s);
      for (let o = body; o < bytes; o += 4) sum += load<f32>(row + o);
      center = sum / <f32>columns;
      store<f32>(mean + (r << 2), center);
    }
    const c = splat(center);
    let q = splat(0);
    for (let o: usize = 0; o < body; o += 16) {
      const d = f32x4.sub(v128.load(row + o), c);
      q = fma(d, d, q);
    }
    let squares = addLanes(q);
    for (let o = body; o < bytes; o += 4) {
      const d = load<f32>(row + o) - center;
      squares += d * d;
    }
    const scale: f32 = 1 / sqrt<f32>(squares / <f32>columns + eps);
    store<f32>(rstd + (r << 2), scale);
    const s = splat(scale);
    for (let o: usize = 0; o < body; o += 16) {
      let v = f32x4.mul(f32x4.sub(v128.load(row + o), c), s);
      if (gain) v = f32x4.mul(v, v128.load(gain + o));
      if (bias) v = f32x4.add(v, v128.load(bias + o));
      v128.store(to + o, v);
    }
    for (let o = body; o < bytes; o += 4) {
      let v = (load<f32>(row + o) - center) * scale;
      if (gain) v *= load<f32>(gain + o);
      if (bias) v += load<f32>(bias + o);
      store<f32>(to + o, v);
    }
  }
}

/** sum = x + residual, and its norm, while each row is in the first-level cache. */
export function residualNorm(
  x: usize, residual: usize, sum: usize, gain: usize, bias: usize, out: usize, mean: usize, rstd: usize, rows: usize,
  columns: usize, eps: f32,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const at = (r * columns) << 2;
    add(x + at, residual + at, sum + at, columns);
    norm(sum + at, gain, bias, out + at, mean ? mean + (r << 2) : 0, rstd + (r << 2), 1, columns, eps);
  }
}

/** Rows add up in dGain and dBias. dX, dGain and dBias are added to when their bit (1, 2, 4) of `accumulate` is set; 0 leaves one out. */
export function normBackward(
  x: usize, gain: usize, mean: usize, rstd: usize, dOut: usize, dX: usize, dGain: usize, dBias: usize,
  rows: usize, columns: usize, accumulate: i32,
): void {
  const bytes = columns << 2;
  const body = bytes & ~15;
  if (dGain && !(accumulate & 2)) memory.fill(dGain, 0, bytes);
  if (dBias && !(accumulate & 4)) memory.fill(dBias, 0, bytes);
  const add = (accumulate & 1) != 0;
  for (let r: usize = 0; r < rows; r++) {
    const row = x + r * bytes;
    const up = dOut + r * bytes;
    const to = dX + r * bytes;
    const center: f32 = mean ? load<f32>(mean + (r << 2)) : 0;
    const scale = load<f32>(rstd + (r << 2));
    const c = splat(center);
    const s = splat(scale);
    let sums = splat(0);
    let dots = splat(0);
    for (let o: usize = 0; o < body; o += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(row + o), c), s);
      const d = v128.load(up + o);
      const g = gain ? f32x4.mul(d, v128.load(gain + o)) : d;
      sums = f32x4.add(sums, g);
      dots = fma(g, normal, dots);
      if (dGain) v128.store(dGain + o, fma(d, normal, v128.load(dGain + o)));
      if (dBias) v128.store(dBias + o, f32x4.add(d, v128.load(dBias + o)));
    }
    let sum = addLanes(sums);
    let dot = addLanes(dots);
    for (let o = body; o < bytes; o += 4) {
      const normal = (load<f32>(row + o) - center) * scale;
      const d = load<f32>(up + o);
      const g = gain ? d * load<f32>(gain + o) : d;
      sum += g;
      dot += g * normal;
      if (dGain) store<f32>(dGain + o, load<f32>(dGain + o) + d * normal);
      if (dBias) store<f32>(dBias + o, load<f32>(dBias + o) + d);
    }
    if (!dX) continue;
    const average: f32 = mean ? sum / <f32>columns : 0;
    dot /= <f32>columns;
    const a = splat(average);
    const p = splat(dot);
    for (let o: usize = 0; o < body; o += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(row + o), c), s);
      const d = v128.load(up + o);
      const g = gain ? f32x4.mul(d, v128.load(gain + o)) : d;
      const v = f32x4.mul(s, f32x4.sub(f32x4.sub(g, a), f32x4.mul(normal, p)));
      v128.store(to + o, add ? f32x4.add(v, v128.load(to + o)) : v);
    }
    for (let o = body; o < bytes; o += 4) {
      const normal = (load<f32>(row + o) - center) * scale;
      const d = load<f32>(up + o);
      const g = gain ? d * load<f32>(gain + o) : d;
      const v = scale * (g - average - normal * dot);
      store<f32>(to + o, add ? load<f32>(to + o) + v : v);
    }
  }
}
