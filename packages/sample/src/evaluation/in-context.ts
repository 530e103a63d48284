import type { Kinds } from "@llm/platform/options";
import { check, checkCount, checkModel, checkTokenizer } from "../check.js";
import { InvalidOptionError } from "../errors.js";
import { loglikelihoods } from "../loglikelihood.js";
import { uniforms } from "../random.js";
import type { LogitsModel, Tokenizer } from "../types.js";
import { checkShot, type FewShotOptions, fewShot, type Shot } from "./few-shot.js";
import { type Estimate, estimate } from "./interval.js";

/** Which answers the examples of a prompt have: their own, those of other examples, or any. */
export type ShotLabels = "right" | "shuffled" | "random";

/** Options of {@link evaluateInContext}. */
export interface InContextOptions extends FewShotOptions {
  /** Where the shots of a prompt are drawn from. */
  examples: readonly Shot[];
  /** What is asked. The model chooses among all outputs that there are. */
  questions: readonly Shot[];
  /** How many shots a prompt has. Default 0, 1, 2, 4, 8 and 16, as far as there are examples. */
  shots?: readonly number[];
  /** Default all three: a model that learns from what the examples say is better with the right ones. */
  labels?: readonly ShotLabels[];
  /** How often shots are drawn anew. Default 5. */
  seeds?: number;
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; of: number }) => void;
}

/** How often the model chose the right answer. */
export interface InContextAccuracy extends Estimate {
  shots: number;
  labels: ShotLabels;
  /** Of each seed. */
  accuracies: number[];
  /** Whether some prompts were longer than the model's block, and lost their beginning. */
  isCut: boolean;
}

const SHOTS = [0, 1, 2, 4, 8, 16];
const LABELS: readonly ShotLabels[] = ["right", "shuffled", "random"];
const IN_CONTEXT: Kinds<InContextOptions> = {
  instruction: "string",
  examples: "array!",
  format: "any",
  questions: "array!",
  shots: "array",
  labels: "array",
  seeds: "count",
  signal: "signal",
  onProgress: "function",
};

/** Measures what a model learns from the examples in its prompt: its accuracy by their number, and by what they say. */
export async function evaluateInContext(
  model: LogitsModel,
  tokenizer: Tokenizer,
  options: InContextOptions,
): Promise<InContextAccuracy[]> {
  check("evaluateInContext", options, IN_CONTEXT);
  checkModel("evaluateInContext", model);
  checkTokenizer("evaluateInContext", tokenizer);
  const { examples, questions, labels = LABELS, seeds = 5, signal } = options;
  const { shots = SHOTS.filter((k) => k <= examples.length) } = options;
  for (const each of [...examples, ...questions]) checkShot("examples and questions", each);
  if (questions.length === 0) throw new InvalidOptionError("questions", "there are no questions");
  for (const k of shots) {
    checkCount("shots", k, 0);
    if (k <= examples.length) continue;
    throw new InvalidOptionError(
      "shots",
      `${k} shots are asked for, and there are ${examples.length} examples`,
    );
  }
  for (const each of labels) {
    if (LABELS.includes(each)) continue;
    throw new InvalidOptionError("labels", `labels "${each}" is none of ${LABELS.join(", ")}`);
  }
  const choices = [...new Set([...examples, ...questions].map(({ output }) => output))];
  const encode = (text: string) => tokenizer.encodeOrdinary?.(text) ?? tokenizer.encode(text);

  const plans = shots.flatMap((k) => labels.map((each) => ({ shots: k, labels: each })));
  let done = 0;
  const results: InContextAccuracy[] = [];
  for (const plan of plans) {
    const accuracies: number[] = [];
    let isCut = false;
    // Without shots there is nothing to draw.
    const same = plan.shots === 0 ? results.find((each) => each.shots === 0) : undefined;
    for (let seed = 0; seed < seeds && !same; seed++) {
      const drawn = relabelled(shuffled(examples, seed, 0).slice(0, plan.shots), plan.labels, choices, seed);
      const { prompt, answer } = fewShot({ ...promptOf(options), examples: drawn });
      let right = 0;
      for (const { input, output } of questions) {
        const context = prompt(input);
        let [best, chosen] = [Number.NEGATIVE_INFINITY, ""];
        const endings = choices.map(answer);
        const scored = await loglikelihoods(model, tokenizer, context, endings, {
          ...(signal && { signal }),
        });
        for (const [i, { logprob, ids }] of scored.entries()) {
          if (logprob > best) [best, chosen] = [logprob, choices[i]!];
          isCut ||= encode(context).length + ids.length - 1 > model.blockSize;
        }
        if (chosen === output) right++;
      }
      accuracies.push(right / questions.length);
      options.onProgress?.({ done: ++done, of: plans.length * seeds });
    }
    results.push(same ? { ...same, ...plan } : { ...plan, ...estimate(accuracies), accuracies, isCut });
    if (same) done += seeds;
  }
  return results;
}

function promptOf({ instruction, format }: InContextOptions): Omit<FewShotOptions, "examples"> {
  return { ...(instruction !== undefined && { instruction }), ...(format && { format }) };
}

function relabelled(
  shots: readonly Shot[],
  labels: ShotLabels,
  choices: readonly string[],
  seed: number,
): readonly Shot[] {
  if (labels === "right") return shots;
  const outputs =
    labels === "shuffled"
      ? shuffled(
          shots.map(({ output }) => output),
          seed,
          1,
        )
      : shots.map((_, i) => choices[Math.floor(uniforms(seed, 2, i)[0] * choices.length)]!);
  return shots.map(({ input }, i) => ({ input, output: outputs[i]! }));
}

/** A copy in an order that belongs to the seed (Fisher and Yates). */
function shuffled<T>(items: readonly T[], seed: number, stream: number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(uniforms(seed, stream, i)[0] * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
