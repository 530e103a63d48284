// A template as tokens, with the blanks around tags taken away as trim_blocks and lstrip_blocks ask.
import { TemplateError } from "../errors.js";
import { BLANK } from "./strings/blanks.js";

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "name"
  | "string"
  | "integer"
  | "float"
  | "operator"
  | "end";

export interface Token {
  kind: TokenKind;
  /** The text itself; of a string, what its escapes stand for; of `{{` and `{%`, which of them. */
  value: string;
  line: number;
}

const BLANKS = new RegExp(`[${BLANK}]*`, "y");
const BLANK_ONLY = new RegExp(`^[${BLANK}]+$`);
const LAST_BLANKS = new RegExp(`[${BLANK}]$`);
const RAW = new RegExp(`[${BLANK}]*raw[${BLANK}]*(-?)%\\}`, "y");
const END_OF_RAW = new RegExp(`\\{%([-+]?)[${BLANK}]*endraw[${BLANK}]*([-+]?)%\\}`, "g");

const FLOAT = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y;
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const NAME = /[\p{L}\p{N}\p{M}_\p{Pc}]+/uy;
const OPERATOR = /\*\*|\/\/|==|!=|>=|<=|[-+/*%~[\](){}<>=.:|,;]/y;

export function tokenize(template: string): Token[] {
  const source = template.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  #counted = 0;
  /** Whether what comes next starts a line: the line break before belongs to a tag. */
  #startsLine = true;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    const opening = /\{[{%#]/g;
    for (;;) {
      opening.lastIndex = this.#at;
      const found = opening.exec(this.#source);
      if (!found) break;
      const kind = found[0];
      let next = found.index + 2;
      const sign = /[-+]/.test(this.#source[next] ?? "") ? this.#source[next++]! : "";
      this.#text(found.index, sign, kind === "{{");
      if (kind === "{#") this.#comment(next);
      else if (kind === "{%" && this.#raw(next)) continue;
      else this.#tag(kind, next);
    }
    this.#push("text", this.#source.slice(this.#at));
    this.#push("end", "");
    return this.#tokens;
  }

  /** The text up to a tag. */
  #text(end: number, sign: string, isOutput: boolean): void {
    let text = this.#source.slice(this.#at, end);
    if (sign === "-") text = withoutBlanks(text);
    else if (sign !== "+" && !isOutput) {
      const start = text.lastIndexOf("\n") + 1;
      if ((start > 0 || this.#startsLine) && BLANK_ONLY.test(text.slice(start))) text = text.slice(0, start);
    }
    this.#push("text", text);
    this.#at = end;
  }

  #comment(from: number): void {
    const end = this.#source.indexOf("#}", from);
    if (end < 0) this.#fail("the comment is not closed: '#}' is missing");
    this.#after(end, "#}", end > from ? this.#source[end - 1] : "");
  }

  /** Goes on behind a tag's end that has this sign (or whatever else) in front of it. */
  #after(end: number, closing: string, sign: string | undefined): void {
    this.#at = end + closing.length;
    if (sign === "-") this.#at = this.#skipBlanks(this.#at);
    else if (closing !== "}}" && sign !== "+" && this.#source[this.#at] === "\n") this.#at++;
    this.#startsLine = this.#source[this.#at - 1] === "\n";
  }

  /** Text between raw and endraw; false where there is no raw tag. */
  #raw(next: number): boolean {
    RAW.lastIndex = next;
    const start = RAW.exec(this.#source);
    if (!start) return false;
    this.#at = start[1] === "-" ? this.#skipBlanks(RAW.lastIndex) : RAW.lastIndex;
    this.#startsLine = this.#source[this.#at - 1] === "\n";
    END_OF_RAW.lastIndex = this.#at;
    const end = END_OF_RAW.exec(this.#source);
    if (!end) this.#fail("'{% raw %}' is not closed: '{% endraw %}' is missing");
    this.#text(end.index, end[1]!, false);
    const closing = END_OF_RAW.lastIndex;
    this.#after(closing - 2, "%}", end[2]);
    return true;
  }

  #tag(kind: string, from: number): void {
    this.#at = from;
    this.#push("open", kind);
    const closing = kind === "{{" ? "}}" : "%}";
    const open: string[] = [];
    for (;;) {
      this.#at = this.#skipBlanks(this.#at);
      const source = this.#source;
      if (this.#at >= source.length) this.#fail(`'${kind}' is not closed: '${closing}' is missing`);
      if (open.length === 0) {
        const signed = source[this.#at] === "-" || (source[this.#at] === "+" && kind === "{%") ? 1 : 0;
        if (source.startsWith(closing, this.#at + signed)) {
          this.#push("close", closing);
          this.#after(this.#at + signed, closing, signed ? source[this.#at] : "");
          return;
        }
      }
      this.#token(open);
    }
  }

  #token(open: string[]): void {
    const char = this.#source[this.#at]!;
    if (char === "'" || char === '"') {
      this.#string(char);
      return;
    }
    const afterPoint = this.#source[this.#at - 1] === ".";
    for (const [kind, expression] of [
      ["float", FLOAT],
      ["integer", INTEGER],
      ["name", NAME],
      ["operator", OPERATOR],
    ] as const) {
      if (kind === "float" && afterPoint) continue;
      expression.lastIndex = this.#at;
      const found = expression.exec(this.#source)?.[0];
      if (found === undefined) continue;
      if (kind === "operator") this.#balance(found, open);
      this.#push(kind, found);
      this.#at += found.length;
      return;
    }
    this.#fail(`unexpected character ${JSON.stringify(char)}`);
  }

  #balance(operator: string, open: string[]): void {
    if ("([{".includes(operator)) open.push(operator === "(" ? ")" : operator === "[" ? "]" : "}");
    if (!")]}".includes(operator)) return;
    const expected = open.pop();
    if (expected !== operator)
      this.#fail(`unexpected '${operator}'${expected ? `, expected '${expected}'` : ""}`);
  }

  #string(quote: string): void {
    let end = this.#at + 1;
    while (end < this.#source.length && this.#source[end] !== quote)
      end += this.#source[end] === "\\" ? 2 : 1;
    if (end >= this.#source.length) this.#fail("a string is not closed");
    this.#push("string", this.#unescape(this.#source.slice(this.#at + 1, end)));
    this.#at = end + 1;
  }

  #unescape(text: string): string {
    const escapes = /\\(?:\n|([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs;
    return text.replace(escapes, (whole, octal, x, u, long, char) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const hex = x ?? u ?? long;
      if (hex !== undefined) {
        const code = Number.parseInt(hex, 16);
        if (code > 0x10ffff) this.#fail("a string has an escape of no character");
        return String.fromCodePoint(code);
      }
      if (char === undefined) return "";
      if ("xuUN".includes(char)) this.#fail(`a string has the escape '\\${char}' that cannot be read`);
      return ESCAPES[char] ?? whole;
    });
  }

  #skipBlanks(from: number): number {
    BLANKS.lastIndex = from;
    BLANKS.exec(this.#source);
    return BLANKS.lastIndex;
  }

  #push(kind: TokenKind, value: string): void {
    if (kind === "text" && value === "") return;
    for (; this.#counted < this.#at; this.#counted++) if (this.#source[this.#counted] === "\n") this.#line++;
    this.#tokens.push({ kind, value, line: this.#line });
  }

  #fail(message: string): never {
    throw new TemplateError(`line ${this.#line}: ${message}`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function withoutBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && LAST_BLANKS.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}
