import { Candidates } from "./candidates.js";
import type { Stage } from "./chain.js";
import { checkChance, read } from "./check.js";
import { InvalidOptionError } from "./errors.js";
import { History, type PromptAndOutput } from "./history.js";
import { logSumExp } from "./logits.js";
import { SAMPLING, type SamplingParams } from "./params.js";
import { type Distribution, normalise, sift, snapshot } from "./sampler.js";
import { resolve } from "./settings.js";

/**
 * What is drawn from: the exact distribution that these logits (vocabSize) and parameters give after the tokens of
 * `history`, which penalties, n-grams and DRY read. A plain list counts as output; frequency and presence penalties tell
 * the two apart. Computed in float64 after subtracting the maximum.
 *
 * @param chance the number in [0, 1) that XTC decides by: it acts where this is below `xtcProbability`
 * @throws InvalidLogitsError if the logits hold NaN or +Infinity, or if every token is ruled out
 * @throws InvalidOptionError for parameters out of range
 */
export function distribution(
  logits: ArrayLike<number>,
  params: SamplingParams = {},
  history: ArrayLike<number> | PromptAndOutput = [],
  chance = 0,
): Distribution {
  const settings = resolve(read("distribution", params, SAMPLING));
  checkChance("chance of distribution", chance);
  const candidates = load(logits);
  sift(candidates, settings, History.of(history, settings.chain.penaltyWindow), chance);
  return normalise(candidates);
}

/** What one stage made of the distribution before it. */
export interface TraceStep {
  /** "model" is the model's own distribution, before any stage. */
  stage: Stage | "model";
  /** The candidates it left, in ascending id, and their probabilities. */
  ids: Uint32Array;
  probabilities: Float64Array;
  /** The candidates it removed, in ascending id. */
  removed: Uint32Array;
}

/** `distribution`, stage by stage: those that are set, in the order of the chain. The last step is the distribution. */
distribution.trace = (
  logits: ArrayLike<number>,
  params: SamplingParams = {},
  history: ArrayLike<number> | PromptAndOutput = [],
  chance = 0,
): TraceStep[] => {
  const settings = resolve(read("distribution.trace", params, SAMPLING));
  checkChance("chance of distribution", chance);
  const candidates = load(logits);
  const steps: TraceStep[] = [];
  let before: Uint32Array = Uint32Array.from(logits, (_, id) => id);
  const record = (stage: TraceStep["stage"]) => {
    const now = snapshot(candidates);
    const left = new Set(now.ids);
    steps.push({ stage, ...now, removed: before.filter((id) => !left.has(id)) });
    before = now.ids;
  };
  record("model");
  sift(candidates, settings, History.of(history, settings.chain.penaltyWindow), chance, record);
  return steps;
};

/** Natural logarithm of the model's own probability of token `id`: before any filter or penalty. */
export function logProbability(logits: ArrayLike<number>, id: number): number {
  const logTotal = logSumExp(logits);
  const value = logits[id];
  if (value === undefined)
    throw new InvalidOptionError("id", `id ${id} is not among ${logits.length} logits`);
  return value - logTotal;
}

function load(logits: ArrayLike<number>): Candidates {
  const candidates = new Candidates(logits.length);
  candidates.load(logits);
  return candidates;
}
