import type { ModelInfo } from "./engine/opened.js";
import type { ReadText } from "./engine/read-text.js";
import { thousands } from "./thousands.js";
import { visible } from "./token-line.js";

/** Names of so few are all told. */
const FEW = 6;

/** What of a text is not seen as it stands: left out, not known, replaced; empty where all of it is. */
export function readingNote(
  { ids, most, before, isInstead, unread, changed }: ReadText,
  { tokens, blockSize }: ModelInfo,
): string {
  const name = (id: number) => visible(tokens[id]!);
  const known = tokens.length > FEW ? `${name(0)} to ${name(tokens.length - 1)}` : listed(tokens);
  const sees = `the model sees ${thousands(blockSize)}${most < blockSize ? `, and this view shows at most ${most}` : ""}`;
  const more = most < blockSize && "Sampling shows the model more of them, so that its shares may differ.";
  return [
    unread.length > 0 && `This model knows only ${known}: ${some(unread)} ${are(unread.length)} left out.`,
    changed &&
      `The tokenizer cannot write the text as it stands: from letter ${changed.at + 1} on it reads "${visible(changed.words)}".`,
    isInstead &&
      `${unread.length > 0 ? "Nothing is left of the text" : "The text is empty"}: "${name(ids[0]!)}" is shown in its place.`,
    before > 0 &&
      `The first ${before === 1 ? "token is" : `${thousands(before)} tokens are`} left out: ${sees}. Positions are counted from the first one shown.`,
    before > 0 && more,
  ]
    .filter(Boolean)
    .join(" ");
}

/** A text to which a full pass has put the last token. */
export const fullNote = ({ blockSize }: ModelInfo): string =>
  `The text is whole: the model reads at most ${thousands(blockSize)} tokens, and the last one needs no pass of its own. g goes on without the first one.`;

const are = (count: number) => (count === 1 ? "is" : "are");

/** "a, b and c" */
function listed(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join();
}

/** The first few of many names. */
function some(names: readonly string[]): string {
  const quoted = names.slice(0, FEW).map((name) => `"${visible(name.slice(0, 24))}"`);
  return listed(names.length > FEW ? [...quoted, `${names.length - FEW} more`] : quoted);
}
