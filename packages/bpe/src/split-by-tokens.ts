import type { Kinds } from "@llm/platform/options";
import { checkEncode, checkText, ENCODE } from "./check.js";
import { BudgetError } from "./errors.js";
import type { EncodeOptions } from "./special.js";
import type { Tokenizer } from "./tokenizer.js";

/** How large pieces may be. */
export interface SplitOptions extends EncodeOptions {
  /** The most tokens that a piece may have when it is encoded by itself. */
  budget: number;
  /** How many tokens of a piece's end the next one may begin with, as context. Default: 0. */
  overlap?: number;
}

const SPLIT: Kinds<SplitOptions> = { ...ENCODE, budget: "any!", overlap: "any" };

/** Places to cut at behind a match, better ones first. */
const BORDERS: readonly RegExp[] = [
  // A paragraph ends with a blank line.
  /\n(?:[^\S\n]*\n)+/g,
  /\n/g,
  // A sentence. The blank that follows begins the next piece, as it begins the next token.
  /[.!?…]["'”’»)\]]*(?=\s)|[。！？]["”’」』）]*/gu,
  // A word, with the same rule.
  /\S(?=\s)/g,
  // White space before the first word.
  /\s(?=\S)/g,
];

/** UTF-16 units to look at for each token of the budget, at first. */
const UNITS_PER_TOKEN = 5;
/** UTF-16 units around a border within which a grapheme is looked for. */
const GRAPHEME_REACH = 64;

/**
 * Cuts text into pieces of at most `budget` tokens each, which together are the text (with an overlap: each begins with
 * the end of the one before). A piece ends at the last paragraph that ends within the budget; if there is none, at the
 * last line, sentence or word; else between graphemes, and within one only if it is larger than the budget. Special
 * tokens are plain text unless they are allowed, and then never cut. Takes time in proportion to the text.
 *
 * @throws BudgetError where `budget` or `overlap` makes no sense, or a single character has more tokens than the budget.
 */
export function splitByTokens(tokenizer: Tokenizer, text: string, options: SplitOptions): string[] {
  checkText("splitByTokens", text);
  checkEncode("splitByTokens", options, SPLIT);
  const { budget, overlap = 0 } = options;
  if (!Number.isSafeInteger(budget) || budget < 1) {
    throw new BudgetError(`budget is ${budget}: pass a whole number of tokens, 1 or more.`);
  }
  if (!Number.isSafeInteger(overlap) || overlap < 0 || overlap >= budget) {
    throw new BudgetError(`overlap is ${overlap}: pass a whole number below the budget of ${budget} tokens.`);
  }
  const splitter = new Splitter(tokenizer, text, options);
  const pieces: string[] = [];
  for (let start = 0, done = 0; done < text.length; ) {
    let end = splitter.end(start, done);
    // Where the repeated words leave no room for new ones, they are left out.
    if (end < 0) {
      start = done;
      end = splitter.end(start, done);
    }
    if (end < 0) splitter.refuse(start);
    pieces.push(text.slice(start, end));
    done = end;
    start = overlap > 0 && done < text.length ? splitter.overlapStart(start, end, overlap) : done;
  }
  return pieces;
}

class Splitter {
  readonly #tokenizer: Tokenizer;
  readonly #text: string;
  readonly #budget: number;
  readonly #options: EncodeOptions;
  readonly #special: ReadonlySet<number>;
  readonly #longestSpecial: number;
  #graphemes: Intl.Segmenter | undefined;

  constructor(tokenizer: Tokenizer, text: string, options: SplitOptions) {
    const { budget, allowedSpecial = [], disallowedSpecial = [] } = options;
    this.#tokenizer = tokenizer;
    this.#text = text;
    this.#budget = budget;
    const asList = (choice: "all" | Iterable<string>) => (choice === "all" ? choice : [...choice]);
    this.#options = {
      allowedSpecial: asList(allowedSpecial),
      disallowedSpecial: asList(disallowedSpecial),
    };
    const special = tokenizer.specialTokens;
    this.#special = new Set(special.values());
    this.#longestSpecial = Math.max(1, ...Array.from(special.keys(), (token) => token.length));
  }

  /** Where the piece from `start` ends, behind `after`; -1 if there is no such place. */
  end(start: number, after: number): number {
    const first = this.#reach(start);
    let { end } = first;
    const { kept } = first;
    if (end === this.#text.length && this.#fits(start, end)) return end;
    while (end > after) {
      const border = this.#bestBorder(start, after, end, kept);
      if (border < 0) break;
      if (this.#fits(start, border)) return border;
      // By itself the piece has more tokens than it had with what follows: look for less.
      const { utf16, text } = this.#tokenizer.encodeWithOffsets(
        this.#text.slice(start, border),
        this.#options,
      );
      const scale = (border - start) / text.length;
      end = Math.min(border - 1, start + Math.floor(utf16[this.#budget]! * scale));
    }
    const one = start + String.fromCodePoint(this.#text.codePointAt(start)!).length;
    return one > after && this.#fits(start, one) ? one : -1;
  }

  /** The start of a piece that repeats up to `overlap` tokens of the one in `[start, end)`. */
  overlapStart(start: number, end: number, overlap: number): number {
    const { ids, utf16, text } = this.#tokenizer.encodeWithOffsets(
      this.#text.slice(start, end),
      this.#options,
    );
    if (ids.length <= overlap) return end;
    const least = start + Math.ceil(utf16[ids.length - overlap]! * ((end - start) / text.length));
    const words = /(?<=\S)(?=\s)|(?<=\n)/g;
    words.lastIndex = Math.max(least, start + 1);
    for (let found = words.exec(this.#text); found; found = words.exec(this.#text)) {
      if (found.index >= end) break;
      if (this.#tokenizer.count(this.#text.slice(found.index, end), this.#options) <= overlap) {
        return found.index;
      }
      words.lastIndex = found.index + 1;
    }
    return end;
  }

  /** @throws BudgetError, naming the character at `at`. */
  refuse(at: number): never {
    const character = String.fromCodePoint(this.#text.codePointAt(at)!);
    throw new BudgetError(
      `The budget of ${this.#budget} is too small for ${JSON.stringify(character)} at index ${at}, which has ` +
        `${this.#tokenizer.count(character)} tokens.`,
    );
  }

  #fits(start: number, end: number): boolean {
    const limit = this.#budget;
    return this.#tokenizer.count(this.#text.slice(start, end), { ...this.#options, limit }) <= limit;
  }

  /** Where the budget's tokens from `start` end in the text, and the stretches that must stay whole. */
  #reach(start: number): { end: number; kept: [number, number][] } {
    // Enough to see the budget's last token whole, even if that is a special one which the slice would cut.
    for (let units = this.#budget * UNITS_PER_TOKEN; ; units *= 2) {
      const slice = this.#text.slice(start, start + units);
      const { ids, utf16, text } = this.#tokenizer.encodeWithOffsets(slice, this.#options);
      const atEnd = start + slice.length === this.#text.length;
      if (!atEnd && !(utf16[this.#budget]! + this.#longestSpecial < text.length)) continue;
      // Offsets are in the normalised text: near enough, since every piece is counted before it is taken.
      const scale = text.length === slice.length ? 1 : slice.length / text.length;
      const at = (border: number) => start + Math.floor(utf16[border]! * scale);
      const kept: [number, number][] = [];
      for (let i = 0; i <= this.#budget && i < ids.length; i++) {
        if (this.#special.has(ids[i]!)) kept.push([at(i), at(i + 1)]);
      }
      return { end: ids.length <= this.#budget ? this.#text.length : at(this.#budget), kept };
    }
  }

  /** The best place to cut in `(after, end]`, or -1. */
  #bestBorder(start: number, after: number, end: number, kept: readonly [number, number][]): number {
    const allowed = (at: number) => at > after && !kept.some(([from, to]) => from < at && at < to);
    // One unit more, so that what follows the last border is seen.
    const window = this.#text.slice(start, end + 1);
    for (const expression of BORDERS) {
      const borders = Array.from(
        window.matchAll(expression),
        ({ index, 0: match }) => start + index + match.length,
      );
      for (let i = borders.length - 1; i >= 0 && borders[i]! > after; i--) {
        if (borders[i]! <= end && allowed(borders[i]!)) return borders[i]!;
      }
    }
    const grapheme = this.#graphemeBorder(start, end);
    if (allowed(grapheme)) return grapheme;
    for (let at = end; at > after; at--) {
      if (allowed(at) && this.#text.codePointAt(at - 1)! <= 0xffff) return at;
    }
    return -1;
  }

  /** The last border of a grapheme up to `end`. */
  #graphemeBorder(start: number, end: number): number {
    if (end === this.#text.length) return end;
    this.#graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
    const from = Math.max(start, end - GRAPHEME_REACH);
    const near = this.#text.slice(from, end + GRAPHEME_REACH);
    const index = this.#graphemes.segment(near).containing(end - from)?.index ?? near.length;
    return from + index;
  }
}
