import type { Candidates } from "./candidates.js";
import type { Stage } from "./chain.js";
import { excludeTop, keepMasked, minP, topK, topNSigma, topP, typical } from "./filters.js";
import type { History } from "./history.js";
import { addBias, dropRepeatedNgrams, penalise, penaliseRepeats } from "./penalties.js";
import type { Settings } from "./settings.js";

type Apply = (candidates: Candidates, settings: Settings, history: History, chance: number) => void;

/** What each stage does. */
export const APPLY: Readonly<Record<Stage, Apply>> = {
  mask: (candidates, { mask }) => keepMasked(candidates, mask!),
  bias: addBias,
  penalties: penalise,
  noRepeatNgram: (candidates, { noRepeatNgram }, history) =>
    dropRepeatedNgrams(candidates, noRepeatNgram, history),
  dry: penaliseRepeats,
  temperature: (candidates, { temperature }) => cool(candidates, temperature),
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

/** Divides by the temperature. The best logit becomes 0, so that no division is too large, and a tiny one is exact. */
function cool(candidates: Candidates, temperature: number): void {
  if (temperature === 0) {
    topK(candidates, 1, false);
    return;
  }
  const { logits, size } = candidates;
  const max = candidates.max();
  let lost = false;
  for (let i = 0; i < size; i++) {
    const logit = (logits[i]! - max) / temperature;
    logits[i] = logit;
    if (logit === Number.NEGATIVE_INFINITY) lost = true;
  }
  candidates.shift = (max + candidates.shift) / temperature;
  candidates.changed(0);
  if (lost) candidates.filter((i) => logits[i]! > Number.NEGATIVE_INFINITY);
}
