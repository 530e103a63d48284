import type { Alphabet } from "./alphabet.js";
import { ALL, type CodePoints, complement, intersection, union, utf8 } from "./code-points.js";
import { SpellingTree } from "./spelling-tree.js";
import { EMPTY, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/** How characters become bytes: as UTF-8 has them, but for some of ASCII that are escaped. */
export class Spelling {
  readonly terms: Terms;
  /** Any character, and any text. */
  readonly character: Term;
  readonly anything: Term;
  /** The text of each character that does not stand for itself. */
  readonly escapes: ReadonlyMap<number, string>;
  readonly #escaped: CodePoints;
  readonly #trees = new Map<string, SpellingTree>();

  constructor(terms: Terms, escapes: ReadonlyMap<number, string> = new Map()) {
    this.terms = terms;
    this.escapes = escapes;
    this.#escaped = union(Array.from(escapes.keys(), (point) => [point, point] as const));
    this.character = this.characters(ALL);
    this.anything = terms.repeat(this.character, 0, Number.POSITIVE_INFINITY);
  }

  /** Each character of a set. */
  characters(set: CodePoints): Term {
    const { terms } = this;
    const plain = utf8(terms, intersection(set, complement(this.#escaped)));
    const escaped = intersection(set, this.#escaped).flatMap(([first, last]) =>
      Array.from({ length: last + 1 - first }, (_, i) => first + i),
    );
    const texts = escaped.map((point) => [new TextEncoder().encode(this.escapes.get(point)), EMPTY] as const);
    return terms.either([plain, terms.trie(texts)]);
  }

  /** The symbols of an alphabet. */
  tree(alphabet: Alphabet): SpellingTree {
    const key = `${alphabet.starts.join()};${alphabet.parts.join()}`;
    let tree = this.#trees.get(key);
    if (!tree) {
      tree = new SpellingTree(alphabet, this.escapes, this.terms.work);
      this.#trees.set(key, tree);
    }
    return tree;
  }
}
