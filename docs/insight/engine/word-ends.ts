import { mostProbable } from "./most-probable.js";
import type { OpenedModel } from "./opened.js";

/** Tokens that may begin a word behind a text. */
export interface WordStarts {
  readonly ids: readonly number[];
  readonly starts: readonly number[];
}

/** A word of more tokens is cut. */
const MOST = 6;
const LETTERS = /^[\p{L}\p{M}]+/u;
/** A part of a character is written with a backslash. */
const OPEN = /^[^\\]*[\p{L}\p{M}]$/u;

/**
 * The letters that end each word, where the most probable token follows each time; none of a token that is no letter at its end,
 * or that the word ends with. All are gone on with at once, a token each time.
 */
export async function wordEnds(
  opened: OpenedModel,
  { ids, starts }: WordStarts,
  signal: AbortSignal,
): Promise<string[]> {
  const { model, tokens } = opened;
  const ends = starts.map(() => "");
  const begun = [...starts.entries()].filter(([, id]) => OPEN.test(tokens[id]!));
  const room = Math.min(MOST, model.blockSize - ids.length);
  if (begun.length === 0 || room <= 0) return ends;
  await opened.fork(ids, begun.length, signal, async (session, rows) => {
    let open = begun.map(([at, next], i) => ({ at, next, row: rows[i]! }));
    for (let step = 0; step < room && open.length > 0; step++) {
      const entries = open.map(({ row, next }) => ({ row, ids: [next] }));
      const logits = await session.step(entries, { signal });
      open = open.flatMap((each, i) => {
        const next = mostProbable(logits[i]!, 1)[0]!.id;
        const [letters = ""] = LETTERS.exec(tokens[next]!) ?? [];
        ends[each.at] += letters;
        return letters === tokens[next] ? [{ ...each, next }] : [];
      });
    }
    for (const { at } of open) ends[at] += "…";
  });
  return ends;
}
