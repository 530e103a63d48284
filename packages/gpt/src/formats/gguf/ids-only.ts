import { TOKEN_TYPES } from "./token-types.js";
import type { GGUFTokenizer } from "./tokenizer.js";

/** A vocabulary for a model without a tokenizer, since llama.cpp opens no file without one: token 7 is called [7]. */
export function idsOnly({
  vocabSize,
  endOfText,
}: {
  readonly vocabSize: number;
  readonly endOfText?: number;
}): GGUFTokenizer {
  return {
    model: "gpt2",
    pre: "gpt-2",
    tokens: Array.from({ length: vocabSize }, (_, id) => `[${id}]`),
    types: Array(vocabSize).fill(TOKEN_TYPES.normal),
    merges: [],
    ...(endOfText !== undefined && { bosId: endOfText, eosId: endOfText }),
    addBos: false,
  };
}
