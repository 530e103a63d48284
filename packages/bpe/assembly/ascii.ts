// Classes of 16 ASCII bytes at once: bit i of a mask says whether byte i is of the class. Bytes of longer characters are
// of no class but `beyond`.

// @ts-ignore: decorator
@inline
function within(v: v128, first: u8, count: u8): u32 {
  return i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(first)), i8x16.splat(count)));
}

// @ts-ignore: decorator
@inline
export function letters(v: v128): u32 {
  return within(v128.or(v, i8x16.splat(0x20)), 0x61, 26);
}

// @ts-ignore: decorator
@inline
export function uppers(v: v128): u32 {
  return within(v, 0x41, 26);
}

// @ts-ignore: decorator
@inline
export function lowers(v: v128): u32 {
  return within(v, 0x61, 26);
}

// @ts-ignore: decorator
@inline
export function digits(v: v128): u32 {
  return within(v, 0x30, 10);
}

// @ts-ignore: decorator
@inline
export function spaces(v: v128): u32 {
  return within(v, 9, 5) | i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x20)));
}

// @ts-ignore: decorator
@inline
export function newlines(v: v128): u32 {
  return i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(10)), i8x16.eq(v, i8x16.splat(13))));
}

// @ts-ignore: decorator
@inline
export function bytes(v: v128, byte: u8): u32 {
  return i8x16.bitmask(i8x16.eq(v, i8x16.splat(byte)));
}

/** Bytes of characters beyond ASCII. */
// @ts-ignore: decorator
@inline
export function beyond(v: v128): u32 {
  return i8x16.bitmask(v);
}

/** Bytes of characters beyond ASCII but their first. */
// @ts-ignore: decorator
@inline
export function continuations(v: v128): u32 {
  return i8x16.bitmask(i8x16.lt_s(v, i8x16.splat(-64)));
}
