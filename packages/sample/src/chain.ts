/**
 * A step of the sampler chain. `topK` keeps exactly k tokens, `topKWithTies` also those whose logit equals the k-th's;
 * `typical` and `typicalWithTies` alike.
 */
export type Stage =
  | "mask"
  | "bias"
  | "penalties"
  | "noRepeatNgram"
  | "dry"
  | "temperature"
  | "topNSigma"
  | "topK"
  | "topKWithTies"
  | "typical"
  | "typicalWithTies"
  | "topP"
  | "minP"
  | "xtc";

/** An order of stages, and what its penalties look at. */
export interface Chain {
  readonly stages: readonly Stage[];
  /** How many of the last tokens the penalties count. */
  readonly penaltyWindow: number;
  /** Whether frequency and presence penalties count the output alone. The repetition penalty always sees the prompt too. */
  readonly penaltyScope: "output" | "all";
}

/**
 * The orders of two programs, which give different results for equal settings: Hugging Face's transformers cools before it
 * filters, llama.cpp filters first. Stages that a program lacks (DRY, top-n-sigma and XTC in transformers, n-grams in
 * llama.cpp) stand where they fit.
 */
export const chains: { readonly hf: Chain; readonly llamacpp: Chain } = {
  hf: {
    stages: [
      "mask",
      "bias",
      "penalties",
      "noRepeatNgram",
      "dry",
      "temperature",
      "topNSigma",
      "topKWithTies",
      "topP",
      "minP",
      "typicalWithTies",
      "xtc",
    ],
    penaltyWindow: Number.POSITIVE_INFINITY,
    penaltyScope: "output",
  },
  llamacpp: {
    stages: [
      "mask",
      "bias",
      "penalties",
      "noRepeatNgram",
      "dry",
      "topNSigma",
      "topK",
      "typical",
      "topP",
      "minP",
      "xtc",
      "temperature",
    ],
    penaltyWindow: 64,
    penaltyScope: "all",
  },
};

/** The chain of a list of your own. */
export function chainOf(stages: readonly Stage[]): Chain {
  return { stages, penaltyWindow: Number.POSITIVE_INFINITY, penaltyScope: "output" };
}
