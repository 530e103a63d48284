import { byteSet } from "./byte-set.js";
import { living } from "./determinise.js";
import { EMPTY, NOTHING, type Term } from "./term.js";
import type { Terms } from "./terms.js";

const ENDLESS = Number.POSITIVE_INFINITY;

/** Digits before and behind the point, at most: those of `JSON.stringify` are fewer, and no number is too large for a float64. */
const WHOLE_DIGITS = 21;
const PART_DIGITS = 25;

/** Exponents of `JSON.stringify`: from here on, and up to here. */
const LEAST_LARGE = 21;
const GREATEST_SMALL = -7;

/** Bounds of a number. */
export interface Range {
  /** The least and the greatest that it may be. */
  min: number;
  max: number;
  /** What it must be above, and below. */
  above: number;
  below: number;
}

/** The text of numbers, whole ones or any. With bounds, an exponent is written where `JSON.stringify` does. */
export class JsonNumbers {
  readonly #terms: Terms;
  readonly #known = new Map<string, Term>();

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  term(isWhole: boolean, { min, max, above, below }: Range): Term {
    const key = [isWhole, min, max, above, below].join();
    let term = this.#known.get(key);
    if (!term) {
      const isBound = min > -ENDLESS || max < ENDLESS || above > -ENDLESS || below < ENDLESS;
      if (isBound)
        term = isWhole ? this.#wholeWithin(min, max, above, below) : this.#within(min, max, above, below);
      else term = isWhole ? this.#signed(this.#wholeNumbers()) : this.#anyNumber();
      this.#known.set(key, term);
    }
    return term;
  }

  #text(text: string): Term {
    return this.#terms.literal(new TextEncoder().encode(text));
  }

  /** So many digits from `first` to `last`. */
  #digits(first: number, last: number, min = 1, max = 1): Term {
    if (first > last) return NOTHING;
    return this.#terms.repeat(this.#terms.bytes(byteSet([0x30 + first, 0x30 + last])), min, max);
  }

  #signed(term: Term): Term {
    return this.#terms.chain(this.#terms.optional(this.#text("-")), term);
  }

  #wholeNumbers(): Term {
    const { sequence, either } = bound(this.#terms);
    return either(this.#text("0"), sequence(this.#digits(1, 9), this.#digits(0, 9, 0, WHOLE_DIGITS - 1)));
  }

  #part(): Term {
    const { sequence } = bound(this.#terms);
    return this.#terms.optional(sequence(this.#text("."), this.#digits(0, 9, 1, PART_DIGITS)));
  }

  #anyNumber(): Term {
    const { sequence, either } = bound(this.#terms);
    const e = this.#terms.bytes(byteSet([0x45, 0x45], [0x65, 0x65]));
    const plus = this.#terms.optional(this.#text("+"));
    const digits = (first: number, last: number, min = 1, max = 1) => this.#digits(first, last, min, max);
    const upTo307 = either(
      digits(0, 9, 1, 2),
      sequence(digits(0, 2), digits(0, 9, 2, 2)),
      sequence(this.#text("30"), digits(0, 7)),
    );
    const exponent = sequence(
      e,
      either(sequence(plus, upTo307), sequence(this.#text("-"), digits(0, 9, 1, 3))),
    );
    const scaled = sequence(digits(0, 9), this.#part(), exponent);
    const greatest = sequence(
      this.#atMost(decimal(Number.MAX_VALUE / 1e308), false, false),
      e,
      plus,
      this.#text("308"),
    );
    return this.#signed(either(sequence(this.#wholeNumbers(), this.#part()), scaled, greatest));
  }

  #wholeWithin(min: number, max: number, above: number, below: number): Term {
    const low = Math.max(Math.ceil(min), Math.floor(above) + 1);
    const high = Math.min(Math.floor(max), Math.ceil(below) - 1);
    return this.#between(low, false, high, false, true);
  }

  #within(min: number, max: number, above: number, below: number): Term {
    // Below a number is at most the float64 before it: digits that are nearer would be rounded to it.
    const low = above >= min ? (above === 0 ? 0 : next(above)) : min;
    const high = below <= max ? (below === 0 ? 0 : -next(-below)) : max;
    return this.#between(low, low === 0 && above === 0, high, high === 0 && below === 0, false);
  }

  #between(low: number, isAbove: boolean, high: number, isBelow: boolean, isWhole: boolean): Term {
    const { either, sequence } = bound(this.#terms);
    const terms: Term[] = [];
    if (high > 0 || (high === 0 && !isBelow)) {
      const from = Math.max(low, 0);
      terms.push(this.#magnitude(from, isAbove && low >= 0, high, isBelow, isWhole));
    }
    if (low < 0) {
      const from = Math.max(-high, 0);
      terms.push(
        sequence(this.#text("-"), this.#magnitude(from, from === 0 && isBelow, -low, false, isWhole)),
      );
    }
    return either(...terms);
  }

  /** Numbers without a sign from `low` to `high`. */
  #magnitude(low: number, isAbove: boolean, high: number, isBelow: boolean, isWhole: boolean): Term {
    if (low > high) return NOTHING;
    const all: Term[] = [];
    if (low > 0 || isAbove) all.push(this.#atLeast(decimal(low), isAbove, isWhole));
    if (high < ENDLESS) all.push(this.#atMost(decimal(high), isBelow, isWhole));
    if (all.length === 0) all.push(this.#terms.chain(this.#wholeNumbers(), isWhole ? EMPTY : this.#part()));
    const plain = living(this.#terms, this.#terms.both(all));
    return isWhole ? plain : this.#terms.either([plain, this.#scaled(low, high)]);
  }

  /** Numbers from `low` to `high` that `JSON.stringify` writes with an exponent: below 1e-6, and from 1e21 on. */
  #scaled(low: number, high: number): Term {
    const from = scientific(Math.max(low, Number.MIN_VALUE));
    const to = scientific(Math.min(high, Number.MAX_VALUE));
    const ranges = [from.exponent, from.exponent + 1, to.exponent, to.exponent + 1].sort((a, b) => a - b);
    const terms: Term[] = [];
    for (const [i, first] of ranges.entries()) {
      const last = (ranges[i + 1] ?? first) - 1;
      if (first > last || first < from.exponent || last > to.exponent) continue;
      const mantissas = [
        this.#terms.chain(this.#digits(1, 9), this.#part()),
        ...(first === from.exponent ? [this.#atLeast(from.mantissa, false, false)] : []),
        ...(last === to.exponent ? [this.#atMost(to.mantissa, false, false)] : []),
      ];
      const mantissa = living(this.#terms, this.#terms.both(mantissas));
      terms.push(this.#terms.chain(mantissa, this.#exponents(first, last)));
    }
    return this.#terms.either(terms);
  }

  #exponents(first: number, last: number): Term {
    const { either, sequence } = bound(this.#terms);
    const e = this.#terms.bytes(byteSet([0x45, 0x45], [0x65, 0x65]));
    const digits = (low: number, high: number) => this.#between(low, false, high, false, true);
    const plus = this.#terms.optional(this.#text("+"));
    return either(
      sequence(e, plus, digits(Math.max(first, LEAST_LARGE), last)),
      sequence(e, this.#text("-"), digits(-Math.min(last, GREATEST_SMALL), -first)),
    );
  }

  #atMost([whole, part]: Decimal, isBelow: boolean, isWhole: boolean): Term {
    const { either, sequence } = bound(this.#terms);
    const n = whole.length;
    const shorter =
      n < 2 ? NOTHING : either(this.#text("0"), sequence(this.#digits(1, 9), this.#digits(0, 9, 0, n - 2)));
    const less = this.#alike(whole, (digit, i) =>
      sequence(this.#digits(i === 0 && n > 1 ? 1 : 0, digit - 1), this.#digits(0, 9, n - 1 - i, n - 1 - i)),
    );
    const behind = (i: number): Term => {
      if (i === part.length) return isBelow ? NOTHING : this.#digits(0, 0, i === 0 ? 1 : 0, PART_DIGITS);
      const digit = Number(part[i]);
      return either(
        i === 0 ? NOTHING : EMPTY,
        sequence(this.#digits(0, digit - 1), this.#digits(0, 9, 0, PART_DIGITS)),
        sequence(this.#digits(digit, digit), behind(i + 1)),
      );
    };
    const isShort = isBelow && part === "";
    const equal = either(isShort ? NOTHING : EMPTY, isWhole ? NOTHING : sequence(this.#text("."), behind(0)));
    return either(
      sequence(either(shorter, less), isWhole ? EMPTY : this.#part()),
      sequence(this.#text(whole), equal),
    );
  }

  #atLeast([whole, part]: Decimal, isAbove: boolean, isWhole: boolean): Term {
    const { either, sequence } = bound(this.#terms);
    const n = whole.length;
    const longer = sequence(this.#digits(1, 9), this.#digits(0, 9, n, Math.max(n, WHOLE_DIGITS - 1)));
    const more = this.#alike(whole, (digit, i) =>
      sequence(this.#digits(digit + 1, 9), this.#digits(0, 9, n - 1 - i, n - 1 - i)),
    );
    const nonZero = sequence(
      this.#digits(0, 0, 0, PART_DIGITS),
      this.#digits(1, 9),
      this.#digits(0, 9, 0, PART_DIGITS),
    );
    const behind = (i: number): Term => {
      if (i === part.length) return isAbove ? nonZero : this.#digits(0, 9, i === 0 ? 1 : 0, PART_DIGITS);
      const digit = Number(part[i]);
      return either(
        sequence(this.#digits(digit + 1, 9), this.#digits(0, 9, 0, PART_DIGITS)),
        sequence(this.#digits(digit, digit), behind(i + 1)),
      );
    };
    const isLong = part !== "" || isAbove;
    const equal = either(isLong ? NOTHING : EMPTY, isWhole ? NOTHING : sequence(this.#text("."), behind(0)));
    const greater =
      whole === "0"
        ? sequence(this.#digits(1, 9), this.#digits(0, 9, 0, WHOLE_DIGITS - 1))
        : either(longer, more);
    return either(sequence(greater, isWhole ? EMPTY : this.#part()), sequence(this.#text(whole), equal));
  }

  /** Digits that are those of `whole` up to one place, and there what `differ` says. */
  #alike(whole: string, differ: (digit: number, place: number) => Term): Term {
    const { either, sequence } = bound(this.#terms);
    return either(
      ...Array.from(whole, (digit, i) => sequence(this.#text(whole.slice(0, i)), differ(Number(digit), i))),
    );
  }
}

function bound(terms: Terms) {
  return {
    either: (...all: readonly Term[]) => terms.either(all),
    sequence: (...all: readonly Term[]) => terms.sequence(...all),
  };
}

/** The digits before and behind the point. */
type Decimal = readonly [whole: string, part: string];

function decimal(value: number): Decimal {
  const [digits, exponent = "0"] = String(value).split("e") as [string, string?];
  const [whole, part = ""] = digits.split(".") as [string, string?];
  const shift = Number(exponent);
  const all = whole + part;
  const point = whole.length + shift;
  const padded = point > 0 ? all.padEnd(point, "0") : "0".repeat(1 - point) + all;
  const at = Math.max(point, 1);
  return [padded.slice(0, at), padded.slice(at).replace(/0+$/, "")];
}

/** Its first digit and those behind, and the power of ten that they are multiplied with. */
function scientific(value: number): { mantissa: Decimal; exponent: number } {
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  const [whole, part = ""] = mantissa.split(".") as [string, string?];
  return { mantissa: [whole, part], exponent: Number(exponent) };
}

/** The float64 above a finite one that is not 0. */
function next(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}
