import { choiceField, countField, numberField, textField } from "../../fields.js";
import { modelField } from "../../models.js";
import { openedRun } from "../../run/opened-run.js";
import type { StateValues, View } from "../../view.js";

/** The parts of the view, in the order of a model's life. */
export const PARTS = ["surprise", "shots", "models", "group"] as const;

/** Half of it is in the manner of what `base` has read, and none of it is there. */
const TEXT =
  "The tokenizer splits a text into tokens, and the model predicts the next token. Seven purple whales danced. Seven purple whales danced.";

export const fields = {
  part: choiceField("surprise", PARTS),
  /** Whose surprise is shown, at which text. */
  model: modelField,
  text: textField(TEXT),
  /** Who learns from examples. */
  learner: { ...modelField, initial: "copier" } as typeof modelField,
  pairs: countField(8, 2, 16),
  /** Which of the site's models are compared where there is no run: its assistant's stages, or steps of its base model. */
  who: choiceField("assistant", ["assistant", "steps"]),
  /** What all models are asked, and how each is to read it; empty: the usual. */
  prompt: textField(""),
  form: choiceField("own", ["own", "text"]),
  /** Between which of the models changes are shown, by their places. */
  pair: choiceField("any", ["any", "0-1", "1-2", "0-2"]),
  /** Tokens of the last model's answer that stand behind the prompt already. */
  after: countField(0, 0, 256),
  temperature: numberField(1, 0, 2),
  seed: countField(1, 0, 2 ** 31),
  /** A group of answers, and what is right; empty: the sum that is asked for. */
  policy: choiceField("last", [
    ...["last", "own", "own-2", "own-3"],
    ...["assistant-base", "assistant-sft", "assistant-rl"],
  ]),
  expected: textField(""),
  samples: countField(8, 2, 32),
  baseline: choiceField("group", ["group", "leave-one-out", "none"]),
  scale: choiceField("none", ["none", "group", "batch"]),
};

export type BeforeState = StateValues<View<typeof fields>>;

/** What is asked where the reader asks nothing: what the models that are compared have learned to answer. */
export function usualPrompt(who: BeforeState["who"] = "assistant"): string {
  if (openedRun()?.models.length) return "What is 47+38?";
  return who === "assistant" ? "What is 3+5?" : "The model is trained on";
}
