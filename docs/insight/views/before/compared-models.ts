import type { ComparedSource } from "../../engine/before/compared.js";
import { CHECKPOINTS, sourceOf } from "../../models.js";
import { openedRun } from "../../run/opened-run.js";
import type { BeforeState } from "./fields.js";

/** A model with its name in words. */
export interface NamedModel extends ComparedSource {
  /** Its name in a state. */
  readonly id: string;
  readonly name: string;
}

/** What the site's assistant can, and what it cannot. */
export const ASSISTANT =
  "These are the site's own small models. The base has read sums of two digits and lists of questions, as a text. SFT has seen 30 dialogues with right answers, each about another sum. RL has tried all 100 sums, and was rewarded for right answers in that form. They know nothing but such sums: whatever they are asked, they write something like a sum.";

/** How to come by a run, in a sentence. */
export const HOW_TO_RUN =
  "A run of your own has a base model, an SFT model and an RL model: npm run demo makes one (with --quick in about a minute), and npm run demo -- view opens it here.";

const named = (id: string, name: string, form: NamedModel["form"]): NamedModel => {
  const source = sourceOf(id);
  if ("run" in source) throw new Error("The run in the page has only one model: choose another one.");
  return { id, name, form, source };
};

/** The models of the reader's run, the first stage first; none where there is no run. */
export function runModels(): NamedModel[] {
  return (openedRun()?.models ?? []).map(({ folder }, i) => {
    const id = i === 0 ? "own" : `own-${i + 1}`;
    if (/(^|\/)rl\//.test(`${folder}/`)) return named(id, "RL", "chat");
    if (/(^|\/)sft\//.test(`${folder}/`)) return named(id, "SFT", "chat");
    return named(id, i === 0 ? "base" : folder, "text");
  });
}

/** Models that answer: those of the run, or else the stages of the site's assistant. */
export function answeringModels(): NamedModel[] {
  const own = runModels();
  if (own.length > 0) return own;
  return [
    named("assistant-base", "base", "text"),
    named("assistant-sft", "SFT", "chat"),
    named("assistant-rl", "RL", "chat"),
  ];
}

/** Those that answer, or, without a run, the site's base model at three of its steps. */
export function comparedModels(who: BeforeState["who"]): NamedModel[] {
  if (who === "assistant" || runModels().length > 0) return answeringModels();
  const shown = CHECKPOINTS.filter(({ step }) => step === 25 || step === 625 || step === 3125);
  return shown.map(({ step, name }) => named(name, `after ${step} steps`, "text"));
}
