import { Alphabet } from "./alphabet.js";
import { type ByteSet, byteSet, hasByte } from "./byte-set.js";
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
  readonly #trees: { alphabet: Alphabet; tree: SpellingTree }[] = [];

  constructor(terms: Terms, escapes: ReadonlyMap<number, string> = new Map()) {
    this.terms = terms;
    this.escapes = escapes;
    this.character = this.characters(ALL);
    this.anything = terms.repeat(this.character, 0, Number.POSITIVE_INFINITY);
  }

  /** Each character of a set. */
  characters(set: CodePoints): Term {
    const { terms } = this;
    const [[first, last] = [0, 0]] = set;
    const isText = first < 0xd800 || first > 0xdfff;
    if (set.length === 1 && first === last && isText)
      return terms.literal(new TextEncoder().encode(this.escapes.get(first) ?? String.fromCodePoint(first)));
    const alphabet = Alphabet.of([set], terms.work)!;
    const wanted = alphabet.symbolsOf(set);
    const { classes, table } = this.tree(alphabet);
    const known: Term[] = [];
    const termOf = (node: number): Term => {
      const byRest = new Map<Term, ByteSet>();
      for (const [byte, kind] of classes.of.entries()) {
        const place = table[node * classes.examples.length + kind]!;
        let rest = NOTHING;
        if (place < 0 && hasByte(wanted, ~place)) rest = EMPTY;
        else if (place > 0) {
          known[place] ??= termOf(place);
          rest = known[place];
        }
        const bytes = byRest.get(rest) ?? byteSet();
        bytes[byte >> 5]! |= 1 << (byte & 31);
        byRest.set(rest, bytes);
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
