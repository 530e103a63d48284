// What a model's logits say by themselves, before any stage.

import { InvalidLogitsError } from "./errors.js";
import { exponential } from "./exponential.js";
import { isKnown, type KnownIds } from "./known-ids.js";

/**
 * The id of the highest of a model's logits, the lowest among equals: of the first `size` ids, and the known ones.
 * @throws InvalidLogitsError
 */
export function bestId(logits: ArrayLike<number>, size = logits.length, known?: KnownIds): number {
  let best = -1;
  let max = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < size; id++) {
    const logit = logits[id]!;
    if (!(logit < Number.POSITIVE_INFINITY)) throw invalidLogits(logits, id);
    if (logit > max && isKnown(known, id)) {
      best = id;
      max = logit;
    }
  }
  if (best < 0) throw invalidLogits(logits);
  return best;
}

/** The logarithm of the sum of e^logit: a logit less this is the model's own log-probability. @throws InvalidLogitsError */
export function logSumExp(logits: ArrayLike<number>): number {
  const max = logits[bestId(logits)]!;
  let total = 0;
  for (let id = 0; id < logits.length; id++) total += exponential(logits[id]! - max);
  return max + Math.log(total);
}

/** The error that logits are which nothing can be drawn from: that of one token, or all of them. */
export function invalidLogits(logits: ArrayLike<number>, id?: number): InvalidLogitsError {
  if (id !== undefined) {
    const cause = "the model's weights or its input have gone wrong";
    return new InvalidLogitsError(`the logit of token ${id} is ${logits[id]}: ${cause}`);
  }
  const n = logits.length;
  return new InvalidLogitsError(n === 0 ? "there are no logits" : `all ${n} logits are -Infinity`);
}
