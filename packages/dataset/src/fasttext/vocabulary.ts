import { Dictionary, END_OF_LINE, LABEL_PREFIX, type NgramArguments } from "./dictionary.js";

const SEPARATORS = /[\t-\r \0]+/;
const encoder = new TextEncoder();

/** Counts the words of labelled texts, and gives the dictionary to train with. */
export class Vocabulary {
  readonly #words = new Map<string, number>();
  readonly #labels = new Map<string, number>();
  #tokens = 0;

  /** Counts a text and returns how many words it has; its end is one. */
  add(text: string, label: string): number {
    let count = 1;
    for (const word of text.split(SEPARATORS)) {
      if (word === "" || word === END_OF_LINE || word.startsWith(LABEL_PREFIX)) continue;
      increment(this.#words, word);
      count++;
    }
    increment(this.#words, END_OF_LINE);
    increment(this.#labels, label);
    this.#tokens += count + 1;
    return count;
  }

  /** All labels, and the words that occur at least `minCount` times, the most frequent first. */
  dictionary(minCount: number, args: NgramArguments): Dictionary {
    const words = sorted(this.#words).filter(([, count]) => count >= minCount);
    const labels = sorted(this.#labels).map(([label, count]) => [LABEL_PREFIX + label, count] as const);
    const entries = [...words, ...labels];
    return new Dictionary(
      {
        words: entries.map(([word]) => encoder.encode(word)),
        counts: entries.map(([, count]) => count),
        labelCount: labels.length,
        tokenCount: this.#tokens,
      },
      args,
    );
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Ties are broken by the words themselves, so that the rows do not depend on the order of the texts. */
function sorted(counts: ReadonlyMap<string, number>): [word: string, count: number][] {
  return [...counts].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
}
