import type { Rests } from "@llm/platform/rest";
import {
  accumulate,
  crossEntropy,
  type Parameter,
  scope,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@llm/tensor";
import type { Sums } from "../processes/sum-gradients.js";
import { dispose } from "../step.js";
import { logitsOf, logprobsOf, type Pass, type Policy, type Scoring } from "./passes.js";
import { type ClipRange, tokenLoss } from "./policy-loss.js";
import type { RenderedConversation } from "./rendered.js";

/** A text to learn from. Its tokens weigh alike, whatever they are multiplied by besides. */
export interface JudgedText extends RenderedConversation {
  readonly advantage: number;
  readonly weight: number;
}

/** Log-probabilities of each text's tokens: that of `ids[t]` at place t, 0 where it does not count. */
export type Logprobs = readonly Float64Array[];

/** What to compute with. */
export interface PolicyGradientOptions extends Scoring {
  /** Those of the moment when the texts were drawn: the loss is that of ratios then. */
  old?: Logprobs | undefined;
  /** Those of the reference. */
  reference?: Logprobs | undefined;
  clip?: ClipRange | undefined;
  klWeight?: number;
}

/** A gradient, and the loss whose it is. */
export interface PolicyGradient {
  sums: Sums;
  /** The sum over all tokens of weight times loss. */
  loss: number;
  /** Means over all tokens that count. */
  kl: number;
  clipped: number;
}

interface Turns {
  rests: Rests;
  signal: AbortSignal | undefined;
}

/** The log-probabilities of all texts that are in the passes. */
export async function scoreTexts(
  model: Policy,
  texts: readonly RenderedConversation[],
  passes: readonly Pass[],
  options: Scoring,
  { rests, signal }: Turns,
): Promise<Logprobs> {
  const scores = texts.map(({ ids }) => new Float64Array(ids.length));
  for (const pass of passes) {
    await rests.take(signal);
    await score(model, pass, options, scores);
  }
  return scores;
}

async function score(model: Policy, pass: Pass, options: Scoring, scores: Logprobs): Promise<void> {
  const logprobs = scope(() => logprobsOf(model, pass, options));
  const values = await logprobs.data();
  logprobs.dispose();
  for (const [row, text] of pass.texts.entries()) {
    const own = scores[text]!;
    const from = row * pass.shape[1];
    for (let t = 1; t < own.length; t++) own[t] = values[from + t - 1]!;
  }
}

/**
 * The gradient of the policy's loss on texts. Where the loss is linear in the log-probabilities (REINFORCE) one pass makes it;
 * otherwise each pass first finds out the log-probabilities, and their derivatives are the weights of a cross-entropy, which has
 * the same gradient.
 */
export async function policyGradient(
  model: Policy,
  parameters: readonly Parameter[],
  texts: readonly JudgedText[],
  passes: readonly Pass[],
  options: PolicyGradientOptions,
  { rests, signal }: Turns,
): Promise<PolicyGradient> {
  const { old, reference, clip, klWeight = 0, ...scoring } = options;
  const isLinear = !old && !reference;
  const logprobs = texts.map(({ ids }) => new Float64Array(ids.length));
  const losses: Tensor[] = [];
  let total: Tensor[] | undefined;
  const found = { loss: 0, kl: 0, clipped: 0, tokens: 0 };
  try {
    for (const pass of passes) {
      await rests.take(signal);
      if (!isLinear) await score(model, pass, scoring, logprobs);
      const weights = new Float64Array(pass.ids.length);
      for (const [row, text] of pass.texts.entries()) {
        const { ids, mask, advantage, weight } = texts[text]!;
        for (let t = 1; t < ids.length; t++) {
          if (!mask[t]) continue;
          const terms = { advantage, old: old?.[text]?.[t], reference: reference?.[text]?.[t] };
          const one = tokenLoss(logprobs[text]![t]!, terms, { clip, klWeight });
          weights[row * pass.shape[1] + t - 1] = -weight * one.slope;
          found.loss += weight * one.loss;
          found.kl += one.kl;
          found.clipped += Number(one.isClipped);
          found.tokens++;
        }
      }
      const { value, grads } = scope(() =>
        valueAndGrad(
          () =>
            crossEntropy(logitsOf(model, pass, scoring), tensor(pass.targets, pass.shape, "int32"), {
              mask: tensor(weights, pass.shape),
              reduction: "sum",
            }),
          parameters,
        ),
      );
      losses.push(value);
      if (total) {
        for (const [i, grad] of grads.entries()) accumulate(total[i]!, grad);
        dispose(grads);
      } else {
        total = grads;
      }
    }
    // Where the loss is linear, it is what was differentiated.
    if (isLinear) for (const each of losses) found.loss += (await each.data())[0]!;
  } catch (error) {
    dispose([...losses, ...(total ?? [])]);
    throw error;
  }
  const { loss, kl, clipped, tokens } = found;
  const sums = { losses, grads: total ?? [], divisor: 1 };
  return { sums, loss, kl: kl / Math.max(1, tokens), clipped: clipped / Math.max(1, tokens) };
}
