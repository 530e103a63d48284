import { Dfa } from "./dfa.js";
import type { SpellingTree } from "./spelling-tree.js";
import type { Work } from "./work.js";

/**
 * An automaton over symbols, spelled in bytes. The states between characters are those of the symbols, with their numbers, and
 * have rows in the table. Those within a character are pairs of such a state and a node of the tree, told by their number alone:
 * there can be a great many, and most are never come to.
 */
export class SpelledDfa extends Dfa {
  readonly #symbolic: Dfa;
  readonly #tree: SpellingTree;

  constructor(work: Work, symbolic: Dfa, tree: SpellingTree) {
    const { start, dead, ends } = symbolic;
    const { classes } = tree;
    const width = classes.examples.length;
    work.spend(ends.length * (width >> 3));
    super({ start, dead, classes, table: new Int32Array(ends.length * width).fill(dead), ends });
    this.#symbolic = symbolic;
    this.#tree = tree;
    for (let state = 0; state < this.size; state++) {
      if (state === dead) continue;
      for (let kind = 0; kind < width; kind++) this.table[state * width + kind] = this.#after(state, 0, kind);
    }
  }

  override follow(state: number, kind: number): number {
    if (state < this.size) return super.follow(state, kind);
    return this.#after(this.#fromOf(state), this.#nodeOf(state), kind);
  }

  override isLast(state: number): boolean {
    return state < this.size && this.#symbolic.isLast(state);
  }

  /** The states between characters that the end of this character, or one character, leads to. */
  exits(state: number): readonly number[] {
    const isBetween = state < this.size;
    const from = isBetween ? state : this.#fromOf(state);
    if (from === this.dead) return [];
    const found = new Set<number>();
    for (const symbol of this.#tree.symbols[isBetween ? 0 : this.#nodeOf(state)]!)
      found.add(this.#symbolic.next(from, symbol));
    found.delete(this.dead);
    return [...found];
  }

  /** What a byte leads to from a node of the tree, for a character that begins in a state. */
  #after(from: number, node: number, kind: number): number {
    const tree = this.#tree;
    const place = tree.table[node * this.width + kind]!;
    if (place < 0) return this.#symbolic.next(from, ~place);
    if (place === 0) return this.dead;
    for (const symbol of tree.symbols[place]!) {
      if (this.#symbolic.next(from, symbol) !== this.dead)
        return this.size + from * tree.symbols.length + place;
    }
    return this.dead;
  }

  #fromOf(state: number): number {
    return Math.floor((state - this.size) / this.#tree.symbols.length);
  }

  #nodeOf(state: number): number {
    return (state - this.size) % this.#tree.symbols.length;
  }
}
