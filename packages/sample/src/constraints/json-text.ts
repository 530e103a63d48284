import { byteSet } from "./byte-set.js";
import { type CodePoints, complement, union } from "./code-points.js";
import { Spelling } from "./spelling.js";
import { EMPTY, type Term } from "./term.js";
import type { Terms } from "./terms.js";

const ENDLESS = Number.POSITIVE_INFINITY;

/** What JSON must escape in a string: controls, the quotation mark and the backslash. */
const ESCAPED: CodePoints = union([[0, 0x1f]], [[0x22, 0x22]], [[0x5c, 0x5c]]);
/** How `JSON.stringify` spells them. */
const ESCAPES: ReadonlyMap<number, string> = new Map(
  ESCAPED.flatMap(([first, last]) => Array.from({ length: last + 1 - first }, (_, i) => first + i)).map(
    (point) => [point, JSON.stringify(String.fromCharCode(point)).slice(1, -1)],
  ),
);

/** The parts of JSON's text, as terms. */
export class JsonText {
  readonly terms: Terms;
  /** Blanks between two tokens. */
  readonly blanks: Term;
  /** A character of a string: as it is, or escaped where it must be. */
  readonly character: Term;
  /** How `JSON.stringify` spells the characters of a string. */
  readonly spelling: Spelling;

  constructor(terms: Terms, maxBlanks: number) {
    this.terms = terms;
    const blank = terms.bytes(byteSet([0x09, 0x0a], [0x0d, 0x0d], [0x20, 0x20]));
    this.blanks = terms.repeat(blank, 0, maxBlanks);
    this.character = terms.either([new Spelling(terms).characters(complement(ESCAPED)), escapes(terms)]);
    terms.stringCharacter = this.character;
    this.spelling = new Spelling(terms, ESCAPES);
  }

  /** A text as it is. */
  token(text: string, rest: Term = EMPTY): Term {
    return this.terms.literal(new TextEncoder().encode(text), rest);
  }

  /** A string of so many characters. */
  string(min = 0, max = ENDLESS): Term {
    return this.quoted(this.terms.repeat(this.character, min, max));
  }

  quoted(content: Term): Term {
    return this.terms.sequence(this.token('"'), content, this.token('"'));
  }

  /** Exactly this value; blanks may stand between its tokens. */
  value(value: unknown): Term {
    const { terms, blanks } = this;
    const comma = terms.sequence(blanks, this.token(","), blanks);
    const listed = (open: string, members: readonly Term[], close: string) =>
      terms.sequence(
        this.token(open),
        blanks,
        ...members.flatMap((member, i) => (i === 0 ? [member] : [comma, member])),
        members.length > 0 ? blanks : EMPTY,
        this.token(close),
      );
    if (Array.isArray(value)) {
      return listed(
        "[",
        value.map((each) => this.value(each)),
        "]",
      );
    }
    if (typeof value !== "object" || value === null) return this.token(JSON.stringify(value));
    const members = Object.entries(value).map(([name, each]) =>
      this.member(this.token(JSON.stringify(name)), this.value(each)),
    );
    return listed("{", members, "}");
  }

  /** A name and its value. */
  member(name: Term, value: Term): Term {
    return this.terms.sequence(name, this.blanks, this.token(":"), this.blanks, value);
  }
}

/** The escapes that are needed: of one letter, and of four digits for any control. */
function escapes(terms: Terms): Term {
  const short = terms.either(Array.from('"\\bfnrt', (letter) => terms.byte(letter.charCodeAt(0))));
  const digit = terms.bytes(byteSet([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]));
  const zeroOrOne = terms.bytes(byteSet([0x30, 0x31]));
  const control = terms.literal(new TextEncoder().encode("u00"), terms.chain(zeroOrOne, digit));
  return terms.chain(terms.byte(0x5c), terms.either([short, control]));
}
