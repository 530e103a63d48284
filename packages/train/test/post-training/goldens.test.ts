// Losses and gradients are those of PyTorch's autograd (../golden/post_training.py).
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Gpt } from "@llm/gpt";
import { Rests } from "@llm/platform/rest";
import { type Tensor, useEngine, write } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { dpo, rewardModel } from "../../src/index.js";
import { passesOf } from "../../src/post-training/passes.js";
import { policyGradient } from "../../src/post-training/policy-gradient.js";
import { advantagesOf, type Normalization, tokenWeights } from "../../src/post-training/policy-loss.js";
import { recording } from "./recording.js";

type Gradient = Record<string, [norm: number, probe: number]>;
interface Golden {
  texts: { prompt: number[]; ids: number[]; forced: number[]; old: number[]; reference: number[] }[];
  rewards: number[];
  policies: {
    normalize: Normalization;
    scale?: "group";
    clip?: [number, number];
    kl?: number;
    temperature?: number;
    loss: number;
    gradient: Gradient;
  }[];
  pairs: { prompt: number[]; chosen: number[]; rejected: number[] }[];
  preferences: { kind: "sigmoid" | "ipo"; loss: number; gradient: Gradient }[];
  judge: { loss: number; scores: [number, number][]; gradient: Gradient };
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const golden: Golden = JSON.parse(readFileSync(path("../golden/post-training.json"), "utf8"));
const load = () => Gpt.load(path("../../../gpt/test/golden/tanh"));
const SAMPLES = 3;
const MAX_TOKENS = 8;
const one = { batchSize: 3, steps: 1, lr: 0, maxGradNorm: Infinity };
const TOLERANCE = { float64: 1e-9, float32: 1e-5 };
const PRECISIONS = ["float64", "float32"] as const;

/** The tolerance is that of a gradient of length 1. */
async function expectGradient(
  names: string[],
  grads: readonly Tensor[],
  wanted: Gradient,
  tolerance: number,
) {
  const lengths = Object.values(wanted).map(([norm]) => norm);
  const near = tolerance * Math.max(1, Math.hypot(...lengths));
  expect([...names].sort()).toEqual(Object.keys(wanted).sort());
  for (const [i, name] of names.entries()) {
    const values = Float64Array.from(await grads[i]!.data());
    const probe = values.reduce((sum, value, j) => sum + value * Math.cos(j), 0);
    const [norm, product] = wanted[name]!;
    expect(Math.abs(Math.hypot(...values) - norm), `norm of ${name}`).toBeLessThan(near);
    expect(Math.abs(probe - product), `direction of ${name}`).toBeLessThan(Math.sqrt(values.length) * near);
  }
}

describe.each(PRECISIONS)("%s", (precision) => {
  const tolerance = TOLERANCE[precision];

  test.each(golden.policies)(
    "policy: $normalize, scale $scale, clip $clip, kl $kl, temperature $temperature",
    async ({ normalize, scale, clip, kl, temperature = 1, loss, gradient }) => {
      await useEngine("reference", { precision });
      const model = await load();
      const parameters = model.parameters();
      const advantages = advantagesOf(golden.rewards, SAMPLES, {
        baseline: "group",
        scale: scale ?? "none",
      });
      const counts = golden.texts.map(({ forced }) => forced.filter((put) => !put).length);
      const weights = tokenWeights(counts, SAMPLES, normalize, MAX_TOKENS);
      const texts = golden.texts.map(({ prompt, ids, forced }, i) => ({
        ids: [...prompt, ...ids],
        mask: [...prompt.map(() => 0), ...forced.map((put) => 1 - put)],
        advantage: advantages[i]!,
        weight: weights[i]!,
      }));
      const all = (which: "old" | "reference") =>
        golden.texts.map((text) => Float64Array.from([...text.prompt.map(() => 0), ...text[which]]));
      const how = {
        temperature,
        ...(clip ? { old: all("old"), clip: { low: clip[0], high: clip[1] } } : {}),
        ...(kl ? { reference: all("reference"), klWeight: kl } : {}),
      };
      const passes = passesOf(texts, 20); // more than one
      expect(passes.length).toBeGreaterThan(1);
      const found = await policyGradient(model, parameters, texts, passes, how, {
        rests: new Rests(),
        signal: undefined,
      });
      expect(Math.abs(found.loss - loss)).toBeLessThan(tolerance);
      expect(found.clipped > 0).toBe(clip !== undefined);
      const names = parameters.map(({ name }) => name);
      await expectGradient(names, found.sums.grads, gradient, tolerance);
    },
  );

  test.each(golden.preferences)("dpo: $kind", async ({ kind, loss, gradient }) => {
    await useEngine("reference", { precision });
    const model = await load();
    const reference = await load();
    for (const p of reference.parameters()) {
      const values = await p.data();
      for (let i = 0; i < values.length; i++) values[i] = values[i]! + 0.05 * Math.sin(i);
      write(p, values);
    }
    const optimizer = recording();
    const options = { ...one, loss: kind, reference, optimizer, passTokens: 16 };
    for await (const step of dpo(model, golden.pairs, options)) {
      expect(Math.abs(step.loss - loss) / Math.max(1, loss)).toBeLessThan(tolerance);
    }
    const names = model.parameters().map(({ name }) => name);
    await expectGradient(names, optimizer.updates[0]!, gradient, tolerance);
  });

  test("reward model", async () => {
    await useEngine("reference", { precision });
    const optimizer = recording();
    const judge = rewardModel(await load(), golden.pairs, {
      ...one,
      centering: 0.01,
      optimizer,
      passTokens: 16,
    });
    write(
      judge.head,
      Float64Array.from({ length: judge.head.size }, (_, i) => 0.3 * Math.cos(i)),
    );
    const texts = golden.pairs.flatMap(({ prompt, chosen, rejected }) => [
      [...prompt, ...chosen],
      [...prompt, ...rejected],
    ]);
    const scores = await judge.score(texts);
    for (const [i, score] of golden.judge.scores.flat().entries()) {
      expect(Math.abs(scores[i]! - score)).toBeLessThan(tolerance);
    }
    for await (const step of judge) expect(Math.abs(step.loss - golden.judge.loss)).toBeLessThan(tolerance);
    const { score, ...gradient } = golden.judge.gradient;
    const names = judge.parameters().map(({ name }) => name);
    await expectGradient(names, optimizer.updates[0]!, { ...gradient, "score.weight": score! }, tolerance);
  });
});
