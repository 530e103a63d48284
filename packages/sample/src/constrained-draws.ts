import type { ConstrainedText, Constraint } from "./constraint.js";
import { InvalidOptionError } from "./errors.js";
import type { SamplingParams } from "./params.js";
import type { Settings } from "./settings.js";
import type { Tokenizer } from "./types.js";

/** Parameters with a mask, which a constraint needs: one of all ids where there is none. */
export function withMask(params: SamplingParams, vocabSize: number): SamplingParams {
  const all = () => new Uint32Array(Math.ceil(vocabSize / 32)).fill(0xffffffff);
  return params.mask ? params : { ...params, mask: all() };
}

/** How a text draws that keeps to a constraint. */
export interface Constrained {
  readonly constraint: Constraint;
  readonly tokenizer: Tokenizer;
  /** They have a mask of the ids that can be drawn in any case. */
  readonly settings: Settings;
  readonly stopIds: Iterable<number>;
}

/** Keeps the draws of one text to a constraint, by a mask that is written anew before each. */
export class ConstrainedDraws {
  /** Those of the text, with this mask. */
  readonly settings: Settings;
  readonly #constrained: Constrained;
  readonly #mask: Uint32Array;
  readonly #own: Uint32Array;
  readonly #stopIds: readonly number[];
  #text: ConstrainedText;

  constructor(constrained: Constrained) {
    const { constraint, tokenizer, settings, stopIds } = constrained;
    this.#constrained = constrained;
    this.#text = constraint.begin(tokenizer);
    this.#own = settings.mask!;
    this.#mask = new Uint32Array(this.#own.length);
    this.#stopIds = [...stopIds];
    this.settings = { ...settings, mask: this.#mask };
  }

  /** Begins the text anew. */
  begin(): void {
    const { constraint, tokenizer } = this.#constrained;
    this.#text = constraint.begin(tokenizer);
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

  /** Takes a token that was put in: whether nothing can follow it. @throws InvalidOptionError where it does not fit */
  put(id: number): boolean {
    const word = this.#text.mask()[id >>> 5] ?? 0;
    if ((word >>> (id & 31)) & 1) return this.take(id);
    throw new InvalidOptionError("forced", `token ${id} is put in where the constraint does not allow it`);
  }
}
