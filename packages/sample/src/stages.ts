import type { Candidates } from "./candidates.js";
import type { Stage } from "./chain.js";
import { excludeTop, minP, topK, topNSigma, topP, typical } from "./filters.js";
import type { History } from "./history.js";
import { addBias, dropRepeatedNgrams, penalise, penaliseRepeats } from "./penalties.js";
import type { Settings } from "./settings.js";

type Apply = (
  candidates: Candidates,
  settings: Settings,
  history: History,
  chance: number,
  next: Stage | undefined,
) => void;

/** What each stage does, `next` being the one behind it. */
export const APPLY: Readonly<Record<Stage, Apply>> = {
  mask: (candidates, { mask }) => candidates.keepMasked(mask!),
  bias: addBias,
  penalties: penalise,
  noRepeatNgram: (candidates, { noRepeatNgram }, history) =>
    dropRepeatedNgrams(candidates, noRepeatNgram, history),
  dry: penaliseRepeats,
  temperature: (candidates, { temperature }, _, __, next) => cool(candidates, temperature, next),
  topNSigma: (candidates, settings) => topNSigma(candidates, settings.topNSigma),
  topK: (candidates, settings) => topK(candidates, settings.topK, false),
  topKWithTies: (candidates, settings) => topK(candidates, settings.topK, true),
  typical: (candidates, { typicalP }) => typical(candidates, typicalP, false),
  typicalWithTies: (candidates, { typicalP }) => typical(candidates, typicalP, true),
  topP: (candidates, settings) => topP(candidates, settings.topP),
  minP: (candidates, settings) => minP(candidates, settings.minP),
  xtc: (candidates, { xtcProbability, xtcThreshold }, _, chance) => {
    if (chance < xtcProbability) excludeTop(candidates, xtcThreshold);
  },
};

/** Stages that begin with the weights of all, or may leave all. They are wanted at the end of the chain too. */
const WEIGHING: readonly (Stage | undefined)[] = [
  "topP",
  "minP",
  "typical",
  "typicalWithTies",
  "xtc",
  undefined,
];

/** Whether what comes next needs the weights of all candidates. */
export function wantsWeights(next: Stage | undefined): boolean {
  return WEIGHING.includes(next);
}

/** Divides by the temperature: 0 leaves the best alone. */
function cool(candidates: Candidates, temperature: number, next: Stage | undefined): void {
  if (temperature === 0) topK(candidates, 1, false);
  else candidates.cool(temperature, next !== "topP" && wantsWeights(next)); // top-p weighs in slices
}
