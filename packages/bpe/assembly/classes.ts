// The character classes of src/classes.ts. The table of all code points lies at an address that every caller passes.
export const OTHER: u32 = 0;
export const UPPER: u32 = 1;
export const LOWER: u32 = 2;
export const UNCASED: u32 = 3;
export const MARK: u32 = 4;
export const NUMBER: u32 = 5;
export const SPACE: u32 = 6;
export const NEWLINE: u32 = 7;

// Sets of classes, a bit each.
export const LETTERS: u32 = (1 << UPPER) | (1 << LOWER) | (1 << UNCASED);
export const SPACES: u32 = (1 << SPACE) | (1 << NEWLINE);
export const SYMBOLS: u32 = (1 << OTHER) | (1 << MARK);
/** `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]` */
export const UPPERS: u32 = (1 << UPPER) | (1 << UNCASED) | (1 << MARK);
/** `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` */
export const LOWERS: u32 = (1 << LOWER) | (1 << UNCASED) | (1 << MARK);
/** `[^\r\n\p{L}\p{N}]` */
export const PREFIX: u32 = (1 << OTHER) | (1 << MARK) | (1 << SPACE);

/** The code point whose valid UTF-8 starts at `at`. */
// @ts-ignore: decorator
@inline
export function codePointAt(at: usize): u32 {
  const lead: u32 = load<u8>(at);
  if (lead < 0x80) return lead;
  const second: u32 = load<u8>(at, 1) & 63;
  if (lead < 0xe0) return ((lead & 31) << 6) | second;
  const third: u32 = load<u8>(at, 2) & 63;
  if (lead < 0xf0) return ((lead & 15) << 12) | (second << 6) | third;
  return ((lead & 7) << 18) | (second << 12) | (third << 6) | (load<u8>(at, 3) & 63);
}

/** How many bytes the character has whose first byte stands at `at`. */
// @ts-ignore: decorator
@inline
export function widthAt(at: usize): usize {
  const lead: u32 = load<u8>(at);
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Not inlined, as it is called in many places; where each character counts, its one line stands instead. */
export function classAt(classes: usize, at: usize): u32 {
  return load<u8>(classes + codePointAt(at));
}

/** The end of the run of characters from `at` whose class is in `set`. */
export function run(classes: usize, set: u32, at: usize, end: usize): usize {
  while (at < end) {
    const lead: u32 = load<u8>(at);
    if (lead < 0x80) {
      if (((set >> load<u8>(classes + lead)) & 1) == 0) break;
      at++;
    } else {
      if (((set >> load<u8>(classes + codePointAt(at))) & 1) == 0) break;
      at += widthAt(at);
    }
  }
  return at;
}
