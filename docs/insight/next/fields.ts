import { countField, numberField } from "../fields.js";
import type { StateValues, View } from "../view.js";

/** How the next token is drawn: as usual as the model has it. */
export const nextFields = {
  temperature: numberField(1, 0, 2),
  /** 0: all. */
  topK: countField(0, 0, 512),
  topP: numberField(1, 0, 1),
  /** The same seed draws the same token after the same text, in Sampling too. */
  seed: countField(1, 0, 2 ** 31),
};

export type NextState = StateValues<View<typeof nextFields>>;
