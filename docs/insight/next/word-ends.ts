import type { WordStarts } from "../engine/word-ends.js";

/** What the pale letters are, in a note. */
export const ENDS_NOTE = "Pale, behind a piece of a word: how the model would most probably end it.";

/** Milliseconds without anything newer, after which words are asked for. */
const REST = 200;

/** How the words go on that candidates begin: asked for when what they stand in is shown, and left out where anything newer comes. */
export function wordEnds(
  ask: (question: WordStarts) => Promise<readonly string[]>,
  came: () => void,
): {
  /** "" where there is no more of it, or not yet. */
  of(id: number): string;
  /** Asks for those of candidates behind these tokens that are not known; `of` is the model, or a pass of it. */
  follow(of: object, ids: readonly number[], candidates: readonly number[]): void;
} {
  const known = new Map<number, string>();
  let isFirst = true;
  let text = "";
  let whose: object | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  async function find(of: object, at: string, question: WordStarts): Promise<void> {
    const ends = await ask(question);
    if (of !== whose || at !== text) return;
    for (const [i, id] of question.starts.entries()) known.set(id, ends[i]!);
    came();
  }

  return {
    of: (id) => known.get(id) ?? "",
    follow(of, ids, candidates) {
      clearTimeout(waiting);
      const now = ids.join();
      if (of !== whose || now !== text) known.clear();
      [whose, text] = [of, now];
      const starts = candidates.filter((id) => !known.has(id));
      if (starts.length === 0) return;
      // What ends it is newer, and asks again.
      const begin = () => find(of, now, { ids, starts }).catch(() => {});
      // The first has nothing newer behind it, and loads what all need: later there may be no connection.
      if (isFirst) begin();
      else waiting = setTimeout(begin, REST);
      isFirst = false;
    },
  };
}
