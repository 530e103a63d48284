import { Automaton, DEAD } from "./automaton.js";
import { JsonText } from "./json-text.js";
import { Terms } from "./terms.js";
import { TokenTrie } from "./token-trie.js";

const QUOTE = 0x22;

/**
 * The tokens of a vocabulary within a JSON string, known once for all grammars: nearly all of them are nothing but characters of
 * it. Those that end it are known by what they end it with, which is little.
 */
export class StringSlice {
  /** What tokens have from the quotation mark on that ends the string, as a tree: its ids are places in `endings`. */
  readonly trie: TokenTrie;
  /** By ending: the ids of tokens that have it, by the number of characters before it. */
  readonly endings: readonly (readonly (readonly number[])[])[];
  /** The most characters that a token of the string begins, and one that ends it. */
  readonly most: number;
  readonly mostEnded: number;
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
    const places = new Map<string, number>();
    const texts: Uint8Array[] = [];
    const endings: number[][][] = [];
    for (const [id, token] of tokens.entries()) {
      if (!token?.length) continue;
      let state = between;
      let count = 0;
      let at = 0;
      for (; at < token.length && state !== DEAD; at++) {
        if (state === between && token[at] === QUOTE) break;
        if (state === between) count++;
        state = automaton.next(state, token[at]!);
      }
      if (state === DEAD) continue;
      if (at === token.length) {
        this.#byCount[count] ??= [];
        this.#byCount[count]!.push(id);
        continue;
      }
      const text = token.subarray(at);
      const key = text.join();
      const place = places.get(key) ?? texts.push(text) - 1;
      places.set(key, place);
      endings[place] ??= [];
      endings[place][count] ??= [];
      endings[place][count]!.push(id);
    }
    this.trie = new TokenTrie(texts);
    this.endings = endings.map((byCount) => Array.from(byCount, (ids) => ids ?? []));
    this.most = Math.max(0, this.#byCount.length - 1);
    this.mostEnded = endings.reduce((most, byCount) => Math.max(most, byCount.length - 1), 0);
  }

  /** Sets the bits of tokens that begin up to so many characters, and end nothing. */
  allow(max: number, mask: Uint32Array): void {
    const most = Math.min(max, this.most);
    for (let count = this.#masks.length; count <= most; count++) {
      const longer = this.#masks[count - 1]?.slice() ?? new Uint32Array(this.#words);
      for (const id of this.#byCount[count] ?? []) longer[id >> 5]! |= 1 << (id & 31);
      this.#masks.push(longer);
    }
    const allowed = this.#masks[most]!;
    for (let i = 0; i < allowed.length; i++) mask[i]! |= allowed[i]!;
  }
}
