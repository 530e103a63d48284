// Loaded with the first text or shape, beside the picture.
import { textsOf } from "../../cells/words.js";
import type { Highlights } from "./highlights.js";
import type { TokensAt } from "./labels.js";
import type { Pointed } from "./pointed.js";
import type { Network } from "./shown.js";
import { smallWords } from "./token-labels.js";

/** Tokens have words where they are counted, and heads their numbers; where networks are compared, nothing has. */
export function smallNames(
  { compared, pass }: Network,
  highlights: Highlights,
  pointed: Pointed,
): TokensAt | undefined {
  if (compared) return undefined;
  const text = pass && { ...pass.overview, texts: textsOf(pass.overview, pass.info) };
  const made = new Set(highlights.made().map(({ box }) => box.name));
  return smallWords(highlights.read(), highlights.panels, text, () => pointed.cell, made);
}
