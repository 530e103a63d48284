// Oniguruma's sets of characters as bodies of classes in JavaScript. Each was compared over all characters.
// Plain strings: bundlers keep what is made by a call, even where nothing uses it.

/** `\w` in classes. */
export const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";
/** Outside of classes it has these of Latin-1 too: ² ³ ¹ ¼ ½ ¾. */
export const LONE_WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xb2\\xb3\\xb9\\xbc-\\xbe";
const UNSEEN = "\\p{White_Space}\\p{Cc}\\p{Cn}\\p{Cs}";

/** Not `[^]`: V8 takes that wrongly beside the flag `v` (in Node 20). */
export const ANY = "\\p{Any}";

/** Bodies of classes; those in "not" hold what the class has not. */
export const BRACKETS: Readonly<Record<string, string | { not: string }>> = {
  alnum: "\\p{Alphabetic}\\p{Nd}",
  alpha: "\\p{Alphabetic}",
  ascii: "\\0-\\x7f",
  blank: "\\t\\p{Zs}",
  cntrl: "\\p{Cc}",
  digit: "\\p{Nd}",
  graph: { not: UNSEEN },
  lower: "\\p{Lowercase}",
  print: { not: "\\p{Zl}\\p{Zp}\\p{Cc}\\p{Cn}\\p{Cs}" },
  punct: "\\p{P}\\p{S}",
  space: "\\p{White_Space}",
  upper: "\\p{Uppercase}",
  word: WORD,
  xdigit: "0-9A-Fa-f",
};
export const ESCAPED_CLASSES: Readonly<Record<string, string>> = {
  d: "\\p{Nd}",
  h: "0-9A-Fa-f",
  s: "\\p{White_Space}",
  w: WORD,
};
