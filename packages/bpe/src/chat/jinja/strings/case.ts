// Methods of strings about case and kinds of characters.
import { type Builtin, builtin } from "../signature.js";
import { Text } from "../text.js";
import { BLANK } from "./blanks.js";

const UPPER = /^\p{Uppercase}$/u;
const LOWER = /^\p{Lowercase}$/u;
const CASED = /^\p{Cased}$/u;

/** Some letters have a title case of their own; JavaScript knows only their upper case. */
const TITLE: Readonly<Record<string, string>> = {
  Ǆ: "ǅ",
  ǅ: "ǅ",
  ǆ: "ǅ",
  Ǉ: "ǈ",
  ǈ: "ǈ",
  ǉ: "ǈ",
  Ǌ: "ǋ",
  ǋ: "ǋ",
  ǌ: "ǋ",
  Ǳ: "ǲ",
  ǲ: "ǲ",
  ǳ: "ǲ",
  ß: "Ss",
  ﬀ: "Ff",
  ﬁ: "Fi",
  ﬂ: "Fl",
  ﬃ: "Ffi",
  ﬄ: "Ffl",
  ﬅ: "St",
  ﬆ: "St",
}; // prettier-ignore

const titleOf = (char: string) => TITLE[char] ?? char.toUpperCase();

export function upper(text: Text): Text {
  return text.map((stretch) => stretch.toUpperCase());
}

export function lower(text: Text): Text {
  return text.map((stretch) => stretch.toLowerCase());
}

export function capitalize(text: Text): Text {
  const [first] = text.text;
  if (first === undefined) return text;
  const [head, tail] = text.cut([String.fromCodePoint(text.text.codePointAt(0)!).length]);
  return Text.concat([head!.map(titleOf), lower(tail!)]).marked(text.markup);
}

/** Changes each character, given whether a letter with case stands before it. */
function eachCharacter(text: Text, change: (char: string, insideWord: boolean) => string): Text {
  let inside = false;
  return text.map((stretch) => {
    let out = "";
    for (const char of stretch) {
      out += change(char, inside);
      inside = CASED.test(char);
    }
    return out;
  });
}

/** Whether there are characters, and all are of that kind. */
const all = (kind: string) => {
  const expression = new RegExp(`^[${kind}]+$`, "u");
  return builtin<Text>("/", (_, { text }) => expression.test(text));
};

const inCase = (right: RegExp, wrong: RegExp) =>
  builtin<Text>("/", (_, { text }) => {
    let found = false;
    for (const char of text) {
      if (wrong.test(char) || /^\p{Lt}$/u.test(char)) return false;
      found ||= right.test(char);
    }
    return found;
  });

function isTitle(text: string): boolean {
  let inside = false;
  let found = false;
  for (const char of text) {
    const big = UPPER.test(char) || /^\p{Lt}$/u.test(char);
    const small = LOWER.test(char);
    if ((big && inside) || (small && !inside)) return false;
    inside = big || small;
    found ||= inside;
  }
  return found;
}

const DIGITS =
  "\\p{Nd}\\u00b2\\u00b3\\u00b9\\u1369-\\u1371\\u19da\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u24ea";

export const CASES: Readonly<Record<string, Builtin<Text>>> = {
  upper: builtin("/", (_, text) => upper(text)),
  lower: builtin("/", (_, text) => lower(text)),
  capitalize: builtin("/", (_, text) => capitalize(text)),
  casefold: builtin("/", (_, text) =>
    text.map((stretch) => stretch.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ")),
  ),
  title: builtin("/", (_, text) =>
    eachCharacter(text, (char, inside) => (inside ? char.toLowerCase() : titleOf(char))),
  ),
  swapcase: builtin("/", (_, text) =>
    eachCharacter(text, (char) => (UPPER.test(char) ? char.toLowerCase() : char.toUpperCase())),
  ),
  isalpha: all("\\p{L}"),
  isalnum: all(`\\p{L}\\p{N}${DIGITS}`),
  isdecimal: all("\\p{Nd}"),
  isdigit: all(DIGITS),
  isnumeric: all("\\p{N}"),
  isspace: all(BLANK),
  isidentifier: builtin("/", (_, { text }) => /^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(text)),
  isascii: builtin("/", (_, { text }) => /^[\0-\x7f]*$/.test(text)),
  isprintable: builtin("/", (_, { text }) => /^(?:[^\p{C}\p{Z}]| )*$/u.test(text)),
  isupper: inCase(UPPER, LOWER),
  islower: inCase(LOWER, UPPER),
  istitle: builtin("/", (_, { text }) => isTitle(text)),
};
