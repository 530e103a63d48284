import type { ConstrainedText, Constraint } from "./constraint.js";
import type { Settings } from "./settings.js";
import type { Tokenizer } from "./types.js";

/** Keeps the draws of one text to a constraint, by a mask that is written anew before each. */
export class ConstrainedDraws {
  /** Those of the text, with this mask. */
  readonly settings: Settings;
  readonly #text: ConstrainedText;
  readonly #mask: Uint32Array;
  readonly #own: Uint32Array;
  readonly #stopIds: readonly number[];

  /** @param settings of the text, which have a mask of the ids that can be drawn in any case */
  constructor(constraint: Constraint, tokenizer: Tokenizer, settings: Settings, stopIds: Iterable<number>) {
    this.#text = constraint.begin(tokenizer);
    this.#own = settings.mask!;
    this.#mask = new Uint32Array(this.#own.length);
    this.#stopIds = [...stopIds];
    this.settings = { ...settings, mask: this.#mask };
  }

  /** Writes the mask of the next draw. */
  prepare(): void {
    const allowed = this.#text.mask();
    const mask = this.#mask;
    for (let i = 0; i < mask.length; i++) mask[i] = allowed[i] ?? 0;
    for (const id of this.#stopIds) {
      if (id >= mask.length * 32) continue;
      if (this.#text.mayEnd) mask[id >> 5]! |= 1 << (id & 31);
      else mask[id >> 5]! &= ~(1 << (id & 31));
    }
    for (let i = 0; i < mask.length; i++) mask[i]! &= this.#own[i]!;
  }

  /** Takes the token that was drawn: whether nothing can follow it. */
  take(id: number): boolean {
    this.#text.take(id);
    return this.#text.isWhole;
  }
}
