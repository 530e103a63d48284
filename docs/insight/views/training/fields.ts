import { choiceField, countField, numberField, textField } from "../../fields.js";
import type { StateValues, View } from "../../view.js";

export const fields = {
  /** Empty: the project's own documentation. */
  text: textField(""),
  nLayer: countField(1, 1, 4),
  nEmbd: countField(32, 16, 128),
  lr: numberField(0.01, 0, 1),
  batchSize: countField(8, 1, 64),
  steps: countField(200, 2, 5000),
  seed: countField(1, 0, 2 ** 31),
  prompt: textField("The model"),
  engine: choiceField("auto", ["auto", "wasm", "webgpu"]),
};

export type TrainingState = StateValues<View<typeof fields>>;

/** Another plan is another run; another prompt is not. */
export function isSamePlan(a: TrainingState, b: TrainingState): boolean {
  return Object.keys(fields).every((name) => name === "prompt" || a[name as "seed"] === b[name as "seed"]);
}
