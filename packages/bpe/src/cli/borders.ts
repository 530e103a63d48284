// Text of any length, in parts that encode to the same ids as the whole.
import type { Normalizer } from "../normalizer.js";
import type { Pattern } from "../patterns.js";
import type { Tokenizer } from "../tokenizer.js";

/** A part is cut once there are this many UTF-16 units. */
const PART = 1 << 16;
/** White space that a token with lstrip or rstrip is looked for behind, in UTF-16 units. */
const REACH = 1024;

/** Says whether a text may be cut at a place: whether all of it then still encodes to the same ids. */
export type Cuts = (text: string, at: number) => boolean;

/**
 * Joins and cuts texts so that each part ends where a piece ends whatever follows. Reads no further than it has to.
 *
 * @param cuts undefined: nowhere, all becomes one part.
 */
export async function* safeParts(
  texts: AsyncIterable<string>,
  cuts: Cuts | undefined,
  size = PART,
): AsyncGenerator<string> {
  let pending = "";
  let enough = size;
  for await (const text of texts) {
    pending += text;
    if (!cuts || pending.length < enough) continue;
    const at = lastCut(pending, cuts);
    if (at > 0) yield pending.slice(0, at);
    pending = pending.slice(at);
    // Where there is no border, looking at twice as much next time keeps the work linear.
    enough = Math.max(size, pending.length * 2);
  }
  if (pending !== "") yield pending;
}

/** Where a tokenizer's texts may be cut; undefined: nowhere. */
export function cutsOf(tokenizer: Tokenizer): Cuts | undefined {
  const borders = cutsOfPattern(tokenizer.pattern, tokenizer.normalizer);
  let risky: string[] | undefined;
  return (
    borders &&
    ((text, at) => {
      if (!borders(text, at)) return false;
      risky ??= tokenizer
        .toHF()
        .added_tokens.filter(({ content, lstrip, rstrip }) => lstrip || rstrip || /\s/.test(content))
        .map(({ content }) => content);
      return risky.every((token) => standsClear(token, text, at));
    })
  );
}

/**
 * Behind a word and before a blank; or behind a line's end and before a word, if the line does not end in blanks. There every
 * known pattern ends a piece, whatever comes before and after. Of an expression of the user's nobody knows: undefined.
 */
export function cutsOfPattern(pattern: Pattern, normalizer: Normalizer | null): Cuts | undefined {
  if (pattern instanceof RegExp) return undefined;
  const forms = normalizer === null ? [] : [normalizer].flat();
  // A letter that a normaliser takes apart may end in a mark, which goes with what follows.
  const isWord = (unit: string) =>
    /[\p{L}0-9]/u.test(unit) && forms.every((form) => unit.normalize(form) === unit);
  return (text, at) => {
    if (isWord(text[at - 1]!)) return " \n\t\r".includes(text[at]!);
    return text[at - 1] === "\n" && isWord(text[at]!) && at > 1 && !/[\s\u0085]/.test(text[at - 2]!);
  };
}

/** The last place where the text may be cut, 0 if there is none. */
function lastCut(text: string, cuts: Cuts): number {
  for (let at = text.length - 1; at > 0; at--) if (cuts(text, at)) return at;
  return 0;
}

/** Whether no such token lies across the place or, with the white space it takes along, reaches up to it. */
function standsClear(token: string, text: string, at: number): boolean {
  if (
    text
      .slice(Math.max(0, at - REACH), at)
      .trimEnd()
      .endsWith(token)
  )
    return false;
  // What the text does not show yet may still become the token.
  const after = text.slice(at, at + REACH).trimStart();
  if (token.startsWith(after.slice(0, token.length))) return false;
  for (let start = Math.max(0, at - token.length + 1); start < at; start++) {
    if (token.startsWith(text.slice(start, start + token.length))) return false;
  }
  return true;
}
