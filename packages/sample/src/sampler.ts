import { Candidates } from "./candidates.js";
import type { Stage } from "./chain.js";
import { checkChance } from "./check.js";
import { InvalidLogitsError, InvalidOptionError } from "./errors.js";
import type { History } from "./history.js";
import { logSumExp } from "./logits.js";
import { uniforms } from "./random.js";
import type { Settings } from "./settings.js";
import { APPLY, wantsWeights } from "./stages.js";

/** The tokens that can be drawn, in ascending id, and their probabilities, which add up to 1. */
export interface Distribution {
  ids: Uint32Array;
  probabilities: Float64Array;
}

/** A token that was drawn. */
export interface Drawn {
  id: number;
  /** The model's own log-probability of the token. */
  logprob: number;
  /** The probability that it was drawn with, after all stages. */
  share: number;
}

/** Where the stages rule every token out. To callers it is as any other of its kind. */
export class NothingLeft extends InvalidLogitsError {}

/** What draws the tokens of one row. It knows nothing of other rows, and its memory is taken once. */
export class Sampler {
  readonly #settings: Settings;
  readonly #history: History;
  readonly #candidates: Candidates;
  readonly #seed: number;
  readonly #row: number;

  /**
   * @param vocabSize how many ids can be drawn; further logits have no part in it
   * @param candidates where it works: samplers that draw one after the other can share it
   */
  constructor(
    settings: Settings,
    history: History,
    vocabSize: number,
    seed: number,
    row: number,
    candidates = new Candidates(vocabSize),
  ) {
    this.#settings = settings;
    this.#history = history;
    this.#candidates = candidates;
    this.#seed = seed;
    this.#row = row;
  }

  /** Draws the token that follows from these logits, and counts it as output. */
  next(logits: ArrayLike<number>): Drawn {
    const history = this.#history;
    const candidates = this.#candidates;
    candidates.load(logits);
    const [first] = this.#settings.stages;
    if (first === "topP") candidates.slices(); // in one pass with the weights, which come next
    const isWhole = logits.length <= candidates.ids.length;
    const logTotal = isWhole ? candidates.logTotal(wantsWeights(first)) : logSumExp(logits);
    const [u, chance] = uniforms(this.#seed, this.#row, history.ids.length);
    sift(candidates, this.#settings, history, chance);
    const scale = 1 / candidates.weigh();
    const { ids, weights, size } = candidates;
    const at = drawnPlace(weights, size, scale, u);
    const id = ids[at]!;
    history.push(id);
    return { id, logprob: logits[id]! - logTotal, share: weights[at]! * scale };
  }
}

/** Runs the stages. */
export function sift(
  candidates: Candidates,
  settings: Settings,
  history: History,
  chance: number,
  after?: (stage: Stage) => void,
): void {
  checkBias(settings, candidates);
  for (const [i, stage] of settings.stages.entries()) {
    APPLY[stage](candidates, settings, history, chance, settings.stages[i + 1]);
    checkLeft(candidates, stage);
    after?.(stage);
  }
}

/** The distribution that the candidates are now. It stands in their own arrays, until they are next used. */
export function normalise(candidates: Candidates): Distribution {
  const scale = 1 / candidates.weigh();
  const probabilities = candidates.weights.subarray(0, candidates.size);
  for (let i = 0; i < probabilities.length; i++) probabilities[i]! *= scale;
  candidates.changed(); // they are no weights any more
  return { ids: candidates.ids.subarray(0, candidates.size), probabilities };
}

/** Copies of what the candidates are now. */
export function snapshot(candidates: Candidates): Distribution {
  const total = candidates.weigh();
  return {
    ids: candidates.ids.slice(0, candidates.size),
    probabilities: candidates.weights.slice(0, candidates.size).map((weight) => weight / total),
  };
}

/**
 * The token at `u` in [0, 1): the first one, in ascending id, at which the sum of the probabilities
 * so far exceeds u (inverse transform sampling).
 * @throws InvalidOptionError for another number
 */
export function draw({ ids, probabilities }: Distribution, u: number): number {
  checkChance("u of draw", u);
  return ids[drawnPlace(probabilities, ids.length, 1, u)]!;
}

/** So many are added up before it is looked whether they were enough: looking after each one costs more. */
const STRIDE = 16;

/** The place of the token at `u`, of weights that add up to 1 when they are multiplied by `scale`. */
function drawnPlace(weights: Float64Array, size: number, scale: number, u: number): number {
  let sum = 0; // of those before `start`
  let start = 0;
  for (; start + STRIDE <= size; start += STRIDE) {
    let next = sum;
    for (let i = start; i < start + STRIDE; i++) next += weights[i]! * scale;
    if (u < next) break;
    sum = next;
  }
  for (let i = start; i < size; i++) {
    sum += weights[i]! * scale;
    if (u < sum) return i;
  }
  let last = size - 1; // rounding left the sum a little short of 1
  while (last >= 0 && weights[last]! * scale === 0) last--;
  return last;
}

function checkLeft({ size }: Candidates, stage: string): void {
  if (size > 0) return;
  throw new NothingLeft(`after stage "${stage}" no token is left to draw`);
}

function checkBias({ logitBias }: Settings, { ids }: Candidates): void {
  for (const id of logitBias.keys()) {
    if (id < ids.length) continue;
    throw new InvalidOptionError(
      "logitBias",
      `logitBias has token ${id}, and there are ${ids.length} that can be drawn`,
    );
  }
}
