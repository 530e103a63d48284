// Where a tokenizer's texts may be cut: special tokens have their say too.
import { type Cuts, cutsOf } from "../borders.js";
import type { Tokenizer } from "../tokenizer.js";

/** White space that a token with lstrip or rstrip is looked for behind, in UTF-16 units. */
const REACH = 1024;

/** Where all of a text still encodes to the same ids if it is cut; undefined: nowhere. */
export function cutsOfTokenizer(tokenizer: Tokenizer): Cuts | undefined {
  const cuts = cutsOf(tokenizer.pattern, tokenizer.normalizer);
  // Cuts are beside white space, so that other tokens never lie across them.
  let risky: string[] | undefined;
  return (
    cuts &&
    ((text, at) => {
      if (!cuts(text, at)) return false;
      risky ??= tokenizer
        .toHF()
        .added_tokens.filter(({ content, lstrip, rstrip }) => lstrip || rstrip || /\s/.test(content))
        .map(({ content }) => content);
      return risky.every((token) => standsClear(token, text, at));
    })
  );
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
