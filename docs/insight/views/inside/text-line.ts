import { tokenLine, visible } from "../../token-line.js";

/** The text as its tokens, with their ids. */
export function textLine(ids: readonly number[], tokens: readonly string[]): HTMLElement {
  return tokenLine(
    ids.map((id) => ({ id, text: tokens[id]! })),
    {
      label: "The text as tokens",
      ids: true,
      space: true,
      words: (place) => `position ${place}: token ${ids[place]}, "${visible(tokens[ids[place]!]!)}"`,
    },
  );
}
