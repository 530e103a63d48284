import type { Drafter } from "./drafter.js";

/** How the end of a text is found again in it. */
export interface Ngrams {
  /** How many tokens are compared at most, */
  longest: number;
  /** and at least. */
  shortest: number;
}

/**
 * Goes on as the text did where its last tokens stood before (prompt lookup, Saxena 2023): after the longest match, and of
 * equal ones the latest.
 */
export class PromptLookup implements Drafter {
  readonly #ids: readonly number[];
  readonly #ngrams: Ngrams;

  /** @param ids prompt and output of the row, which grow */
  constructor(ids: readonly number[], ngrams: Ngrams) {
    this.#ids = ids;
    this.#ngrams = ngrams;
  }

  draft(most: number): number[] {
    const start = this.#afterMatch();
    if (start === undefined) return [];
    // A text that repeats itself up to its end goes on into the draft.
    const text = (at: number) => (at < this.#ids.length ? this.#ids[at]! : draft[at - this.#ids.length]!);
    const draft: number[] = [];
    while (draft.length < most) draft.push(text(start + draft.length));
    return draft;
  }

  dispose(): void {}

  /** Where the text goes on after the match. */
  #afterMatch(): number | undefined {
    const ids = this.#ids;
    const { longest, shortest } = this.#ngrams;
    const last = ids[ids.length - 1];
    let best: number | undefined;
    let most = shortest - 1;
    for (let end = ids.length - 2; end >= most && most < longest; end--) {
      if (ids[end] !== last) continue;
      let same = 1;
      while (same < longest && same <= end && ids[end - same] === ids[ids.length - 1 - same]) same++;
      if (same > most) [best, most] = [end + 1, same];
    }
    return best;
  }
}
