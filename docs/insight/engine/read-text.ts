import type { OpenedModel } from "./opened.js";

/** A text as a model reads it. */
export interface ReadText {
  /** The tokens that are seen: the last ones. */
  readonly ids: readonly number[];
  /** As many as there can be. */
  readonly most: number;
  /** Tokens before them that are left out. */
  readonly before: number;
  /** No token came of the text: one that it begins with stands there. */
  readonly isInstead: boolean;
  /** Pieces of the text that the model has no token for, each once. */
  readonly unread: readonly string[];
  /** The place from which on the tokenizer reads the text otherwise, and a few letters that it reads there. */
  readonly changed?: { readonly at: number; readonly words: string };
}

/** Letters that are told of what a tokenizer changed. */
const TOLD = 24;

/** The last tokens of a text and of `path` behind it, as many as `most`. */
export function readText(
  opened: OpenedModel,
  text: string,
  most: number,
  path: readonly number[] = [],
): ReadText {
  const own = opened.encode(text);
  const all = [...own, ...path];
  const ids = all.slice(-most);
  const before = all.length - ids.length;
  const isInstead = ids.length === 0;
  // A text of no token begins where every text begins.
  if (isInstead) ids.push(opened.model.config.endOfText ?? 0);
  const changed = changeOf(text, opened.tokenizer?.decode(own));
  return { ids, most, before, isInstead, unread: opened.unread(text), ...(changed && { changed }) };
}

function changeOf(text: string, read = text): ReadText["changed"] {
  if (read === text) return undefined;
  let at = 0;
  while (text[at] === read[at]) at++;
  return { at, words: read.slice(at, at + TOLD) };
}
