import { DisallowedSpecialError, VocabularyError } from "./errors.js";

/** Special tokens to look for: all there are, or these. */
export type SpecialChoice = "all" | Iterable<string>;

/** Which special tokens encoding may make, and which it must not meet. As in tiktoken. */
export interface EncodeOptions {
  /** Special tokens that become their one id. Default: none. */
  allowedSpecial?: SpecialChoice;
  /** Special tokens whose text is an error, unless they are allowed. Default: all. What is in neither is plain text. */
  disallowedSpecial?: SpecialChoice;
}

/**
 * Splits special tokens out of text, leftmost first, the longest where several start.
 * `always` are a file's added tokens that are not special: they are found whatever is allowed.
 */
export class SpecialTokens {
  readonly ids: ReadonlyMap<string, number>;
  readonly always: ReadonlyMap<string, number>;
  readonly #any: RegExp | undefined;
  readonly #always: RegExp | undefined;

  constructor(ids: ReadonlyMap<string, number>, always: ReadonlyMap<string, number> = new Map()) {
    for (const [token, id] of [...ids, ...always]) {
      if (token === "") throw new VocabularyError(`Special token ${id} is empty: give it a text.`);
    }
    this.ids = ids;
    this.always = always;
    this.#any = expression(ids.keys());
    this.#always = expression(always.keys());
  }

  /** Finds which tokens to split at, and where; undefined: the whole text is plain. @throws DisallowedSpecialError */
  matcher(text: string, options: EncodeOptions): RegExp | undefined {
    const { allowedSpecial = [], disallowedSpecial = "all" } = options;
    if (!this.#any) return this.#always;
    if (allowedSpecial === "all") return expression([...this.ids.keys(), ...this.always.keys()]);
    const allowed = new Set(allowedSpecial);
    for (const token of allowed) {
      if (!this.ids.has(token)) {
        throw new VocabularyError(
          `allowedSpecial names ${JSON.stringify(token)}, which is not a special token of this vocabulary: ` +
            `it has ${[...this.ids.keys()].map((t) => JSON.stringify(t)).join(", ")}.`,
        );
      }
    }
    let forbidden: RegExp | undefined = this.#any;
    if (disallowedSpecial !== "all" || allowed.size > 0) {
      const tokens = disallowedSpecial === "all" ? [...this.ids.keys()] : [...disallowedSpecial];
      forbidden = expression(tokens.filter((token) => !allowed.has(token)));
    }
    if (forbidden) {
      forbidden.lastIndex = 0;
      const found = forbidden.exec(text);
      if (found) throw new DisallowedSpecialError(found[0], found.index);
    }
    return allowed.size > 0 ? expression([...allowed, ...this.always.keys()]) : this.#always;
  }

  /** The id of a special or added token. */
  id(token: string): number {
    return this.ids.get(token) ?? this.always.get(token)!;
  }
}

/** Matches any of the tokens, longer ones first. */
function expression(tokens: Iterable<string>): RegExp | undefined {
  const sorted = [...tokens].sort((a, b) => b.length - a.length);
  if (sorted.length === 0) return undefined;
  return new RegExp(sorted.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
}
