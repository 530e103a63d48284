// Texts of different length as batches of a model: rows, padded on the right. Attention is causal, so that what stands
// behind a text changes nothing in it.
import { logProbabilities, scale, type Tensor, tensor } from "@llm/tensor";
import type { Trainable } from "../train-options.js";
import type { RenderedConversation } from "./rendered.js";

/** What post-training asks of a model. @llm/gpt's `Gpt` is one, and so is one with adapters. */
export interface Policy extends Pick<Trainable, "parameters" | "config" | "version"> {
  /** Logits (B, T, V) for ids (B, T), int32: row t predicts the token at t + 1. */
  forward(ids: Tensor, options?: { recompute?: boolean }): Tensor;
}

/** Some texts as one batch. */
export interface Pass {
  /** Which texts, a row each. */
  readonly texts: readonly number[];
  /** Rows and positions. */
  readonly shape: readonly [B: number, T: number];
  readonly ids: Int32Array;
  /** What follows each id, and -100 where it does not count. */
  readonly targets: Int32Array;
}

/** Nothing is asked of this position. */
const IGNORED = -100;

/**
 * Packs texts into passes of at most `tokens` tokens, padding included, the longest first; a text that is longer has one to
 * itself. `together` texts that follow each other stay in one pass.
 */
export function passesOf(texts: readonly RenderedConversation[], tokens: number, together = 1): Pass[] {
  const lengthOf = (group: number) => {
    let longest = 1;
    for (let i = group * together; i < (group + 1) * together; i++) {
      longest = Math.max(longest, texts[i]!.ids.length - 1);
    }
    return longest;
  };
  const groups = Array.from({ length: texts.length / together }, (_, i) => ({ i, length: lengthOf(i) }));
  groups.sort((a, b) => b.length - a.length);
  const passes: Pass[] = [];
  for (let from = 0; from < groups.length; ) {
    const { length } = groups[from]!;
    const count = Math.max(1, Math.floor(tokens / (length * together)));
    const some = groups
      .slice(from, from + count)
      .flatMap(({ i }) => Array.from({ length: together }, (_, j) => i * together + j));
    passes.push(passOf(texts, some, length));
    from += count;
  }
  return passes;
}

function passOf(texts: readonly RenderedConversation[], some: readonly number[], length: number): Pass {
  const ids = new Int32Array(some.length * length);
  const targets = new Int32Array(ids.length).fill(IGNORED);
  for (const [row, text] of some.entries()) {
    const { ids: own, mask } = texts[text]!;
    for (let t = 0; t + 1 < own.length; t++) {
      ids[row * length + t] = own[t]!;
      if (mask[t + 1]) targets[row * length + t] = own[t + 1]!;
    }
  }
  return { texts: some, shape: [some.length, length], ids, targets };
}

/** How logits become log-probabilities. */
export interface Scoring {
  /** Divides the logits. Default 1. */
  temperature?: number;
  recompute?: boolean;
}

/** The logits of a pass (B, T, V), of what is sampled from: divided by the temperature. */
export function logitsOf(model: Policy, { ids, shape }: Pass, options: Scoring = {}): Tensor {
  const { temperature = 1, recompute = false } = options;
  const logits = model.forward(tensor(ids, shape, "int32"), recompute ? { recompute } : {});
  return temperature === 1 ? logits : scale(logits, 1 / temperature);
}

/** The log-probability of each token that counts, (B, T); 0 for the others. To be called within a scope. */
export function logprobsOf(model: Policy, pass: Pass, options: Scoring = {}): Tensor {
  return logProbabilities(logitsOf(model, pass, options), tensor(pass.targets, pass.shape, "int32"));
}
