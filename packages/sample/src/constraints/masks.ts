import { type Automaton, DEAD } from "./automaton.js";
import type { CharacterDfa } from "./character-dfa.js";
import { type Counts, includes } from "./counts.js";
import { EMPTY, NOTHING, type Term } from "./term.js";
import type { Reach } from "./token-trie.js";
import type { Vocabulary } from "./vocabulary.js";

/** Masks of 50,000 tokens take 6 kB each. */
const MAX_MASKS = 500;

/** 1 for the bytes that a text begins with, and all of them as a key. */
interface Beginnings {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** Tokens on the ways that are kept. */
const MAX_REACHED = 500_000;

/** The tokens that may come next, by what may follow: each mask is made once. */
export class Masks {
  readonly #automaton: Automaton;
  readonly #vocabulary: Vocabulary;
  readonly #known = new Map<Term, Uint32Array>();
  /** By what follows a string's characters: the endings of tokens that end the string there. */
  readonly #endings = new Map<Term, readonly number[]>();

  readonly #reached = new Map<CharacterDfa, Map<string, Reach>>();
  readonly #begun = new Map<Term, Beginnings>();
  #reachedSize = 0;

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
    } else if (first.kind === "dfa" || (first.kind === "counted" && isFree(first.counts))) {
      const dfa = first.kind === "dfa" ? first.dfa : first.characters.dfa;
      for (const node of trie.allowDfa(dfa, first.state, this.#beginnings(rest).bytes, start, end, mask)) {
        this.#allow(rest, node, trie.ends[node]!, mask);
      }
      return;
    } else if (first.kind === "counted") {
      this.#allowCounted(first, rest, start, end, mask);
      return;
    } else {
      trie.allow(automaton, automaton.stateOf(term), start, end, mask);
      return;
    }
    if (first.nullable) this.#allow(rest, start, end, mask);
  }

  #allowCounted(
    { characters, state, counts }: Term & { kind: "counted" },
    rest: Term,
    start: number,
    end: number,
    mask: Uint32Array,
  ): void {
    const { trie } = this.#vocabulary;
    const isWhole = end - start === trie.size;
    const beginnings = this.#beginnings(rest);
    const { groups, exits } = isWhole
      ? this.#reach(characters, state, beginnings)
      : trie.reach(characters, state, beginnings.bytes, start, end);
    for (const group of groups) {
      if (!characters.canEnd(group.state, counts, group.count)) continue;
      for (const id of group.ids) mask[id >> 5]! |= 1 << (id & 31);
    }
    for (let i = 0; i < exits.length; i += 2) {
      const node = exits[i]!;
      if (includes(counts, exits[i + 1]!)) this.#allow(rest, node, trie.ends[node]!, mask);
    }
  }

  /** The ways of all tokens from a state on: found once for all counts. */
  #reach(characters: CharacterDfa, state: number, { key, bytes }: Beginnings): Reach {
    let known = this.#reached.get(characters);
    if (!known) {
      known = new Map();
      this.#reached.set(characters, known);
    }
    const name = `${state},${key}`;
    let reach = known.get(name);
    if (!reach) {
      const { trie } = this.#vocabulary;
      reach = trie.reach(characters, state, bytes, 0, trie.size);
      this.#reachedSize += reach.size;
      if (this.#reachedSize > MAX_REACHED) {
        this.#reached.clear();
        this.#reachedSize = 0;
      } else known.set(name, reach);
    }
    return reach;
  }

  #beginnings(term: Term): Beginnings {
    let found = this.#begun.get(term);
    if (!found) {
      if (this.#begun.size >= MAX_MASKS) this.#begun.clear();
      const automaton = this.#automaton;
      const state = automaton.stateOf(term);
      const { of } = automaton.classes;
      const bytes = Uint8Array.from(of, (kind) => Number(automaton.follow(state, kind) !== DEAD));
      found = { key: bytes.join(""), bytes };
      this.#begun.set(term, found);
    }
    return found;
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

function isFree([min, max]: Counts): boolean {
  return min === 0 && max === Number.POSITIVE_INFINITY;
}

function isSpecial({ kind }: Term): boolean {
  return kind === "list" || kind === "dfa" || kind === "counted";
}
