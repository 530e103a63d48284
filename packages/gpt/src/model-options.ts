// What the methods of a model take, and how it is checked.
import type { Kinds } from "@llm/platform/options";
import type { Parameter, Tensor } from "@llm/tensor";
import type { WeightDType } from "./frozen.js";
import type { TrainingKey } from "./pass.js";
import type { SaveOptions } from "./saved-model.js";

/** Options of `Gpt.load`. */
export interface LoadOptions {
  /**
   * What matrices are kept in: "float32", the default; "bfloat16", which halves them; "int8" and "int4", with a scale for each 32
   * numbers that are added up, which take 8.5 and 4.5 bits a number. What is multiplied by the last two is rounded to 8 bits,
   * 32 numbers at a time. The embedding and the head are never in fewer than 8 bits.
   */
  dtype?: WeightDType;
}

/** Options of `Gpt.forward`. */
export interface ForwardOptions {
  /** Given in training: turns dropout on, with masks drawn from this key. */
  training?: TrainingKey;
  /**
   * Inside `valueAndGrad`, keep only each block's input and compute the block again in the backward pass: the same
   * gradients to the bit, with a fraction of the memory and about a third more time. Of no effect with `capture`.
   */
  recompute?: boolean;
  /**
   * Documents in one row that do not see each other: for each of the B x T positions, where in its row its document begins.
   * Positions are counted from there.
   */
  documents?: ArrayLike<number>;
  /**
   * Called with every activation, as it is made, under the names that `describe` of @llm/gpt/inspect lists. A tensor that it
   * returns stands in for the one it was given from there on.
   */
  capture?: (name: string, tensor: Tensor) => unknown;
}

/** Options of `Gpt.loss`. */
export interface LossOptions {
  /** (B, T), 1 where a target counts and 0 where it does not. */
  mask?: Tensor;
  /** "sum": not divided by how many count, so that batches can be added up; the mask may hold any weights then. Default "mean". */
  reduction?: "mean" | "sum";
  /** Given in training: turns dropout on, with masks drawn from this key. */
  training?: TrainingKey;
  /** As in {@link ForwardOptions}: less memory for more time. */
  recompute?: boolean;
  /** As in {@link ForwardOptions}. */
  documents?: ArrayLike<number>;
}

/** What the hidden states are multiplied with. */
export interface OutputHead {
  /** (vocabSize, nEmbd): the embedding itself where it is tied. */
  readonly weight: Tensor;
  /** (vocabSize) */
  readonly bias: Parameter | null;
  /** 0: none. */
  readonly softcap: number;
}

export const LOAD: Kinds<LoadOptions> = { dtype: ["float32", "bfloat16", "int8", "int4"] };
export const TRAINING: Kinds<TrainingKey> = { seed: "number!", step: "number!" };
export const FORWARD: Kinds<ForwardOptions> = {
  training: "object",
  recompute: "boolean",
  documents: "list",
  capture: "function",
};
export const SAVE: Kinds<SaveOptions> = {
  maxShardBytes: "count",
  dtype: ["float32", "bfloat16", "float16"],
  signal: "signal",
  onProgress: "function",
};
export const LOSS: Kinds<LossOptions> = {
  mask: "object",
  reduction: ["mean", "sum"],
  training: "object",
  recompute: "boolean",
  documents: "list",
};
