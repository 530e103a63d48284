// SHA-1 (FIPS 180-4) of four stretches of bytes at once, one in each lane. At least 64 bytes behind the last stretch must be
// readable.

/** 16 times 0xff, then 16 zeros: loaded from 16 - n on, the first n bytes are kept. */
const KEEP: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);
/** Loaded from 16 - n on, 0x80 follows n zeros. */
const END: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);
/** The 16 words of the message schedule that are needed at a time. */
const W: usize = memory.data(16 * 16, 16);
/** The state: five words of four lanes. */
const STATE: usize = memory.data(5 * 16, 16);

// @ts-ignore: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** 16 bytes of the padded message at `at`; `left` bytes of them are still the message's; big-endian words. */
// @ts-ignore: decorator
@inline
function piece(at: usize, left: i32): v128 {
  if (left < 0) return i32x4.splat(0);
  let bytes: v128;
  if (left >= 16) bytes = v128.load(at);
  else bytes = v128.or(v128.and(v128.load(at), v128.load(KEEP + 16 - left)), v128.load(END + 16 - left));
  return i8x16.shuffle(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

// @ts-ignore: decorator
@inline
function blocksOf(length: i32): i32 {
  return ((length + 8) >> 6) + 1;
}

/** Digests the stretches that start at `s0`.. and have the lengths `n0`..; the first two words of each digest are at `first`, `second`. */
export function sha1x4(s0: usize, n0: i32, s1: usize, n1: i32, s2: usize, n2: i32, s3: usize, n3: i32): void {
  v128.store(STATE, i32x4.splat(0x67452301));
  v128.store(STATE, i32x4.splat(0xefcdab89), 16);
  v128.store(STATE, i32x4.splat(0x98badcfe), 32);
  v128.store(STATE, i32x4.splat(0x10325476), 48);
  v128.store(STATE, i32x4.splat(0xc3d2e1f0), 64);
  const lengths = i32x4(n0, n1, n2, n3);
  const blocks = i32x4(blocksOf(n0), blocksOf(n1), blocksOf(n2), blocksOf(n3));
  const most = max(max(blocksOf(n0), blocksOf(n1)), max(blocksOf(n2), blocksOf(n3)));
  for (let block = 0; block < most; block++) {
    const done = block << 6;
    for (let k = 0; k < 4; k++) {
      const offset = done + (k << 4);
      // Four words of each message, turned into four words of all messages.
      const a = piece(s0 + offset, n0 - offset);
      const b = piece(s1 + offset, n1 - offset);
      const c = piece(s2 + offset, n2 - offset);
      const d = piece(s3 + offset, n3 - offset);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const AB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const CD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      const at = W + (k << 6);
      v128.store(at, v128.shuffle<i64>(ab, cd, 0, 2));
      v128.store(at, v128.shuffle<i64>(ab, cd, 1, 3), 16);
      v128.store(at, v128.shuffle<i64>(AB, CD, 0, 2), 32);
      v128.store(at, v128.shuffle<i64>(AB, CD, 1, 3), 48);
    }
    // A message's last block ends in its length in bits.
    const last = i32x4.eq(blocks, i32x4.splat(block + 1));
    v128.store(W, v128.bitselect(i32x4.shl(lengths, 3), v128.load(W, 240), last), 240);
    mix(i32x4.gt_s(blocks, i32x4.splat(block)));
  }
}

export const first: usize = STATE;
export const second: usize = STATE + 16;

/** The word `t` of the schedule, from 16 on. */
// @ts-ignore: decorator
@inline
function next(t: i32): v128 {
  const w = rotate(
    v128.xor(
      v128.xor(v128.load(W + (((t - 3) & 15) << 4)), v128.load(W + (((t - 8) & 15) << 4))),
      v128.xor(v128.load(W + (((t - 14) & 15) << 4)), v128.load(W + ((t & 15) << 4))),
    ),
    1,
  );
  v128.store(W + ((t & 15) << 4), w);
  return w;
}

/** One block, in the lanes of `active`. */
function mix(active: v128): void {
  const a0 = v128.load(STATE);
  const b0 = v128.load(STATE, 16);
  const c0 = v128.load(STATE, 32);
  const d0 = v128.load(STATE, 48);
  const e0 = v128.load(STATE, 64);
  let a = a0;
  let b = b0;
  let c = c0;
  let d = d0;
  let e = e0;
  for (let t = 0; t < 80; t++) {
    let f: v128;
    let k: i32;
    if (t < 20) {
      f = v128.bitselect(c, d, b);
      k = 0x5a827999;
    } else if (t < 40) {
      f = v128.xor(v128.xor(b, c), d);
      k = 0x6ed9eba1;
    } else if (t < 60) {
      f = v128.or(v128.and(b, c), v128.and(d, v128.or(b, c)));
      k = 0x8f1bbcdc;
    } else {
      f = v128.xor(v128.xor(b, c), d);
      k = 0xca62c1d6;
    }
    const w = t < 16 ? v128.load(W + (t << 4)) : next(t);
    const sum = i32x4.add(i32x4.add(rotate(a, 5), f), i32x4.add(i32x4.add(e, w), i32x4.splat(k)));
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = sum;
  }
  v128.store(STATE, i32x4.add(a0, v128.and(a, active)));
  v128.store(STATE, i32x4.add(b0, v128.and(b, active)), 16);
  v128.store(STATE, i32x4.add(c0, v128.and(c, active)), 32);
  v128.store(STATE, i32x4.add(d0, v128.and(d, active)), 48);
  v128.store(STATE, i32x4.add(e0, v128.and(e, active)), 64);
}
