// A million draws with each stage, against the distribution they are drawn from: chi-square and its 99.99% quantile.
// `npx tsx --conditions=@llm/source bench/draws.ts` takes some minutes; it fails where one is above.
import type { SamplingParams } from "@llm/sample";
import { Candidates } from "../src/candidates.js";
import { History } from "../src/history.js";
import { uniforms } from "../src/random.js";
import { draw, normalise, sift } from "../src/sampler.js";
import { resolve } from "../src/settings.js";

const DRAWS = 1_000_000;
const QUANTILES = [0, 15.1, 18.4, 21.1, 23.5, 25.7, 27.9, 29.9];
const logits = [2, 1.5, 1, 0.5, 0, -0.5, -1, -1.5];
const history = new History([1, 2, 3, 1, 2, 3, 1, 2], Number.POSITIVE_INFINITY);

const settings: Record<string, SamplingParams> = {
  none: {},
  mask: { mask: Uint32Array.of(0b10110111) },
  bias: { logitBias: { 2: 1, 5: 2 } },
  penalties: { repetitionPenalty: 1.3 },
  "n-grams": { noRepeatNgram: 2 },
  DRY: { dryMultiplier: 0.5, dryAllowedLength: 1 },
  temperature: { temperature: 1.7 },
  "top-n-sigma": { topNSigma: 1.5 },
  "top-k": { topK: 5 },
  "top-p": { topP: 0.9 },
  "min-p": { minP: 0.1 },
  typical: { typicalP: 0.9 },
  XTC: { xtcProbability: 0.4, xtcThreshold: 0.15 },
};

for (const [name, params] of Object.entries(settings)) {
  const resolved = resolve(params);
  const candidates = new Candidates(logits.length);
  const distributionAt = (chance: number) => {
    candidates.load(logits);
    sift(candidates, resolved, history, chance);
    return normalise(candidates);
  };
  const expected = new Float64Array(logits.length);
  const acting = params.xtcProbability ?? 1;
  for (const [chance, share] of [
    [0, acting],
    [0.999, 1 - acting],
  ] as const) {
    const { ids, probabilities } = distributionAt(chance);
    ids.forEach((id, i) => {
      expected[id]! += DRAWS * share * probabilities[i]!;
    });
  }
  const counts = new Float64Array(logits.length);
  for (let position = 0; position < DRAWS; position++) {
    const [u, chance] = uniforms(77, 0, position);
    counts[draw(distributionAt(chance), u)]!++;
  }
  const possible = [...expected.keys()].filter((id) => expected[id]! > 0);
  const chiSquare = possible.reduce((sum, id) => sum + (counts[id]! - expected[id]!) ** 2 / expected[id]!, 0);
  const limit = QUANTILES[possible.length - 1]!;
  const strays = counts.reduce((sum, count, id) => sum + (expected[id] === 0 ? count : 0), 0);
  console.log(`${name.padEnd(12)} ${chiSquare.toFixed(2).padStart(6)} < ${limit}, ${possible.length} tokens`);
  if (chiSquare >= limit || strays > 0) process.exitCode = 1;
}
