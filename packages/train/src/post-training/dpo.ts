// Direct preference optimisation: of two answers the better one becomes more likely, and the other less, both measured against a
// reference, which is the model as it was (Rafailov et al., 2023; IPO: Azar et al., 2023).
import { checkMethods, type Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import { add, matmul, mul, parameter, reshape, scale, sum, type Tensor, tensor, write } from "@llm/tensor";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import { ABOVE_ZERO, checkRange } from "../optimizer/changing.js";
import {
  comparePairs,
  describePairs,
  type Pair,
  type PairStep,
  pairGradient,
  pairwiseLoss,
  readPairs,
  textsOfStep,
} from "./pairs.js";
import { logprobsOf, type Pass, type Policy, passesOf } from "./passes.js";
import { scoreTexts } from "./policy-gradient.js";
import { POST_TRAINING, type PostTrainingOptions, runSteps } from "./run.js";

/** Options of {@link dpo}. */
export interface DpoOptions extends PostTrainingOptions {
  /** Pairs of each step. Default 16. */
  batchSize?: number;
  /** How much leaving the reference costs: the smaller, the further the model may go. Default 0.1. */
  beta?: number;
  /**
   * "sigmoid": -log sigmoid(beta h), where h is how much more the chosen answer has gained on the reference than the other, in nats.
   * "ipo": (h - 1 / (2 beta))^2, which has a place to stop. Default "sigmoid".
   */
  loss?: DpoLoss;
  /** Default: the model as it is before the first step. */
  reference?: Policy;
}

/** A loss of {@link dpo}. */
export type DpoLoss = "sigmoid" | "ipo";

const DPO: Kinds<DpoOptions> = {
  ...POST_TRAINING,
  batchSize: "count",
  beta: "number",
  loss: ["sigmoid", "ipo"],
  reference: "object",
};

/**
 * What one step of {@link dpo} did. Its loss begins at ln 2 (sigmoid) or 1 / (4 beta^2) (ipo). The score of an answer is how much its
 * log-probability has gained on the reference, in nats. That both fall is normal.
 */
export interface DpoStep extends PairStep {
  /** Mean of beta h, see `loss` of {@link DpoOptions}: what has to grow. */
  readonly margin: number;
}

/**
 * Trains `model` in place on pairs of answers, and yields every step. The log-probability of an answer is the sum over its tokens,
 * the end token included. The reference's are computed once, before the first step, and stand in the checkpoints. It ends as
 * `train` does, and resumes to the same bits. Dropout is off.
 *
 * @throws {ConversationError} for a pair that cannot be trained on: its `index` says which
 * @throws {OptionsError} for options that cannot be carried out
 * @throws {DivergedError} when loss or gradient is not finite; the update is not made
 * @throws {CheckpointError} when the checkpoint found is another model's, or of a run with other settings
 */
export async function* dpo(
  model: Policy,
  pairs: readonly Pair[],
  options: DpoOptions,
): AsyncGenerator<DpoStep, void, undefined> {
  check("dpo", options, DPO);
  const fail = (message: string) => new OptionsError(message);
  checkMethods(
    "model of dpo",
    model,
    ["parameters", "forward"],
    "pass a model such as Gpt of @llm/gpt",
    fail,
  );
  const { batchSize = 16, loss: kind = "sigmoid", reference = model } = options;
  const { passTokens = 4096, recompute = false, seed = 0, signal } = options;
  const beta = checkRange("beta of dpo", options.beta ?? 0.1, ABOVE_ZERO);
  const texts = readPairs(pairs, model.config);
  const parameters = model.parameters();
  const rests = new Rests();
  const references = parameter("reference", new Float32Array(texts.length), [pairs.length, 2]);

  try {
    yield* runSteps<DpoStep>(
      {
        ...{ of: "dpo", model, parameters, data: describePairs(texts) },
        settings: { batchSize, beta, loss: kind, passTokens },
        beside: new Map([["reference", references]]),
        async begin() {
          const passes = passesOf(texts, passTokens, 2);
          const logprobs = await scoreTexts(reference, texts, passes, {}, { rests, signal });
          write(references, Float64Array.from(logprobs, total));
        },
        async step({ step, lr, tokens: before, update }) {
          const started = performance.now();
          const chosen = textsOfStep(step, batchSize, pairs.length, seed);
          const some = chosen.map((i) => texts[i]!);
          const all = await references.data();
          const base = chosen.map((i) => all[i]!);
          const passes = passesOf(some, passTokens, 2);
          const { sums, scores } = await pairGradient(
            parameters,
            passes,
            (pass) => {
              const scores = sum(logprobsOf(model, pass, { recompute }), 1);
              const loss = pairLoss(scores, pass, base, kind, beta);
              return { scores, loss: scale(loss, 1 / batchSize) };
            },
            { count: some.length, rests, signal },
          );
          const { loss, gradNorm } = await update(sums);
          const gains = comparePairs(scores.map((score, i) => score - base[i]!));
          const tokens = before + total(some.map(({ ids }) => ids.length));
          const event = {
            ...{ step, loss, gradNorm, lr, margin: beta * (gains.chosen - gains.rejected), ...gains },
            ...{ tokens, seconds: (performance.now() - started) / 1000 },
          };
          return { tokens, events: [event] };
        },
      },
      options,
    );
  } finally {
    references.dispose();
  }
}

/** The sum of the losses of pairs, for the log-probabilities (2n) of their texts and those of the reference. */
function pairLoss(
  scores: Tensor,
  { texts }: Pick<Pass, "texts">,
  reference: readonly number[],
  kind: DpoLoss,
  beta: number,
): Tensor {
  const n = texts.length / 2;
  const base = tensor(
    Float64Array.from(texts, (text) => -reference[text]!),
    [2 * n],
  );
  const gains = reshape(add(scores, base), [n, 2]);
  if (kind === "sigmoid") return pairwiseLoss(scale(gains, beta));
  const gaps = matmul(gains, tensor([1, -1], [2, 1])); // (n, 1)
  const off = add(gaps, tensor(new Float64Array(n).fill(-1 / (2 * beta)), [n, 1]));
  return sum(mul(off, off));
}

function total(values: ArrayLike<number>): number {
  return Array.prototype.reduce.call(
    values,
    (sum, value) => (sum as number) + (value as number),
    0,
  ) as number;
}
