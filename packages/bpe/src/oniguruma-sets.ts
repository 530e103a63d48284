// Oniguruma's sets of characters as bodies of classes in JavaScript. Each was compared over all characters.

/** `\w` in classes. */
export const WORD = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}`;
/** Outside of classes it has these of Latin-1 too: ² ³ ¹ ¼ ½ ¾. */
export const LONE_WORD = String.raw`${WORD}\xb2\xb3\xb9\xbc-\xbe`;
const UNSEEN = String.raw`\p{White_Space}\p{Cc}\p{Cn}\p{Cs}`;

/** Not `[^]`: V8 takes that wrongly beside the flag `v` (in Node 20). */
export const ANY = String.raw`\p{Any}`;

/** Bodies of classes; those in "not" hold what the class has not. */
export const BRACKETS: Readonly<Record<string, string | { not: string }>> = {
  alnum: String.raw`\p{Alphabetic}\p{Nd}`,
  alpha: String.raw`\p{Alphabetic}`,
  ascii: String.raw`\0-\x7f`,
  blank: String.raw`\t\p{Zs}`,
  cntrl: String.raw`\p{Cc}`,
  digit: String.raw`\p{Nd}`,
  graph: { not: UNSEEN },
  lower: String.raw`\p{Lowercase}`,
  print: { not: String.raw`\p{Zl}\p{Zp}\p{Cc}\p{Cn}\p{Cs}` },
  punct: String.raw`\p{P}\p{S}`,
  space: String.raw`\p{White_Space}`,
  upper: String.raw`\p{Uppercase}`,
  word: WORD,
  xdigit: "0-9A-Fa-f",
};
export const ESCAPED_CLASSES: Readonly<Record<string, string>> = {
  d: String.raw`\p{Nd}`,
  h: "0-9A-Fa-f",
  s: String.raw`\p{White_Space}`,
  w: WORD,
};
