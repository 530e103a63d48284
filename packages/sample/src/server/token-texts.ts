import type { Alternative } from "../alternatives.js";
import type { Tokenizer } from "../types.js";

/** A token with its log-probability, as a list of the most probable ones has it. */
export interface TokenLogprob {
  token: string;
  id: number;
  logprob: number;
  bytes: number[];
}

/** Tokens as text and bytes. Those of a part of a character have U+FFFD as their text. */
export class TokenTexts {
  readonly #tokenizer: Tokenizer;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  text(id: number): string {
    return this.#tokenizer.decode([id]);
  }

  logprob({ id, logprob }: Alternative): TokenLogprob {
    const token = this.text(id);
    const bytes = this.#tokenizer.tokenBytes?.(id) ?? new TextEncoder().encode(token);
    return { token, id, logprob, bytes: [...bytes] };
  }
}
