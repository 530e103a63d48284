import { classTable, SPACE } from "./classes.js";
import { DisallowedSpecialError, VocabularyError } from "./errors.js";
import type { AddedToken, EncodeOptions, SpecialTokens } from "./special.js";

/** A stretch of text: an added token with the white space it takes along, or plain (and then normalised). */
export interface Segment {
  readonly text: string;
  readonly token?: AddedToken;
}

/** What one choice of special tokens asks for. */
interface Plan {
  /** Finds a special token that must not be there. */
  forbidden: RegExp | undefined;
  /** Searches the text as it came. */
  raw: Matcher | undefined;
  /** Searches what is left, normalised. */
  normalized: Matcher | undefined;
}

/** Plans are kept for this many different choices. */
const MOST_PLANS = 64;

/** Splits added tokens out of text: leftmost first, the longest where several start. */
export class Segmenter {
  readonly #special: SpecialTokens;
  readonly #normalize: (text: string) => string;
  readonly #plans = new Map<string, Plan>();
  readonly #default: Plan;

  constructor(special: SpecialTokens, normalize: (text: string) => string) {
    this.#special = special;
    this.#normalize = normalize;
    this.#default = this.#plan([], "all");
  }

  /** The segments of `text`, in order; none of an empty text. @throws DisallowedSpecialError */
  segments(text: string, options: EncodeOptions): Iterable<Segment> {
    const plan = this.#planFor(options);
    if (plan.forbidden) {
      plan.forbidden.lastIndex = 0;
      const found = plan.forbidden.exec(text);
      if (found) throw new DisallowedSpecialError(found[0], found.index);
    }
    if (text === "") return [];
    if (plan.raw || plan.normalized) return this.#split(plan, text);
    const plain = this.#normalize(text);
    return plain === "" ? [] : [{ text: plain }];
  }

  *#split({ raw, normalized }: Plan, text: string): Generator<Segment> {
    for (const segment of raw ? raw.split(text) : [{ text } as Segment]) {
      if (segment.token) {
        yield segment;
        continue;
      }
      const plain = this.#normalize(segment.text);
      if (plain === "") continue;
      if (normalized) yield* normalized.split(plain);
      else yield { text: plain };
    }
  }

  #planFor({ allowedSpecial = [], disallowedSpecial = "all" }: EncodeOptions): Plan {
    const allowed = allowedSpecial === "all" ? "all" : [...allowedSpecial];
    const disallowed = disallowedSpecial === "all" ? "all" : [...disallowedSpecial];
    if (allowed.length === 0 && disallowed === "all") return this.#default;
    const key = JSON.stringify([allowed, disallowed]);
    const known = this.#plans.get(key);
    if (known) return known;
    const plan = this.#plan(allowed, disallowed);
    if (this.#plans.size === MOST_PLANS) this.#plans.clear();
    this.#plans.set(key, plan);
    return plan;
  }

  #plan(allowedSpecial: "all" | readonly string[], disallowedSpecial: "all" | readonly string[]): Plan {
    const { ids, tokens } = this.#special;
    const allowed = new Set(allowedSpecial === "all" ? ids.keys() : allowedSpecial);
    for (const token of allowed) {
      if (ids.has(token)) continue;
      const known = [...ids.keys()].slice(0, 20).map((text) => JSON.stringify(text));
      throw new VocabularyError(
        `allowedSpecial names ${JSON.stringify(token)}, which is not a special token of this vocabulary: ` +
          `it has ${known.length > 0 ? known.join(", ") : "none"}${ids.size > known.length ? ", ..." : ""}.`,
      );
    }
    const disallowed = disallowedSpecial === "all" ? [...ids.keys()] : disallowedSpecial;
    const wanted = tokens.filter((token) => !token.special || allowed.has(token.content));
    const found = (inNormalized: boolean) => wanted.filter((token) => token.normalized === inNormalized);
    return {
      forbidden: anyOf(disallowed.filter((token) => !allowed.has(token))),
      raw: Matcher.of(found(false), (content) => content),
      normalized: Matcher.of(found(true), this.#normalize),
    };
  }
}

/** Searches for tokens by the rules of Hugging Face's flags. */
class Matcher {
  readonly #expression: RegExp;
  readonly #tokens: ReadonlyMap<string, AddedToken>;

  /** @param written the text by which a token is found. */
  static of(tokens: readonly AddedToken[], written: (content: string) => string): Matcher | undefined {
    const byText = new Map<string, AddedToken>();
    for (const token of tokens) {
      const text = written(token.content);
      if (!byText.has(text)) byText.set(text, token);
    }
    const expression = anyOf(byText.keys());
    return expression && new Matcher(expression, byText);
  }

  private constructor(expression: RegExp, tokens: ReadonlyMap<string, AddedToken>) {
    this.#expression = expression;
    this.#tokens = tokens;
  }

  *split(text: string): Generator<Segment> {
    const expression = this.#expression;
    let done = 0;
    // Where to go on is kept here and not in the expression, which two texts may use in turns.
    for (let next = 0; ; ) {
      expression.lastIndex = next;
      const found = expression.exec(text);
      if (!found) break;
      let start = found.index;
      let end = start + found[0].length;
      next = end;
      const token = this.#tokens.get(found[0])!;
      if (token.singleWord && (wordBefore(text, start) || wordAt(text, end))) continue;
      if (token.lstrip) {
        while (start > done && isSpace(text, start - 1)) start--;
        start = Math.max(start, done);
      }
      if (token.rstrip) while (end < text.length && isSpace(text, end)) end++;
      // A token of white space that the one before has taken along: it is found again, as in Hugging Face's binding, unless
      // its lstrip leaves nothing of it.
      if (start >= end) continue;
      if (done < start) yield { text: text.slice(done, start) };
      yield { text: text.slice(start, end), token };
      done = end;
    }
    if (done < text.length) yield { text: done === 0 ? text : text.slice(done) };
  }
}

/** Matches any of the texts, longer ones first. */
function anyOf(texts: Iterable<string>): RegExp | undefined {
  const sorted = [...texts].filter((text) => text !== "").sort((a, b) => b.length - a.length);
  if (sorted.length === 0) return undefined;
  return new RegExp(sorted.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
}

// What `\w` is in Rust's regular expressions.
const WORD = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

function wordAt(text: string, at: number): boolean {
  return at < text.length && WORD.test(String.fromCodePoint(text.codePointAt(at)!));
}

function wordBefore(text: string, at: number): boolean {
  const pair = at > 1 && text.codePointAt(at - 2)! > 0xffff;
  return at > 0 && wordAt(text, pair ? at - 2 : at - 1);
}

function isSpace(text: string, at: number): boolean {
  return classTable()[text.charCodeAt(at)]! >= SPACE;
}
