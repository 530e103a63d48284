import { Candidates } from "./candidates.js";
import { topK } from "./filters.js";
import type { KnownIds } from "./known-ids.js";
import { logSumExp } from "./logits.js";

/** A token that the model could have written. */
export interface Alternative {
  id: number;
  /** The model's own log-probability of the token (natural). */
  logprob: number;
}

/**
 * The `count` most probable tokens, best first, lower ids first among equals: of the first `size` ids, and the known ones. Their
 * log-probabilities are the model's over all ids.
 */
export function mostProbable(
  logits: ArrayLike<number>,
  count: number,
  size = logits.length,
  known?: KnownIds,
): Alternative[] {
  const candidates = new Candidates(Math.min(size, logits.length));
  candidates.load(logits);
  const logTotal = size < logits.length ? logSumExp(logits) : candidates.logTotal();
  if (known) candidates.keepMasked(known);
  topK(candidates, count, false);
  return Array.from(candidates.ids.subarray(0, candidates.size), (id) => ({
    id,
    logprob: logits[id]! - logTotal,
  })).sort((a, b) => b.logprob - a.logprob || a.id - b.id);
}
