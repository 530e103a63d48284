import { type Shown, StopMatcher } from "./stop.js";
import type { TokenDecoder, Tokenizer } from "./types.js";

/** Turns the tokens of one row into the text that can be shown: whole characters, up to a stop string. */
export class TextWriter {
  readonly #decoder: TokenDecoder;
  readonly #matcher: StopMatcher;

  constructor(tokenizer: Tokenizer, stops: readonly string[]) {
    this.#decoder = tokenizer.decoder();
    this.#matcher = new StopMatcher(stops);
  }

  /** Lets the decoder see the end of the prompt: it may stop inside a character, and only texts lose their first blank. */
  readPrompt(ids: readonly number[]): void {
    for (const id of ids.slice(-4)) this.#decoder.write(id);
  }

  write(id: number): Shown {
    return this.#matcher.write(this.#decoder.write(id));
  }

  /** The rest, now that no more tokens come. */
  end(): Shown {
    const rest = this.#matcher.write(this.#decoder.end());
    return rest.stop === undefined ? { text: rest.text + this.#matcher.end() } : rest;
  }
}
