import type { Tokenizer } from "./types.js";

/** What a text must be. `@llm/sample/constraints` makes them of choices, regular expressions and JSON Schemas. */
export interface Constraint {
  /** Begins a text of this tokenizer's tokens. */
  begin(tokenizer: Tokenizer): ConstrainedText;
}

/** A text in progress that keeps to a constraint. */
export interface ConstrainedText {
  /** The ids that may come next, a bit each: bit `id % 32` of word `id / 32`. Not to be written to. */
  mask(): Uint32Array;
  /** Whether the text may end here. */
  readonly mayEnd: boolean;
  /** Whether nothing can follow. */
  readonly isWhole: boolean;
  /** Takes the token that comes next. */
  take(id: number): void;
}
