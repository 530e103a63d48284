import { Candidates } from "./candidates.js";
import { topK } from "./filters.js";

/** A token that the model could have written. */
export interface Alternative {
  id: number;
  /** The model's own log-probability of the token (natural). */
  logprob: number;
}

/** The `count` most probable tokens, best first, lower ids first among equals. */
export function mostProbable(logits: ArrayLike<number>, count: number): Alternative[] {
  const candidates = new Candidates(logits.length);
  candidates.load(logits);
  const logTotal = candidates.logTotal();
  topK(candidates, count, false);
  return Array.from(candidates.ids.subarray(0, candidates.size), (id) => ({
    id,
    logprob: logits[id]! - logTotal,
  })).sort((a, b) => b.logprob - a.logprob || a.id - b.id);
}
