// Matrices in 4 or 8 bits with a scale for each 32 columns of a row, as src/groups.ts lays them out. Results are those of the
// reference kernels to the bit: products within a group are of integers, and what is done in floats is done in one order.

import { largestOf } from "./quantized";
import { splat } from "./vector";

/** Rows of a panel, and columns of a group. */
const PANEL: usize = 16;
const GROUP: usize = 32;
/** Bytes of the scales of a block: halves. */
const SCALES: usize = 32;
/** Bytes of a group of x: its integers, its scale, and what its dots begin with. */
const INPUT: usize = 40;
const LEAST: f32 = 1e-30;

// @ts-ignore: decorator
@inline
function round4(x: usize, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x), inverse)));
}

/**
 * Writes `tiles` of `tile` rows of x as integers, one group after the other: those of all rows of the tile, their scales, and
 * -offset times the sums of their integers, which takes the offset of the weight off their dots.
 */
export function quantizeGroupInput(
  x: usize, to: usize, tiles: usize, columns: usize, tile: usize, offset: i32,
): void {
  for (let t: usize = 0; t < tiles; t++) {
    for (let from: usize = 0; from < columns; from += GROUP) {
      const count = min(GROUP, columns - from);
      for (let r: usize = 0; r < tile; r++) {
        const at = x + ((r * columns + from) << 2);
        const integers = to + r * GROUP;
        const largest = largestOf(at, count);
        const isFinite = largest - largest == 0;
        const inverse: f32 = isFinite && largest > LEAST ? 127 / largest : 0;
        let sum: i32 = 0;
        if (count == GROUP && isFinite) {
          const factor = splat(inverse);
          let sums = i32x4.splat(0);
          for (let j: usize = 0; j < GROUP; j += 16) {
            const piece = at + (j << 2);
            const a = round4(piece, factor);
            const b = round4(piece + 16, factor);
            const c = round4(piece + 32, factor);
            const d = round4(piece + 48, factor);
            sums = i32x4.add(sums, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
            v128.store(integers + j, i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
          }
          sum =
            i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) +
            i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
        } else {
          for (let j: usize = 0; j < GROUP; j++) {
            const integer: i32 =
              j < count && isFinite ? <i32>nearest<f32>(load<f32>(at + (j << 2)) * inverse) : 0;
            store<i8>(integers + j, <i8>integer);
            sum += integer;
          }
        }
        // Where a number is not finite, all that comes of the row is NaN.
        store<f32>(to + tile * GROUP + (r << 2), largest / 127 + (largest - largest));
        store<i32>(to + tile * (GROUP + 4) + (r << 2), -offset * sum);
      }
      to += tile * INPUT;
    }
    x += (tile * columns) << 2;
  }
}

/** Halves, 16 bits each in the lower halves of 32, as floats. */
// @ts-ignore: decorator
@inline
function fromHalves(halves: v128): v128 {
  // The bits of a half, moved, are those of 2^-112 times its value, also where it is subnormal.
  const magnitude = i32x4.shl(v128.and(halves, i32x4.splat(0x7fff)), 13);
  const scaled = f32x4.mul(magnitude, splat(<f32>5.192296858534828e33));
  return v128.or(scaled, i32x4.shl(v128.and(halves, i32x4.splat(0x8000)), 16));
}

/** 4 scales of a block, those from row 4 i on. */
// @ts-ignore: decorator
@inline
function scales4(block: usize, i: usize): v128 {
  return fromHalves(v128.load_ext<u16>(block + (i << 3)));
}

/** 4 numbers of x twice, in 16 bits. */
// @ts-ignore: decorator
@inline
function input4(x: usize, k: usize): v128 {
  return i16x8.extend_low_i8x16_s(v128.load_splat<u32>(x + (k << 2)));
}

/** The sums of neighbours: those of 4 rows. */
// @ts-ignore: decorator
@inline
function pairs(low: v128, high: v128): v128 {
  return i32x4.add(
    v128.shuffle<i32>(low, high, 0, 2, 4, 6),
    v128.shuffle<i32>(low, high, 1, 3, 5, 7),
  );
}

// @ts-ignore: decorator
@inline
function low4(weights: v128, x: v128): v128 {
  return i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(weights), x);
}

// @ts-ignore: decorator
@inline
function high4(weights: v128, x: v128): v128 {
  return i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(weights), x);
}

/** out[4 rows] += scales * dots, for all 32 columns of a block in 8 bits. */
function block8(weights: usize, x: usize, out: usize, scale: v128, start: v128): void {
  const x0 = input4(x, 0);
  const x1 = input4(x, 1);
  const x2 = input4(x, 2);
  const x3 = input4(x, 3);
  const x4 = input4(x, 4);
  const x5 = input4(x, 5);
  const x6 = input4(x, 6);
  const x7 = input4(x, 7);
  for (let i: usize = 0; i < 4; i++) {
    const at = weights + SCALES + (i << 4);
    let w = v128.load(at);
    let low = low4(w, x0);
    let high = high4(w, x0);
    w = v128.load(at, 64);
    low = i32x4.add(low, low4(w, x1));
    high = i32x4.add(high, high4(w, x1));
    w = v128.load(at, 128);
    low = i32x4.add(low, low4(w, x2));
    high = i32x4.add(high, high4(w, x2));
    w = v128.load(at, 192);
    low = i32x4.add(low, low4(w, x3));
    high = i32x4.add(high, high4(w, x3));
    w = v128.load(at, 256);
    low = i32x4.add(low, low4(w, x4));
    high = i32x4.add(high, high4(w, x4));
    w = v128.load(at, 320);
    low = i32x4.add(low, low4(w, x5));
    high = i32x4.add(high, high4(w, x5));
    w = v128.load(at, 384);
    low = i32x4.add(low, low4(w, x6));
    high = i32x4.add(high, high4(w, x6));
    w = v128.load(at, 448);
    low = i32x4.add(low, low4(w, x7));
    high = i32x4.add(high, high4(w, x7));
    addTo(out + (i << 4), scales4(weights, i), scale, i32x4.add(pairs(low, high), start));
  }
}

// @ts-ignore: decorator
@inline
function addTo(out: usize, scales: v128, scale: v128, dots: v128): void {
  const product = f32x4.mul(f32x4.mul(scales, scale), f32x4.convert_i32x4_s(dots));
  v128.store(out, f32x4.add(v128.load(out), product));
}

/** The same in 4 bits. */
function block4(weights: usize, x: usize, out: usize, scale: v128, start: v128): void {
  const x0 = input4(x, 0);
  const x1 = input4(x, 1);
  const x2 = input4(x, 2);
  const x3 = input4(x, 3);
  const x4 = input4(x, 4);
  const x5 = input4(x, 5);
  const x6 = input4(x, 6);
  const x7 = input4(x, 7);
  const lower = i8x16.splat(15);
  for (let i: usize = 0; i < 4; i++) {
    const at = weights + SCALES + (i << 4);
    let both = v128.load(at);
    let w = v128.and(both, lower);
    let low = low4(w, x0);
    let high = high4(w, x0);
    w = v128.and(i16x8.shr_u(both, 4), lower);
    low = i32x4.add(low, low4(w, x4));
    high = i32x4.add(high, high4(w, x4));
    both = v128.load(at, 64);
    w = v128.and(both, lower);
    low = i32x4.add(low, low4(w, x1));
    high = i32x4.add(high, high4(w, x1));
    w = v128.and(i16x8.shr_u(both, 4), lower);
    low = i32x4.add(low, low4(w, x5));
    high = i32x4.add(high, high4(w, x5));
    both = v128.load(at, 128);
    w = v128.and(both, lower);
    low = i32x4.add(low, low4(w, x2));
    high = i32x4.add(high, high4(w, x2));
    w = v128.and(i16x8.shr_u(both, 4), lower);
    low = i32x4.add(low, low4(w, x6));
    high = i32x4.add(high, high4(w, x6));
    both = v128.load(at, 192);
    w = v128.and(both, lower);
    low = i32x4.add(low, low4(w, x3));
    high = i32x4.add(high, high4(w, x3));
    w = v128.and(i16x8.shr_u(both, 4), lower);
    low = i32x4.add(low, low4(w, x7));
    high = i32x4.add(high, high4(w, x7));
    addTo(out + (i << 4), scales4(weights, i), scale, i32x4.add(pairs(low, high), start));
  }
}

/**
 * out[r, 16 panels] = start + x W' for x as `quantizeGroupInput` writes it with tiles of one row. `start` is 0 or has the
 * numbers that sums begin with; rows of out lie `outRow` floats apart.
 */
export function groupedProduct(
  x: usize, weight: usize, start: usize, out: usize, outRow: usize, rows: usize, blocks: usize, panels: usize, bits: i32,
): void {
  const bytes = SCALES + ((PANEL * GROUP * bits) >> 3);
  for (let panel: usize = 0; panel < panels; panel++) {
    for (let r: usize = 0; r < rows; r++) {
      const to = out + ((r * outRow) << 2);
      if (start) memory.copy(to, start, PANEL << 2);
      else memory.fill(to, 0, PANEL << 2);
    }
    for (let b: usize = 0; b < blocks; b++) {
      for (let r: usize = 0; r < rows; r++) {
        const input = x + (r * blocks + b) * INPUT;
        const scale = splat(load<f32>(input, 32));
        const first = i32x4.splat(load<i32>(input, 36));
        const to = out + ((r * outRow) << 2);
        if (bits == 8) block8(weight, input, to, scale, first);
        else block4(weight, input, to, scale, first);
      }
      weight += bytes;
    }
    if (start) start += PANEL << 2;
    out += PANEL << 2;
  }
}

/** Row `row` of a packed weight as floats. */
export function unpackGroupedRow(
  weight: usize, row: usize, to: usize, columns: usize, blocks: usize, bits: i32,
): void {
  const bytes = SCALES + ((PANEL * GROUP * bits) >> 3);
  const within = row % PANEL;
  let block = weight + (row / PANEL) * blocks * bytes;
  const offset = 1 << (bits - 1);
  for (let from: usize = 0; from < columns; from += GROUP) {
    const half = i32x4.splat(load<u16>(block + (within << 1)));
    const scale = f32x4.extract_lane(fromHalves(half), 0);
    for (let j: usize = 0; j < min(GROUP, columns - from); j++) {
      const column = bits == 4 ? j & 15 : j;
      let integer: i32 = load<u8>(block + SCALES + ((column >> 2) << 6) + (within << 2) + (column & 3));
      if (bits == 4) integer = j < 16 ? integer & 15 : integer >> 4;
      store<f32>(to + ((from + j) << 2), scale * <f32>(integer - offset));
    }
    block += bytes;
  }
}
