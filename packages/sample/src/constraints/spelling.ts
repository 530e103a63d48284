import { Alphabet } from "./alphabet.js";
import { byteSet, hasByte } from "./byte-set.js";
import { ALL, type CodePoints } from "./code-points.js";
import { SpellingTree } from "./spelling-tree.js";
import { EMPTY, NOTHING, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/** How characters become bytes: as UTF-8 has them, but for some of ASCII that are escaped. */
export class Spelling {
  readonly terms: Terms;
  /** Any character, and any text. */
  readonly character: Term;
  readonly anything: Term;
  /** The text of each character that does not stand for itself. */
  readonly escapes: ReadonlyMap<number, string>;
  readonly #known = new Map<CodePoints, Term>();
  readonly #trees: { alphabet: Alphabet; tree: SpellingTree }[] = [];

  constructor(terms: Terms, escapes: ReadonlyMap<number, string> = new Map()) {
    this.terms = terms;
    this.escapes = escapes;
    this.character = this.characters(ALL);
    this.anything = terms.repeat(this.character, 0, Number.POSITIVE_INFINITY);
  }

  /** Each character of a set. */
  characters(set: CodePoints): Term {
    let term = this.#known.get(set);
    if (!term) {
      const [[first, last] = [0, 0]] = set;
      if (set.every(([, end]) => end < 0x80)) term = this.#ascii(set);
      else if (set.length > 1 || first !== last || (first >= 0xd800 && first < 0xe000))
        term = this.#spelled(set);
      else term = this.terms.literal(new TextEncoder().encode(String.fromCodePoint(first)));
      this.#known.set(set, term);
    }
    return term;
  }

  #ascii(set: CodePoints): Term {
    const { terms } = this;
    const bytes = byteSet(...set);
    const escaped: Term[] = [];
    for (const [point, text] of this.escapes) {
      if (!hasByte(bytes, point)) continue;
      bytes[point >> 5]! &= ~(1 << (point & 31));
      escaped.push(terms.literal(new TextEncoder().encode(text)));
    }
    return terms.either([terms.bytes(bytes), ...escaped]);
  }

  #spelled(set: CodePoints): Term {
    const { terms } = this;
    const alphabet = Alphabet.of([set], terms.work)!;
    const wanted = alphabet.symbolsOf(set);
    const { classes, table } = this.tree(alphabet);
    const width = classes.examples.length;
    const known: Term[] = [];
    const termOf = (node: number): Term => {
      const rests = classes.examples.map((_, kind) => {
        const place = table[node * width + kind]!;
        if (place <= 0) return place < 0 && hasByte(wanted, ~place) ? EMPTY : NOTHING;
        known[place] ??= termOf(place);
        return known[place];
      });
      const byRest = new Map(rests.map((rest) => [rest, byteSet()]));
      byRest.delete(NOTHING);
      const sets = rests.map((rest) => byRest.get(rest)); // by class of byte
      for (const [byte, kind] of classes.of.entries()) {
        const bytes = sets[kind];
        if (bytes) bytes[byte >> 5]! |= 1 << (byte & 31);
      }
      return terms.either(Array.from(byRest, ([rest, bytes]) => terms.chain(terms.bytes(bytes), rest)));
    };
    return termOf(0);
  }

  /** The symbols of an alphabet. */
  tree(alphabet: Alphabet): SpellingTree {
    const known = this.#trees.find((each) => each.alphabet.equals(alphabet));
    if (known) return known.tree;
    const tree = new SpellingTree(alphabet, this.escapes, this.terms.work);
    this.#trees.push({ alphabet, tree });
    return tree;
  }
}
