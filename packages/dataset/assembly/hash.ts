// What near-duplicates are found by: hashes of word n-grams, and the least values of many hash functions over them.
import { first, second, sha1x4 } from "./sha1";

export { xxh64End, xxh64Start, xxh64Stripes } from "./xxh64";

const PRIME: i64 = (1 << 61) - 1;

/** The first address behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}

// @ts-ignore: decorator
@inline
function startOf(ends: usize, i: u32): u32 {
  return i == 0 ? 0 : load<u32>(ends + ((i - 1) << 2)) + 1;
}

/**
 * Hashes the n-grams of the words at `bytes`, which are joined by single bytes and end at `ends` (u32): the first 8 bytes of the
 * SHA-1 of each, as u64, little-endian, to `out`. There is room for 4 more than `count`.
 */
export function ngrams(bytes: usize, ends: usize, count: u32, n: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i += 4) {
    const i1 = min(i + 1, count - 1);
    const i2 = min(i + 2, count - 1);
    const i3 = min(i + 3, count - 1);
    const s0 = startOf(ends, i);
    const s1 = startOf(ends, i1);
    const s2 = startOf(ends, i2);
    const s3 = startOf(ends, i3);
    const last = ends + ((n - 1) << 2);
    sha1x4(
      bytes + s0, load<u32>(last + (i << 2)) - s0,
      bytes + s1, load<u32>(last + (i1 << 2)) - s1,
      bytes + s2, load<u32>(last + (i2 << 2)) - s2,
      bytes + s3, load<u32>(last + (i3 << 2)) - s3,
    );
    const a = v128.load(first);
    const b = v128.load(second);
    const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    v128.store(out + (i << 3), i8x16.shuffle(low, low, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
    v128.store(out + (i << 3), i8x16.shuffle(high, high, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12), 16);
  }
}

/** The least of `(a x + b mod 2^64) mod (2^61 - 1)` over the `count` hashes x (u64), for each of the functions a, b (u64). */
export function least(hashes: usize, count: u32, a: usize, b: usize, functions: u32, out: usize): void {
  const end = hashes + (<usize>count << 3);
  for (let i: u32 = 0; i < functions << 3; i += 8) {
    const factor = load<i64>(a + i);
    const summand = load<i64>(b + i);
    let best = PRIME;
    for (let at = hashes; at < end; at += 8) {
      const x = load<i64>(at) * factor + summand;
      let rest = (x & PRIME) + <i64>(<u64>x >> 61);
      if (rest < best) best = rest;
      else if (rest >= PRIME) best = min(best, rest - PRIME);
    }
    store<i64>(out + i, best);
  }
}
