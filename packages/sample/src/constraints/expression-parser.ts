import { type CodePoints, complement, union, withProperty } from "./code-points.js";
import { ConstraintError } from "./errors.js";

/** A regular expression, read. */
export type Expression =
  | { readonly kind: "set"; readonly points: CodePoints }
  | { readonly kind: "sequence"; readonly nodes: readonly Expression[] }
  | { readonly kind: "choice"; readonly nodes: readonly Expression[] }
  | { readonly kind: "repeat"; readonly node: Expression; readonly min: number; readonly max: number }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "look"; readonly node: Expression; readonly negated: boolean };

const DIGITS: CodePoints = [[0x30, 0x39]];
const WORD = union(DIGITS, [[0x41, 0x5a]], [[0x5f, 0x5f]], [[0x61, 0x7a]]);
const LINE_ENDS: CodePoints = union([[0x0a, 0x0a]], [[0x0d, 0x0d]], [[0x2028, 0x2029]]);
const SPACE = union(
  [[0x09, 0x0d]],
  ...[0x20, 0xa0, 0x1680, 0x202f, 0x205f, 0x3000, 0xfeff].map((point): CodePoints => [[point, point]]),
  [[0x2000, 0x200a]],
  [[0x2028, 0x2029]],
);
const SETS: Readonly<Record<string, CodePoints>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * Reads an expression of JavaScript's, with the meaning of its flag "u".
 * @param dotAll whether "." matches line ends
 * @throws ConstraintError for what is no expression, or is none of a regular language
 */
export function parseExpression(source: string, dotAll = false): Expression {
  let error: Error | undefined;
  try {
    new RegExp(source, "u");
  } catch (caught) {
    error = caught as Error;
    try {
      new RegExp(source); // some write "\\-" and the like, which mean the same without the flag
    } catch {
      throw new ConstraintError(`"${source}" is no regular expression: ${error.message}`);
    }
  }
  try {
    return new Parser(source, dotAll, error !== undefined).parse();
  } catch (caught) {
    if (!(caught instanceof SyntaxError)) throw caught;
    throw new ConstraintError(`"${source}" is no regular expression: ${caught.message}`);
  }
}

class Parser {
  readonly #source: string;
  readonly #characters: readonly string[];
  readonly #dotAll: boolean;
  /** Whether it is an expression only without the flag "u": letters of other languages must not be read as if they had no meaning. */
  readonly #isLoose: boolean;
  #at = 0;

  constructor(source: string, dotAll: boolean, isLoose: boolean) {
    this.#isLoose = isLoose;
    this.#source = source;
    this.#characters = [...source];
    this.#dotAll = dotAll;
  }

  parse(): Expression {
    return this.#choice();
  }

  #fail(what: string): ConstraintError {
    return new ConstraintError(`"${this.#source}" has ${what}, which is not supported`);
  }

  #peek(offset = 0): string {
    return this.#characters[this.#at + offset] ?? "";
  }

  /** Takes this text, if it is next. */
  #take(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#peek(i) !== text[i]) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): Expression {
    const nodes = [this.#sequence()];
    while (this.#take("|")) nodes.push(this.#sequence());
    return nodes.length === 1 ? nodes[0]! : { kind: "choice", nodes };
  }

  #sequence(): Expression {
    const nodes: Expression[] = [];
    while (this.#at < this.#characters.length && this.#peek() !== "|" && this.#peek() !== ")") {
      const node = this.#repeated(this.#atom());
      if (node.kind === "sequence") nodes.push(...node.nodes);
      else nodes.push(node);
    }
    return nodes.length === 1 ? nodes[0]! : { kind: "sequence", nodes };
  }

  #repeated(node: Expression): Expression {
    const range = this.#quantifier();
    if (!range) return node;
    this.#take("?"); // which match is found first does not matter
    return { kind: "repeat", node, min: range[0], max: range[1] };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#take("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#take("?")) return [0, 1];
    const [all, low, comma, high] = /^\{(\d+)(,?)(\d*)\}/.exec(this.#rest(24)) ?? [];
    if (all === undefined) return undefined;
    this.#at += all.length;
    if (!comma) return [Number(low), Number(low)];
    return [Number(low), high ? Number(high) : Number.POSITIVE_INFINITY];
  }

  #rest(length: number): string {
    return this.#characters.slice(this.#at, this.#at + length).join("");
  }

  #atom(): Expression {
    if (this.#take("^")) return { kind: "start" };
    if (this.#take("$")) return { kind: "end" };
    if (this.#take("(")) return this.#group();
    if (this.#take(".")) {
      return { kind: "set", points: this.#dotAll ? complement([]) : complement(LINE_ENDS) };
    }
    if (this.#take("[")) return { kind: "set", points: this.#class() };
    if (this.#peek() === "\\" && (this.#peek(1) === "b" || this.#peek(1) === "B"))
      throw this.#fail(`a word boundary \\${this.#peek(1)}`);
    return { kind: "set", points: this.#member() };
  }

  #group(): Expression {
    let kind: "look" | "not" | undefined;
    if (this.#take("?=")) kind = "look";
    else if (this.#take("?!")) kind = "not";
    else if (this.#take("?<=") || this.#take("?<!")) throw this.#fail("a lookbehind");
    else if (this.#take("?<")) while (!this.#take(">")) this.#at++;
    else if (!this.#take("?:") && this.#peek() === "?") throw this.#fail("a group with flags");
    const node = this.#choice();
    this.#take(")");
    return kind ? { kind: "look", node, negated: kind === "not" } : node;
  }

  #class(): CodePoints {
    const isNegated = this.#take("^");
    const sets: CodePoints[] = [];
    while (!this.#take("]")) {
      if (this.#isLoose && this.#peek() === "[") throw this.#fail("a class within a class");
      const first = this.#member(true);
      const isRange = this.#peek() === "-" && this.#peek(1) !== "]" && isSingle(first);
      if (!isRange) {
        sets.push(first);
        continue;
      }
      this.#at++;
      const last = this.#member(true);
      if (isSingle(last)) sets.push([[first[0]![0], last[0]![0]]]);
      else sets.push(first, [[0x2d, 0x2d]], last); // without the flag "[a-\d]" has a hyphen
    }
    const set = union(...sets);
    return isNegated ? complement(set) : set;
  }

  /** A character, or an escape that stands for some. */
  #member(inClass = false): CodePoints {
    const character = this.#characters[this.#at++]!;
    if (character !== "\\") return single(character.codePointAt(0)!);
    const escaped = this.#characters[this.#at++]!;
    const set = SETS[escaped];
    if (set) return set;
    if (CONTROLS[escaped] !== undefined) return single(CONTROLS[escaped]);
    if (escaped === "b" && inClass) return single(8);
    if (escaped === "p" || escaped === "P") return this.#property(escaped);
    if (escaped === "x" || escaped === "u") return single(this.#hexadecimal(escaped));
    if (escaped === "c") return single(this.#characters[this.#at++]!.charCodeAt(0) % 32);
    if (escaped === "0" && !/\d/.test(this.#peek())) return single(0);
    if (/[0-9k]/.test(escaped)) throw this.#fail(`a backreference \\${escaped}`);
    if (/[A-Za-z]/.test(escaped)) throw this.#fail(`an escape \\${escaped}`);
    return single(escaped.codePointAt(0)!);
  }

  #property(letter: string): CodePoints {
    const end = this.#characters.indexOf("}", this.#at);
    if (this.#isLoose) throw this.#fail(`\\${letter} beside what the flag "u" does not allow`);
    const name = this.#characters.slice(this.#at, end + 1).join("");
    this.#at = end + 1;
    const set = withProperty(`\\p${name}`);
    return letter === "p" ? set : complement(set);
  }

  #hexadecimal(letter: string): number {
    if (letter === "u" && this.#take("{")) {
      const end = this.#characters.indexOf("}", this.#at);
      const digits = this.#characters.slice(this.#at, end).join("");
      this.#at = end + 1;
      return Number.parseInt(digits, 16);
    }
    const point = this.#digits(letter === "x" ? 2 : 4);
    const isHigh = letter === "u" && point >= 0xd800 && point < 0xdc00;
    if (!isHigh || !this.#take("\\u")) return point;
    return 0x10000 + ((point - 0xd800) << 10) + (this.#digits(4) - 0xdc00);
  }

  #digits(count: number): number {
    const digits = this.#rest(count);
    this.#at += count;
    return Number.parseInt(digits, 16);
  }
}

/** The same set for the same character of ASCII: words have each of them often. */
const ASCII = Array.from({ length: 128 }, (_, point): CodePoints => [[point, point]]);

function single(point: number): CodePoints {
  return ASCII[point] ?? [[point, point]];
}

function isSingle(set: CodePoints): boolean {
  return set.length === 1 && set[0]![0] === set[0]![1];
}
