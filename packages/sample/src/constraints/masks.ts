import type { Automaton } from "./automaton.js";
import { EMPTY, NOTHING, type Term } from "./term.js";
import type { Vocabulary } from "./vocabulary.js";

/** Masks of 50,000 tokens take 6 kB each. */
const MAX_MASKS = 500;

/** The tokens that may come next, by what may follow: each mask is made once. */
export class Masks {
  readonly #automaton: Automaton;
  readonly #vocabulary: Vocabulary;
  readonly #known = new Map<Term, Uint32Array>();
  /** By what follows a string's characters: the endings of tokens that end the string there. */
  readonly #endings = new Map<Term, readonly number[]>();

  constructor(automaton: Automaton, vocabulary: Vocabulary) {
    this.#automaton = automaton;
    this.#vocabulary = vocabulary;
  }

  of(term: Term): Uint32Array {
    const key = this.#shared(term);
    let mask = this.#known.get(key);
    if (!mask) {
      if (this.#known.size >= MAX_MASKS) this.#known.clear();
      mask = new Uint32Array(Math.ceil(this.#vocabulary.tokens.length / 32));
      this.#allow(key, 0, this.#vocabulary.trie.size, mask);
      this.#known.set(key, mask);
    }
    return mask;
  }

  /** A term that allows the same tokens: counts that no token can reach the end of are all alike. */
  #shared(term: Term): Term {
    const { terms } = this.#automaton;
    const [first, rest] = term.kind === "chain" ? [term.first, term.rest] : [term, EMPTY];
    if (first.kind === "counted") {
      const { characters, state, counts } = first;
      const clipped = characters.clipped(counts, this.#vocabulary.trie.depth);
      return terms.chain(terms.counted(characters, state, clipped), rest);
    }
    if (first.kind === "repeat" && first.term === terms.stringCharacter) {
      const { slice } = this.#vocabulary;
      const min = Math.min(first.min, slice.mostEnded + 1);
      const max = first.max >= slice.most ? Number.POSITIVE_INFINITY : first.max;
      return terms.chain(terms.repeat(first.term, min, max), rest);
    }
    return term;
  }

  /** Sets the bits of tokens of the nodes from `start` to `end` that a term lets come next, read from there on. */
  #allow(term: Term, start: number, end: number, mask: Uint32Array): void {
    if (start === end || term === EMPTY || term === NOTHING) return;
    const automaton = this.#automaton;
    const { terms } = automaton;
    const { trie } = this.#vocabulary;
    const [first, rest] = term.kind === "chain" ? [term.first, term.rest] : [term, EMPTY];
    if (first.kind === "either" && first.terms.some(isSpecial)) {
      const others = first.terms.filter((each) => !isSpecial(each));
      this.#allow(terms.chain(terms.either(others), rest), start, end, mask);
      for (const each of first.terms) {
        if (isSpecial(each)) this.#allow(terms.chain(each, rest), start, end, mask);
      }
      return;
    }
    const isWhole = end - start === trie.size;
    if (isWhole && first.kind === "repeat" && first.term === terms.stringCharacter) {
      this.#allowString(first, rest, mask);
    } else if (first.kind === "list") {
      trie.allowList(first, start, end, mask, (after, from, to) => {
        this.#allow(terms.chain(after, rest), from, to, mask);
      });
      return;
    } else if (first.kind === "dfa" || first.kind === "counted") {
      const ends =
        first.kind === "dfa"
          ? trie.allowDfa(first, start, end, mask)
          : trie.allowCounted(first, start, end, mask);
      if (rest === EMPTY) return;
      for (const node of ends) this.#allow(rest, node + 1, trie.ends[node]!, mask);
    } else {
      trie.allow(automaton, automaton.stateOf(term), start, end, mask);
      return;
    }
    if (first.nullable) this.#allow(rest, start, end, mask);
  }

  #allowString({ min, max }: Term & { kind: "repeat" }, rest: Term, mask: Uint32Array): void {
    const { slice } = this.#vocabulary;
    slice.allow(max, mask);
    if (min > slice.mostEnded) return;
    let endings = this.#endings.get(rest);
    if (!endings) {
      if (this.#endings.size >= MAX_MASKS) this.#endings.clear();
      const automaton = this.#automaton;
      const found = new Uint32Array(Math.ceil(slice.endings.length / 32));
      slice.trie.allow(automaton, automaton.stateOf(rest), 0, slice.trie.size, found);
      endings = Array.from(slice.endings.keys()).filter((id) => (found[id >> 5]! >>> (id & 31)) & 1);
      this.#endings.set(rest, endings);
    }
    for (const ending of endings) {
      for (const [count, ids] of slice.endings[ending]!.entries()) {
        if (count < min || count > max || !ids) continue;
        for (const id of ids) mask[id >> 5]! |= 1 << (id & 31);
      }
    }
  }
}

function isSpecial({ kind }: Term): boolean {
  return kind === "list" || kind === "dfa" || kind === "counted";
}
