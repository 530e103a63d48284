import type { Tokenizer } from "@llm/sample";
import type { OpenedModel } from "../opened.js";

/** What a model reads text with; of one without a tokenizer each word is a token as it is shown. */
export function textTokenizer(opened: OpenedModel): Tokenizer {
  const { tokenizer, tokens } = opened;
  if (tokenizer) return tokenizer;
  const decode = (ids: ArrayLike<number>) => Array.from(ids, (id) => tokens[id]).join(" ");
  return {
    vocabSize: tokens.length,
    encode: (text) => Uint32Array.from(opened.encode(text)),
    decode,
    decoder: () => ({ write: (id) => ` ${tokens[id]}`, end: () => "" }),
  };
}
