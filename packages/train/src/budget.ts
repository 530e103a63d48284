import { OptionsError } from "./errors.js";

/** A model and how long to train it. */
export interface Budget {
  /** Weights, N. */
  parameters: number;
  /** Tokens to train on, D. */
  tokens: number;
  /** Operations in all: 6 N D. */
  flops: number;
}

/** Tokens for each weight at which a budget is best spent (Hoffmann et al., "Training compute-optimal LLMs", 2022). */
const TOKENS_PER_PARAMETER = 20;

/**
 * How large a model and how many tokens go together: D = 20 N, and C = 6 N D. One of the two is given.
 * @throws {OptionsError} unless exactly one number above 0 is given
 */
export function chinchilla(given: { parameters: number } | { flops: number }): Budget {
  const { parameters, flops } = given as { parameters?: number; flops?: number };
  const value = parameters ?? flops;
  if ((parameters === undefined) === (flops === undefined) || !(value! > 0 && value! < Infinity)) {
    throw new OptionsError(
      `chinchilla got ${JSON.stringify(given)}; pass { parameters } or { flops }, finite and above 0`,
    );
  }
  const n = parameters ?? Math.sqrt(flops! / (6 * TOKENS_PER_PARAMETER));
  return { parameters: n, tokens: TOKENS_PER_PARAMETER * n, flops: 6 * n * TOKENS_PER_PARAMETER * n };
}
