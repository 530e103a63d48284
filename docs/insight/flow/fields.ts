import { choiceField, countField } from "../fields.js";
import type { StateValues, View } from "../view.js";

export const flowFields = {
  /** The operation up to which the text has run through; 0: all are done. */
  flow: countField(0, 0, 10_000),
  /** Operation by operation, or with a step for each layer. */
  play: choiceField("no", ["no", "yes", "layers"]),
};

export type FlowState = StateValues<View<typeof flowFields>>;
