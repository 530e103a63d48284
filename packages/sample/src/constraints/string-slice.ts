import { Automaton, DEAD } from "./automaton.js";
import { JsonText } from "./json-text.js";
import { Terms } from "./term.js";
import { TokenTrie } from "./token-trie.js";

/**
 * The tokens of a vocabulary within a JSON string, known once for all grammars: nearly all of them are nothing but characters of
 * it, so that only those that end it need a walk.
 */
export class StringSlice {
  /** Tokens with a quotation mark that ends the string, after characters of it. */
  readonly ending: TokenTrie;
  /** The ids of tokens that stay in the string, by the number of characters that they begin. */
  readonly #byCount: number[][] = [];
  /** By a number of characters: the tokens that begin no more. */
  readonly #masks: Uint32Array[] = [];
  readonly #words: number;

  constructor(tokens: readonly (Uint8Array | undefined)[]) {
    this.#words = Math.ceil(tokens.length / 32);
    const terms = new Terms();
    const { character } = new JsonText(terms, 0);
    const characters = terms.repeat(character, 0, Number.POSITIVE_INFINITY);
    const automaton = new Automaton(terms, characters);
    const between = automaton.stateOf(characters);
    const ending = tokens.map((token, id) => {
      let state = between;
      let count = 0;
      for (const byte of token ?? []) {
        if (state === between && byte === 0x22) return token;
        if (state === between) count++;
        state = automaton.next(state, byte);
        if (state === DEAD) return undefined;
      }
      if (token && token.length > 0) {
        this.#byCount[count] ??= [];
        this.#byCount[count]!.push(id);
      }
      return undefined;
    });
    this.ending = new TokenTrie(ending);
  }

  /** Sets the bits of tokens that begin up to so many characters, and end nothing. */
  allow(max: number, mask: Uint32Array): void {
    const most = Math.min(max, this.#byCount.length - 1);
    for (let count = this.#masks.length; count <= most; count++) {
      const longer = this.#masks[count - 1]?.slice() ?? new Uint32Array(this.#words);
      for (const id of this.#byCount[count] ?? []) longer[id >> 5]! |= 1 << (id & 31);
      this.#masks.push(longer);
    }
    mask.set(this.#masks[most]!);
  }
}
