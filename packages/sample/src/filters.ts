// What a filter keeps is the beginning of one total order, higher logit first, then lower id; typical sampling orders by
// how surprising a token is instead. The vocabulary is never sorted: see prefixEnd.

import type { Candidates } from "./candidates.js";
import { weighSurprise, writeNearness } from "./passes.js";
import { prefixEnd } from "./select.js";
import { SLICES, slicesPerUnit } from "./slices.js";

/** The k best; with `ties`, also every candidate whose logit equals the k-th's. */
export function topK(candidates: Candidates, k: number, ties: boolean): void {
  const { logits, size } = candidates;
  if (k >= size) return;
  const known = { top: candidates.max(), low: candidates.min, places: candidates.places };
  const last = k === 1 ? candidates.best() : prefixEnd(logits, size, k, known);
  candidates.keepUntil(last, logits, ties);
}

/** The smallest set of best candidates whose probabilities add up to at least p (at least one). */
export function topP(candidates: Candidates, p: number): void {
  const { logits, weights, size } = candidates;
  const slices = candidates.slices();
  const known = { top: candidates.max(), worth: weights, slices, places: candidates.places };
  candidates.keepUntil(prefixEnd(logits, size, p * candidates.weigh(), known));
}

/** Drops candidates whose probability is below p times the best one's. */
export function minP(candidates: Candidates, p: number): void {
  candidates.keepFrom(candidates.max() + Math.log(p));
}

/**
 * Locally typical sampling (Meister et al. 2022): the smallest set of candidates whose surprise, -log probability, is
 * nearest to the entropy and whose probabilities add up to at least p; with `ties`, also those as near as the last.
 */
export function typical(candidates: Candidates, p: number, ties: boolean): void {
  const { logits, weights, size } = candidates;
  const total = candidates.weigh();
  const logTotal = candidates.max() + Math.log(total);
  const entropy = weighSurprise(logits, logTotal, size, weights) / total;
  const { keys, places } = candidates;
  const nearnessOf = (logit: number) => Math.abs(logTotal - logit - entropy);
  const furthest = Math.max(nearnessOf(candidates.max()), nearnessOf(candidates.min));
  const slices = { perUnit: slicesPerUnit(furthest), worth: new Float64Array(SLICES) };
  writeNearness(logits, logTotal, entropy, size, keys, weights, slices);
  const last = prefixEnd(keys, size, p * total, { top: 0, worth: weights, slices, places });
  candidates.keepUntil(last, keys, ties);
}

/** Top-n-sigma (Tang et al. 2024): drops what is more than n standard deviations of all logits below the best. */
export function topNSigma(candidates: Candidates, n: number): void {
  const { logits, size } = candidates;
  let sum = 0;
  for (let i = 0; i < size; i++) sum += logits[i]!;
  const mean = sum / size;
  let squares = 0;
  for (let i = 0; i < size; i++) squares += (logits[i]! - mean) * (logits[i]! - mean);
  candidates.keepFrom(candidates.max() - n * Math.sqrt(squares / size));
}

/** Exclude top choices: of the candidates whose probability is at least `threshold`, drops all but the worst. */
export function excludeTop(candidates: Candidates, threshold: number): void {
  const { logits, weights, size } = candidates;
  const floor = threshold * candidates.weigh();
  let last = -1;
  for (let i = 0; i < size; i++) {
    if (weights[i]! >= floor && (last < 0 || logits[i]! <= logits[last]!)) last = i;
  }
  if (last < 0) return;
  const limit = logits[last]!;
  candidates.filter((i) => logits[i]! < limit || i === last, true);
}
