import { evaluateInContext, type InContextAccuracy, repeatedTokens } from "@llm/sample/evaluation";
import type { OpenedModel } from "../opened.js";
import { letterPairs } from "./letter-pairs.js";
import { textTokenizer } from "./text-tokenizer.js";

/** How many letters have a digit, and what is asked of the model: so many examples, with these labels. */
export interface ShotsQuestion {
  readonly pairs: number;
  readonly shots: number;
  readonly labels: InContextAccuracy["labels"];
}

/** What a model expects of random tokens that come twice. */
export interface Repeated {
  /** The loss at each place, in nats, from the second token on. */
  readonly losses: readonly number[];
  /** Tokens before they come again. */
  readonly length: number;
  /** Every token alike. */
  readonly uniform: number;
}

/** How each example is written: `a 3 b 0 c 7`. */
const FORMAT = { input: "", output: " ", between: " " };

/** How often examples are drawn anew. */
const SEEDS = 3;

/** How often the open model answers rightly after so many examples. */
export async function shots(
  opened: OpenedModel,
  { pairs, shots, labels }: ShotsQuestion,
  signal?: AbortSignal,
): Promise<InContextAccuracy> {
  const examples = letterPairs(pairs);
  if (examples.some(({ input, output }) => opened.encode(`${input} ${output}`).length < 2)) {
    throw new Error("The model has no tokens for letters with digits, such as “a 3”: choose another model.");
  }
  const [accuracy] = await evaluateInContext(opened.model, textTokenizer(opened), {
    ...{ examples, questions: examples, format: FORMAT, shots: [shots], labels: [labels] },
    // Without examples there is nothing to draw.
    seeds: shots === 0 ? 1 : SEEDS,
    ...(signal && { signal }),
  });
  return accuracy!;
}

/** The loss of the open model at each place of random tokens that come twice. */
export async function repeated({ model }: OpenedModel, signal?: AbortSignal): Promise<Repeated> {
  const length = Math.min(24, Math.floor(model.blockSize / 2));
  const { losses } = await repeatedTokens(model, { length, seed: 1, ...(signal && { signal }) });
  return { losses: [...losses], length, uniform: Math.log(model.vocabSize) };
}
