const APOSTROPHE: u32 = 0x27;

/** The length of 's, 't, 're, 've, 'm, 'll or 'd at `at`, or 0. Rust's `(?i:s)` also takes the long s, U+017F. */
export function contraction(at: usize, end: usize, ignoreCase: bool): usize {
  if (at + 1 >= end || load<u8>(at) != APOSTROPHE) return 0;
  const fold: u32 = ignoreCase ? 0x20 : 0;
  const first: u32 = load<u8>(at, 1) | fold;
  if (first == 0x73 || first == 0x74 || first == 0x6d || first == 0x64) return 2;
  if (at + 2 >= end) return 0;
  if (ignoreCase && load<u8>(at, 1) == 0xc5 && load<u8>(at, 2) == 0xbf) return 3;
  const second: u32 = load<u8>(at, 2) | fold;
  if (second == 0x65 && (first == 0x72 || first == 0x76)) return 3;
  return first == 0x6c && second == 0x6c ? 3 : 0;
}
