// Pairs of answers of which one is better: what dpo and rewardModel learn from.
import type { Rests } from "@llm/platform/rest";
import {
  accumulate,
  crossEntropy,
  keep,
  type Parameter,
  scope,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@llm/tensor";
import { hashOfIds } from "../hash.js";
import type { Sums } from "../processes/sum-gradients.js";
import { dispose } from "../step.js";
import { dealt } from "./dealt.js";
import type { Pass } from "./passes.js";
import { ConversationError, type RenderedConversation, readRendered } from "./rendered.js";

/**
 * Two answers to one prompt, of which `chosen` is better: as ids, each with the token that ends it; or as two conversations with
 * the mask of what counts, as `renderChat` of @llm/bpe makes them.
 */
export type Pair =
  | {
      readonly prompt: ArrayLike<number>;
      readonly chosen: ArrayLike<number>;
      readonly rejected: ArrayLike<number>;
    }
  | { readonly chosen: RenderedConversation; readonly rejected: RenderedConversation };

/** What one step on pairs did. */
export interface PairStep {
  /** Steps done, this one included: the first is 1. */
  readonly step: number;
  /** Mean over the pairs, before the update. */
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly gradNorm: number;
  readonly lr: number;
  /** The share of pairs whose chosen text has the higher score. */
  readonly accuracy: number;
  /** Mean scores of the chosen and of the rejected texts. */
  readonly chosen: number;
  readonly rejected: number;
  /** Tokens seen since the first step of the run. */
  readonly tokens: number;
  /** Wall time. */
  readonly seconds: number;
}

/**
 * The texts of all pairs: 2i is the chosen one of pair i, 2i + 1 the rejected one.
 * @throws {ConversationError} for one that is no text of the model, naming the pair
 */
export function readPairs(
  pairs: readonly Pair[],
  { vocabSize = Infinity, blockSize = Infinity }: { vocabSize?: number; blockSize?: number } = {},
): RenderedConversation[] {
  if (pairs.length === 0) throw new ConversationError("there are no pairs; give at least one", 0);
  return pairs.flatMap((pair, index) =>
    (["chosen", "rejected"] as const).map((which) => {
      const name = `the ${which} text of pair ${index}`;
      const rendered = "prompt" in pair ? joined(pair.prompt, pair[which]) : pair[which];
      const text = readRendered(rendered, { index, name, vocabSize });
      if (text.ids.length > blockSize) {
        const wayOut = `the model takes ${blockSize}; shorten it or leave the pair out`;
        throw new ConversationError(`${name} has ${text.ids.length} tokens; ${wayOut}`, index);
      }
      if (text.mask.indexOf(1, 1) < 0) {
        throw new ConversationError(`${name} has no token that counts; mark those of its answer`, index);
      }
      return text;
    }),
  );
}

function joined(prompt: ArrayLike<number>, answer: ArrayLike<number>): RenderedConversation {
  const ids = [...Array.from(prompt), ...Array.from(answer)];
  return { ids, mask: ids.map((_, i) => Number(i >= prompt.length)) };
}

/** What tells these pairs from others. */
export function describePairs(texts: readonly RenderedConversation[]): Readonly<Record<string, unknown>> {
  const all = texts.flatMap(({ ids, mask }) => [ids.length, ...Array.from(ids), ...Array.from(mask)]);
  return { pairs: texts.length / 2, texts: hashOfIds(all) };
}

/** The numbers of the texts of one step: those of `batchSize` pairs, each pair once before any comes again. */
export function textsOfStep(step: number, batchSize: number, pairs: number, seed: number): number[] {
  return Array.from({ length: batchSize }, (_, i) => dealt((step - 1) * batchSize + i, pairs, seed)).flatMap(
    (pair) => [2 * pair, 2 * pair + 1],
  );
}

/** The sum of -log sigmoid(a - b) over rows [a, b] (n, 2): that of -log softmax([a, b])[0]. */
export function pairwiseLoss(scores: Tensor): Tensor {
  const n = scores.shape[0]!;
  return crossEntropy(scores, tensor(new Int32Array(n), [n], "int32"), { reduction: "sum" });
}

/** Means over pairs, for a number for each text, and the share of pairs whose chosen text has the higher one. */
export function comparePairs(scores: Float64Array): { chosen: number; rejected: number; accuracy: number } {
  const means = { chosen: 0, rejected: 0, accuracy: 0 };
  for (let i = 0; i < scores.length; i += 2) {
    means.chosen += (2 * scores[i]!) / scores.length;
    means.rejected += (2 * scores[i + 1]!) / scores.length;
    means.accuracy += scores[i]! > scores[i + 1]! ? 2 / scores.length : 0;
  }
  return means;
}

/** How a pass of pairs is scored: a number for each text, (B), and the sum over pairs of the loss, a scalar. */
export type ScorePairs = (pass: Pass) => { scores: Tensor; loss: Tensor };

/** The gradient of the sum of all passes' losses, and the score of each of `count` texts. */
export async function pairGradient(
  parameters: readonly Parameter[],
  passes: readonly Pass[],
  scorePairs: ScorePairs,
  { count, rests, signal }: { count: number; rests: Rests; signal: AbortSignal | undefined },
): Promise<{ sums: Sums; scores: Float64Array }> {
  const losses: Tensor[] = [];
  const kept: Tensor[] = [];
  let total: Tensor[] | undefined;
  try {
    for (const pass of passes) {
      await rests.take(signal);
      const { value, grads } = scope(() =>
        valueAndGrad(() => {
          const { scores, loss } = scorePairs(pass);
          kept.push(keep(scores));
          return loss;
        }, parameters),
      );
      losses.push(value);
      if (total) {
        for (const [i, grad] of grads.entries()) accumulate(total[i]!, grad);
        dispose(grads);
      } else {
        total = grads;
      }
    }
    const scores = new Float64Array(count);
    for (const [i, { texts }] of passes.entries()) {
      const values = await kept[i]!.data();
      for (const [row, text] of texts.entries()) scores[text] = values[row]!;
    }
    return { sums: { losses, grads: total ?? [], divisor: 1 }, scores };
  } catch (error) {
    dispose([...losses, ...(total ?? [])]);
    throw error;
  } finally {
    dispose(kept);
  }
}
