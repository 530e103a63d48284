import { casedIn, caseForms } from "./case-folding.js";
import { TokenizerFormatError } from "./errors.js";

// JavaScript's expressions as tokenizer files write them: in Oniguruma's Ruby syntax, where \w, \d and \s are Unicode's,
// ^ and $ stand at lines, and ignoring case makes ss of ß. Each of those is written out, so that it means what it did.

const WORD = "0-9A-Z_a-z";
/** What `\w` has besides where case is ignored. */
const FOLDED = "\u017f\u212a";
const SPACES =
  "\\t-\\r\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const LINE_END = "\\n\\r\\x{2028}\\x{2029}";
/** Properties that both know by the same name. */
const SHARED =
  /^(?:[CLMNPSZ]|L[lmotu]|M[cen]|N[dlo]|P[cdefios]|S[ckmo]|Z[lps]|C[cfo]|White_Space|Alphabetic)$/;
const CONTROLS: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
/** As many times as Oniguruma repeats. */
const MOST = 100_000;

/** @param expression with the flag `u` or `v`. @throws TokenizerFormatError naming what Oniguruma cannot express */
export function translateRegExp(expression: RegExp): string {
  return new Writer(expression).all();
}

class Writer {
  readonly #expression: RegExp;
  readonly #source: string;
  readonly #ignoreCase: boolean;
  /** Whether classes may hold classes. */
  readonly #nests: boolean;
  #at = 0;
  #behind = 0;

  constructor(expression: RegExp) {
    this.#expression = expression;
    this.#source = expression.source;
    this.#ignoreCase = expression.ignoreCase;
    this.#nests = expression.flags.includes("v");
  }

  all(): string {
    let text = "";
    // Whether each open group is a lookbehind.
    const open: boolean[] = [];
    while (this.#at < this.#source.length) {
      const group = this.#take(/\((?:\?(?:<(?![=!])[^>]*>|<?[=!]|:))?/y);
      if (group) {
        if (this.#source[this.#at] === "?") throw this.#refuse("flags inside of it");
        const kind = /^\(\?<?[=!]$/.test(group[0]) ? group[0] : "(?:";
        if (kind !== "(?:") this.#look("a lookaround");
        open.push(kind.startsWith("(?<"));
        if (open.at(-1)) this.#behind++;
        text += kind;
      } else if (this.#take(/\)/y)) {
        if (open.pop()) this.#behind--;
        text += ")";
      } else {
        text +=
          this.#take(/\|/y)?.[0] ?? this.#quantifier() ?? this.#assertion() ?? this.#set() ?? this.#literal();
      }
    }
    return text;
  }

  #refuse(what: string): TokenizerFormatError {
    return new TokenizerFormatError(
      `The pattern ${this.#expression} has ${what}, which a tokenizer.json cannot say in the same way: write it without.`,
    );
  }

  #look(what: string): void {
    if (this.#behind > 0) throw this.#refuse(`${what} inside a lookbehind`);
  }

  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#source);
    if (found) this.#at = expression.lastIndex;
    return found ?? undefined;
  }

  #quantifier(): string | undefined {
    const found = this.#take(/[*+?]\??|\{(\d+)(,?)(\d*)\}\??/y);
    if (!found) return undefined;
    const [whole, least, comma, most] = found;
    if (Math.max(Number(least ?? 0), Number(most ?? 0)) > MOST) throw this.#refuse(`the quantifier ${whole}`);
    // Exactly n times is the same when lazy, but not to Oniguruma.
    return least !== undefined && comma === "" ? `{${least}}` : whole;
  }

  #assertion(): string | undefined {
    const found = this.#take(/[\^$]|\\[bB]/y)?.[0];
    if (!found) return undefined;
    const { multiline } = this.#expression;
    if (found === "^" && !multiline) return String.raw`\A`;
    if (found === "$" && !multiline) return String.raw`\z`;
    this.#look(found);
    if (found === "^") return `(?<![^${LINE_END}])`;
    if (found === "$") return `(?![^${LINE_END}])`;
    const word = `[${WORD}${this.#ignoreCase ? FOLDED : ""}]`;
    const [not, is] = found === String.raw`\b` ? ["!", "="] : ["=", "!"];
    return `(?:(?<=${word})(?${not}${word})|(?<!${word})(?${is}${word}))`;
  }

  /** What stands for one character of many. */
  #set(): string | undefined {
    if (this.#take(/\./y)) return this.#expression.dotAll ? String.raw`[\x{0}-\x{10ffff}]` : `[^${LINE_END}]`;
    const set = this.#take(/\\(?:[dswDSW]|[pP]\{[^}]*\})/y)?.[0];
    if (set) return this.#class("", set);
    if (this.#source[this.#at] !== "[") return undefined;
    const from = this.#at;
    let nested = false;
    let depth = 0;
    do {
      const [item] = this.#take(/\\.|--|&&|./suy)!;
      if (item === "[" && (depth === 0 || this.#nests)) depth++;
      if (item === "]") depth--;
      nested ||= item === String.raw`\q` || (this.#nests && (depth > 1 || item === "--" || item === "&&"));
    } while (depth > 0);
    const whole = this.#source.slice(from, this.#at);
    if (nested) return `[${this.#ranges(whole, this.#ignoreCase ? "iv" : "v")}]`;
    const [, not, body] = /^\[(\^?)(.*)\]$/s.exec(whole)!;
    return this.#class(not!, body!);
  }

  /** A class of characters, ranges and escapes. */
  #class(not: string, body: string): string {
    const flag = this.#nests ? "v" : "u";
    // With v, ignoring case means something else for what is negated.
    if (this.#ignoreCase && flag === "v") return `[${this.#ranges(`[${not}${body}]`, "iv")}]`;
    let text = "";
    let before: "nothing" | "atom" | "dash" = "nothing";
    let at = 0;
    for (const [item, letter, property] of body.matchAll(
      /\\(?:([dswDSW])|[pP]\{([^}]*)\}|u\{[^}]*\}|u[\da-f]{4}(?:\\u[\da-f]{4})?|x..|c.|.)|./gisu,
    )) {
      at += item.length;
      if (item === "-" && before === "atom" && at < body.length) {
        text += "-";
        before = "dash";
        continue;
      }
      before = before === "dash" ? "nothing" : "atom";
      if (letter) text += this.#letterClass(letter);
      else if (property !== undefined) text += SHARED.test(property) ? item : this.#ranges(item, flag);
      else text += inClass(this.#codeOf(item));
    }
    if (this.#ignoreCase && body !== "") {
      const has = new Set(casedIn(`[${body}]`, "u"));
      for (const char of casedIn(`[${body}]`, "iu")) if (!has.has(char) || /\\W/.test(body)) text += char;
    }
    if (text === "") return not ? String.raw`[\x{0}-\x{10ffff}]` : "(?!)";
    return `[${not}${text}]`;
  }

  #letterClass(letter: string): string {
    const lower = letter.toLowerCase();
    const body = lower === "d" ? "0-9" : lower === "s" ? SPACES : WORD + (this.#ignoreCase ? FOLDED : "");
    return letter === lower ? body : `[^${body}]`;
  }

  /** Every character that a set matches, as ranges. */
  #ranges(set: string, flags: string): string {
    for (const [property] of set.matchAll(/\\[pP]\{[^}]*\}|\\q/g)) {
      try {
        new RegExp(property, "u");
      } catch {
        throw this.#refuse(`${property}, which matches several characters`);
      }
    }
    const ranges = Array.from(everyCharacter().matchAll(new RegExp(`${set}+`, `g${flags}`)), ([run]) => {
      const first = inClass(run.codePointAt(0)!);
      return `${first}-${inClass(Array.from(run.slice(-2)).at(-1)!.codePointAt(0)!)}`;
    });
    return ranges.join("");
  }

  #literal(): string {
    if (this.#take(/\\(?:[1-9]\d*|k<[^>]*>)/y)) throw this.#refuse("a backreference");
    const item = this.#take(/\\(?:u\{[^}]*\}|u[\da-f]{4}(?:\\u[\da-f]{4})?|x..|c.|.)|./isuy)![0];
    const code = this.#codeOf(item);
    const forms = this.#ignoreCase ? caseForms(String.fromCodePoint(code)) : "";
    if (forms.length > String.fromCodePoint(code).length) return `[${forms}]`;
    return written(code, /[\\^$.*+?()[\]{}|]/);
  }

  /** The character that a source has for itself, or as an escape. */
  #codeOf(item: string): number {
    let code = item.codePointAt(0)!;
    if (item.length > 1 && item[0] === "\\") {
      const hex = /^\\(?:u\{(.*)\}|u(....)(?:\\u(....))?|x(..))$/.exec(item);
      if (hex) {
        const unit = Number.parseInt((hex[1] ?? hex[2] ?? hex[4])!, 16);
        code = hex[3] ? String.fromCharCode(unit, Number.parseInt(hex[3], 16)).codePointAt(0)! : unit;
      } else if (item[1] === "c") code = item.charCodeAt(2) % 32;
      else code = item === String.raw`\0` ? 0 : (CONTROLS[item[1]!] ?? item.codePointAt(1)!);
    }
    if (code >= 0xd800 && code < 0xe000) throw this.#refuse(`the lone surrogate \\u${code.toString(16)}`);
    return code;
  }
}

function inClass(code: number): string {
  return written(code, /[!-/:-@[-^`{-~]/);
}

/** As itself where it is seen and means nothing else. */
function written(code: number, syntax: RegExp): string {
  const char = String.fromCodePoint(code);
  if (syntax.test(char)) return `\\${char}`;
  return char !== " " && /[\p{C}\p{M}\p{Z}]/u.test(char) ? `\\x{${code.toString(16)}}` : char;
}

function everyCharacter(): string {
  const parts: string[] = [];
  for (let from = 0; from < 0x110000; from += 0x800) {
    if (from === 0xd800) continue;
    parts.push(String.fromCodePoint(...Array.from({ length: 0x800 }, (_, i) => from + i)));
  }
  return parts.join("");
}
