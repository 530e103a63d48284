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
};

function titleOf(char: string): string {
  const known = TITLE[char];
  if (known !== undefined) return known;
  const code = char.codePointAt(0)!;
  // Georgian has capitals for whole words only.
  if (code >= 0x10d0 && code <= 0x10ff) return char;
  // Greek vowels with a small iota behind them: JavaScript's capitals have a capital iota.
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  if (code === 0x1fbc || code === 0x1fcc || code === 0x1ffc) return char;
  const upper = char.toUpperCase();
  if (code > 0x1fb0 && code < 0x1fff && code !== 0x1fbe) return upper.replace(/Ι$/, "\u0345");
  // Of several capitals only the first is one.
  const [first, ...rest] = upper;
  return char === "ŉ" ? upper : first! + rest.join("").toLowerCase();
}

/** For comparing whatever the case: mostly the small letters of the capital. */
function foldCase(char: string): string {
  const code = char.codePointAt(0)!;
  if (char === "ı" || (code >= 0x13a0 && code <= 0x13f5)) return char;
  if (code >= 0x13f8 && code <= 0x13fd) return String.fromCodePoint(code - 8);
  if (code >= 0xab70 && code <= 0xabbf) return String.fromCodePoint(code - 0xab70 + 0x13a0);
  return Array.from(char === "ẞ" ? "SS" : char.toUpperCase(), (capital) => capital.toLowerCase()).join("");
}

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

/** Digits that are not written side by side to make a number: raised, lowered, in circles and the like. */
const DIGITS =
  "\\p{Nd}\\xb2\\xb3\\xb9\\u1369-\\u1371\\u19da\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u2474-\\u247c\\u2488-\\u2490" +
  "\\u24ea\\u24f5-\\u24fd\\u24ff\\u2776-\\u277e\\u2780-\\u2788\\u278a-\\u2792\\u{10a40}-\\u{10a43}\\u{10e60}-\\u{10e68}" +
  "\\u{11052}-\\u{1105a}\\u{1f100}-\\u{1f10a}";

/** Letters that stand for numbers. */
const NUMERALS =
  "㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千卄卅卌叁参參叄四壱壹幺廾廿弌弍弎弐拾捌柒漆玖百肆萬貮貳贰阡陆陌陸零" +
  "\\uf96b\\uf973\\uf978\\uf9b2\\uf9d1\\uf9d3\\uf9fd\\u{20001}\\u{20064}\\u{200e2}\\u{20121}\\u{2092a}\\u{20983}\\u{2098c}\\u{2099c}" +
  "\\u{20aea}\\u{20afd}\\u{20b19}\\u{22390}\\u{22998}\\u{23b1b}\\u{2626d}\\u{2f890}";

export const CASES: Readonly<Record<string, Builtin<Text>>> = {
  upper: builtin("/", (_, text) => upper(text)),
  lower: builtin("/", (_, text) => lower(text)),
  capitalize: builtin("/", (_, text) => capitalize(text)),
  casefold: builtin("/", (_, text) => text.map((stretch) => Array.from(stretch, foldCase).join(""))),
  title: builtin("/", (_, text) =>
    eachCharacter(text, (char, inside) => (inside ? char.toLowerCase() : titleOf(char))),
  ),
  swapcase: builtin("/", (_, text) =>
    eachCharacter(text, (char) =>
      UPPER.test(char) ? char.toLowerCase() : LOWER.test(char) ? char.toUpperCase() : char,
    ),
  ),
  isalpha: all("\\p{L}"),
  isalnum: all(`\\p{L}\\p{N}${DIGITS}`),
  isdecimal: all("\\p{Nd}"),
  isdigit: all(DIGITS),
  isnumeric: all(`\\p{N}${NUMERALS}`),
  isspace: all(BLANK),
  isidentifier: builtin("/", (_, { text }) => /^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(text)),
  isascii: builtin("/", (_, { text }) => /^[\0-\x7f]*$/.test(text)),
  isprintable: builtin("/", (_, { text }) => /^(?:[^\p{C}\p{Z}]| )*$/u.test(text)),
  isupper: inCase(UPPER, LOWER),
  islower: inCase(LOWER, UPPER),
  istitle: builtin("/", (_, { text }) => isTitle(text)),
};
