import { best, type Candidates, filter, minP, topK, topP, weigh } from "./candidates.js";
import { check } from "./check.js";
import { InvalidLogitsError, InvalidOptionError } from "./errors.js";
import { resolveChain, SAMPLING, type SamplingParams, type Stage } from "./params.js";

/** The tokens that can be drawn, in ascending id, and their probabilities, which add up to 1. */
export interface Distribution {
  ids: Uint32Array;
  probabilities: Float64Array;
}

/**
 * What is drawn from: the exact distribution that these logits (vocabSize) and parameters give after
 * the tokens of `history` (prompt and output so far; only the penalties read it). Computed in
 * float64 after subtracting the maximum. Throws `InvalidLogitsError` if the logits hold NaN or
 * +Infinity, or if every token is ruled out, and `InvalidOptionError` for parameters out of range.
 */
export function distribution(
  logits: ArrayLike<number>,
  params: SamplingParams = {},
  history: ArrayLike<number> = [],
): Distribution {
  check("distribution", params, SAMPLING);
  return distributionOf(logits, params, history);
}

/** The same for options that were checked, among which there may be others. */
export function distributionOf(
  logits: ArrayLike<number>,
  params: SamplingParams,
  history: ArrayLike<number>,
): Distribution {
  const chain = resolveChain(params);
  let candidates = fromLogits(logits);
  for (const stage of chain.stages) {
    candidates = apply(stage, candidates, params, history, chain.penaltyWindow);
    if (candidates.ids.length === 0) {
      throw new InvalidLogitsError(`stage "${stage}" left no token to draw: every logit is -Infinity`);
    }
  }
  const { weights, total } = weigh(candidates.logits);
  return { ids: candidates.ids, probabilities: weights.map((weight) => weight / total) };
}

/**
 * The token at `u` in [0, 1): the first one, in ascending id, at which the sum of the probabilities
 * so far exceeds u (inverse transform sampling).
 */
export function draw({ ids, probabilities }: Distribution, u: number): number {
  let sum = 0;
  let last = -1;
  for (let i = 0; i < ids.length; i++) {
    if (probabilities[i]! === 0) continue;
    last = i;
    sum += probabilities[i]!;
    if (u < sum) return ids[i]!;
  }
  return ids[last]!; // rounding left the sum a little short of 1
}

/** Natural logarithm of the model's own probability of token `id`: before any filter or penalty. */
export function logProbability(logits: ArrayLike<number>, id: number): number {
  const { logits: finite, ids } = fromLogits(logits);
  const { total } = weigh(finite);
  if (ids.length === 0) throw new InvalidLogitsError("every logit is -Infinity");
  const value = logits[id];
  if (value === undefined)
    throw new InvalidOptionError("id", `id ${id} is not among ${logits.length} logits`);
  return value - finite[best({ ids, logits: finite })]! - Math.log(total);
}

function fromLogits(logits: ArrayLike<number>): Candidates {
  const n = logits.length;
  const all: Candidates = { ids: new Uint32Array(n), logits: new Float64Array(n) };
  let impossible = 0;
  for (let i = 0; i < n; i++) {
    const logit = logits[i]!;
    if (!(logit < Number.POSITIVE_INFINITY)) {
      throw new InvalidLogitsError(
        `the logit of token ${i} is ${logit}: the model's weights or its input have gone wrong`,
      );
    }
    if (logit === Number.NEGATIVE_INFINITY) impossible++;
    all.ids[i] = i;
    all.logits[i] = logit;
  }
  if (n === impossible) {
    throw new InvalidLogitsError(n === 0 ? "there are no logits" : `all ${n} logits are -Infinity`);
  }
  return impossible ? filter(all, (i) => all.logits[i]! > Number.NEGATIVE_INFINITY) : all;
}

function apply(
  stage: Stage,
  candidates: Candidates,
  params: SamplingParams,
  history: ArrayLike<number>,
  penaltyWindow: number,
): Candidates {
  const { temperature = 1, topK: k = 0, topP: p = 1, minP: fraction = 0 } = params;
  switch (stage) {
    case "bias":
      return bias(candidates, params.logitBias);
    case "penalties":
      penalise(candidates, params, history, penaltyWindow);
      return candidates;
    case "temperature":
      if (temperature === 0) return topK(candidates, 1, false);
      if (temperature !== 1)
        for (let i = 0; i < candidates.logits.length; i++) candidates.logits[i]! /= temperature;
      return candidates;
    case "topK":
    case "topKWithTies":
      return k === 0 ? candidates : topK(candidates, k, stage === "topKWithTies");
    case "topP":
      return p === 1 ? candidates : topP(candidates, p);
    case "minP":
      return fraction === 0 ? candidates : minP(candidates, fraction);
    default:
      throw new InvalidOptionError("chain", `the chain has an unknown stage "${stage satisfies never}"`);
  }
}

/** Where a token stands among the candidates, or -1. */
function indexOf(ids: Uint32Array, id: number): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! === id) return middle;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function bias(candidates: Candidates, values: SamplingParams["logitBias"]): Candidates {
  if (!values?.size) return candidates;
  for (const [id, value] of values) {
    if (!(value < Number.POSITIVE_INFINITY)) {
      throw new InvalidOptionError(
        "logitBias",
        `logitBias of token ${id} is ${value}; it must be finite or -Infinity`,
      );
    }
    const i = indexOf(candidates.ids, id);
    if (i >= 0) candidates.logits[i]! += value;
  }
  return filter(candidates, (i) => candidates.logits[i]! > Number.NEGATIVE_INFINITY);
}

function penalise(
  { ids, logits }: Candidates,
  { repetitionPenalty = 1, frequencyPenalty = 0, presencePenalty = 0 }: SamplingParams,
  history: ArrayLike<number>,
  window: number,
): void {
  if (repetitionPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0) return;
  const counts = new Map<number, number>();
  for (let i = Math.max(0, history.length - window); i < history.length; i++) {
    counts.set(history[i]!, (counts.get(history[i]!) ?? 0) + 1);
  }
  for (const [id, count] of counts) {
    const i = indexOf(ids, id);
    if (i < 0) continue;
    const logit = logits[i]!;
    const repeated = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
    logits[i] = repeated - count * frequencyPenalty - presencePenalty;
  }
}
