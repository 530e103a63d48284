// What a step of the sampler costs: from logits to a token and its log-probability. `npm run bench -w @llm/sample`
// CPU time, medians of rounds that take the settings by turns. It should say less than 1 ms for each.
import type { SamplingParams } from "@llm/sample";
import { History } from "../src/history.js";
import { uniform } from "../src/random.js";
import { Sampler } from "../src/sampler.js";
import { resolve } from "../src/settings.js";

const VOCABULARY = 50_257;
const STEPS = 20;
const ROUNDS = 41;

const llamacpp: SamplingParams = { topK: 40, topP: 0.95, minP: 0.05, temperature: 0.8, chain: "llamacpp" };
const settings: Record<string, SamplingParams> = {
  "no filter": {},
  greedy: { temperature: 0 },
  "temperature 0.8": { temperature: 0.8 },
  "top-k 40": { topK: 40 },
  "top-p 0.95": { topP: 0.95 },
  "T 0.8, top-p 0.95": { temperature: 0.8, topP: 0.95 },
  "min-p 0.05": { minP: 0.05 },
  "typical 0.9": { typicalP: 0.9 },
  "top-n-sigma 1": { topNSigma: 1 },
  "XTC 0.5, 0.1": { xtcProbability: 0.5 },
  "hf, T 0.8, k 50, p 0.95": { temperature: 0.8, topK: 50, topP: 0.95, chain: "hf" },
  "llamacpp, its defaults": llamacpp,
  "the same with penalties and DRY": { ...llamacpp, repetitionPenalty: 1.1, dryMultiplier: 0.8 },
};

/** A normal number (Box and Muller). */
let position = 0;
function normal(): number {
  const u = () => uniform({ seed: 1, position: position++ });
  return Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
}

const shapes = {
  // A few tokens far above the rest, as after most words; then a place where nearly anything may follow.
  "like a trained model": Float32Array.from(
    { length: VOCABULARY },
    (_, id) => 2 * normal() + 9 * Math.exp(-id / 30),
  ),
  "a wide choice": Float32Array.from({ length: VOCABULARY }, () => 2.5 * normal() - 30),
  "nearly flat": Float32Array.from({ length: VOCABULARY }, () => 0.1 * normal()),
};
const prompt = Array.from({ length: 512 }, (_, i) => (i * 7919) % VOCABULARY);

for (const [shape, logits] of Object.entries(shapes)) {
  const samplers = Object.entries(settings).map(([name, params]) => {
    const resolved = resolve(params);
    const sampler = new Sampler(
      resolved,
      new History(prompt, resolved.chain.penaltyWindow),
      VOCABULARY,
      1,
      0,
    );
    return { name, sampler, times: [] as number[] };
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { sampler, times } of samplers) {
      const start = process.cpuUsage();
      for (let step = 0; step < STEPS; step++) sampler.next(logits);
      const { user, system } = process.cpuUsage(start);
      times.push((user + system) / 1000 / STEPS);
    }
  }
  console.log(`\n${shape}: CPU-ms for one of ${VOCABULARY} logits`);
  for (const { name, times } of samplers) {
    const median = times.sort((a, b) => a - b)[ROUNDS >> 1]!;
    console.log(`${name.padEnd(34)} ${median.toFixed(3)}   (best ${times[0]!.toFixed(3)})`);
  }
}
