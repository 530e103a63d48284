import { TokenizerFormatError } from "./errors.js";
import { BRACKETS, ESCAPED_CLASSES } from "./oniguruma-sets.js";

const CONTROLS: Readonly<Record<string, number>> = { a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Reads what stands for one character in an expression of Oniguruma's, and writes it for JavaScript. */
export class ClassReader {
  /** Whether a class holds another, for which JavaScript needs the flag `v`. */
  nested = false;
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  refuse(what: string): TokenizerFormatError {
    return failure(this.source, `${what} (at character ${this.at})`);
  }

  /** Goes on if `expression`, which is sticky, matches here. */
  take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.source);
    if (found) this.at = expression.lastIndex;
    return found ?? undefined;
  }

  /** An escape that stands for a set of characters, here and inside of classes. */
  set(): { body: string; not: boolean } | undefined {
    const letter = this.take(/\\([dhsw])/iy)?.[1];
    if (letter) {
      const lower = letter.toLowerCase();
      return { body: ESCAPED_CLASSES[lower]!, not: letter !== lower };
    }
    const property = this.take(/\\([pP])\{(\^?)([^{}]*)\}/y);
    if (!property) return undefined;
    const [, p, caret, name] = property;
    const not = (p === "P") !== (caret === "^");
    const known = this.#property(name!);
    return typeof known === "string" ? { body: known, not } : { body: known.not, not: !not };
  }

  /** Names count without case, blanks, - and _; JavaScript's are tried in the spellings that it may know. */
  #property(name: string): string | { not: string } {
    const plain = name.toLowerCase().replace(/[-_ ]/g, "");
    if (plain === "any") return String.raw`\0-\u{10ffff}`;
    // As a property, punctuation is the category alone.
    if (plain !== "punct" && Object.hasOwn(BRACKETS, plain)) return BRACKETS[plain]!;
    const words = name
      .split(/[-_ ]/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
    for (const spelt of [name, words.join("_"), plain, plain.toUpperCase()]) {
      for (const body of [`\\p{${spelt}}`, `\\p{Script=${spelt}}`]) {
        if (/^[\w]+$/.test(spelt) && isValid(body)) return body;
      }
    }
    throw this.refuse(`the property \\p{${name}}`);
  }

  /** One character, written as an escape, here or inside of a class. */
  escapedChar(): string {
    const code = this.take(/\\x\{([\da-f]{1,8})\}|\\x([\da-f]{1,2})|\\u([\da-f]{4})/iy);
    if (code) {
      const value = Number.parseInt((code[1] ?? code[2] ?? code[3])!, 16);
      // Two digits are a byte, and those above 7f are part of a character.
      if (value > 0x10ffff || (code[2] !== undefined && value > 0x7f)) throw this.refuse(code[0]);
      return String.fromCodePoint(value);
    }
    const octal = this.take(/\\0([0-7]{0,2})/y);
    if (octal) return String.fromCharCode(Number.parseInt(octal[1] || "0", 8));
    const control = this.take(/\\([abefnrtv])/y);
    if (control) return String.fromCharCode(CONTROLS[control[1]!]!);
    const odd = this.take(/\\(?:[cCMxu1-9k].{0,3}|$)/y);
    if (odd) throw this.refuse(odd[0]);
    return this.take(/\\(.)/suy)![1]!;
  }

  /** A class with its brackets. */
  classBody(): { body: string; not: boolean } {
    const not = this.take(/\[(\^?)/y)![1] === "^";
    const operands: string[] = [];
    let body = "";
    // A ] that comes first is a character.
    for (let first = true; first || this.source[this.at] !== "]"; first = false) {
      if (this.at >= this.source.length) throw this.refuse("a [ without its ]");
      if (this.take(/&&/y)) {
        operands.push(body);
        body = "";
      } else {
        body += this.#classItem();
      }
    }
    this.at++;
    if (operands.length === 0) return { body, not };
    this.nested = true;
    return { body: `[${[...operands, body].map((operand) => `[${operand}]`).join("&&")}]`, not };
  }

  #classItem(): string {
    const bracket = this.take(/\[:(\^?)(\w+):\]/y);
    if (bracket) {
      if (!Object.hasOwn(BRACKETS, bracket[2]!)) throw this.refuse(bracket[0]);
      const known = BRACKETS[bracket[2]!]!;
      const not = bracket[1] === "^";
      return typeof known === "string" ? this.#part(known, not) : this.#part(known.not, !not);
    }
    if (this.source[this.at] === "[") {
      const { body, not } = this.classBody();
      return this.#part(body, not);
    }
    const set = this.set();
    if (set) return this.#part(set.body, set.not);
    const from = this.#classChar();
    const dash = /-(?!\]|&&|\[)/y;
    if (!this.take(dash)) return inClass(from);
    const end = this.set();
    if (end) throw this.refuse("a range that ends in a class");
    return `${inClass(from)}-${inClass(this.#classChar())}`.concat(
      this.take(/-(?!\])/y) ? String.raw`\x2d` : "",
    );
  }

  #classChar(): string {
    return this.source[this.at] === "\\" ? this.escapedChar() : this.take(/./suy)![0];
  }

  /** What one class adds to another. */
  #part(body: string, not: boolean): string {
    if (!not) return body;
    const single = /^\\p(\{\w+\})$/.exec(body);
    if (single) return `\\P${single[1]}`;
    this.nested = true;
    return `[^${body}]`;
  }
}

/** What is wrong with an expression. */
export function failure(source: string, why: string): TokenizerFormatError {
  return new TokenizerFormatError(
    `The pattern ${JSON.stringify(source)} cannot be written as a JavaScript RegExp: ${why}. Replace it in the file by one without that.`,
  );
}

function isValid(body: string): boolean {
  try {
    return new RegExp(body, "u") !== undefined;
  } catch {
    return false;
  }
}

/** As escapes where it may mean something, alone or doubled. */
function inClass(char: string): string {
  if (!/[\0-\x20!-/:-@[-`{-~]/.test(char) || /[ '_]/.test(char)) return char;
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
