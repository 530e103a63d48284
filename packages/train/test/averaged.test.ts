import { readFileSync } from "node:fs";
import { Gpt } from "@llm/gpt";
import { parameter, tensor, useEngine } from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import {
  adamw,
  averaged,
  averagesOf,
  type CheckpointStore,
  evaluate,
  type Snapshot,
  schedule,
  tokenArray,
  train,
} from "../src/index.js";

const config = { vocabSize: 12, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 16 };
const data = tokenArray(Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 12));
const base = { steps: 6, batchSize: 4, blockSize: 8, lr: 1e-2, seed: 3 };
const fixed = { batches: 2, batchSize: 4, blockSize: 8 };
const weightsOf = async (model: Gpt) =>
  Promise.all(model.parameters().map(async (p) => [...(await p.data())]));

/** Keeps snapshots in memory. */
function memory() {
  const saved: Snapshot[] = [];
  const store: CheckpointStore = { save: async (s) => saved.push(s), latest: async () => saved.at(-1) };
  return { saved, store };
}

beforeEach(() => useEngine("reference"));

describe("averaged", () => {
  test.each([
    ["float64", 1e-12],
    ["float32", 1e-6],
  ] as const)("repeats AveragedModel of PyTorch, %s (golden/averaged.py)", async (precision, tolerance) => {
    await useEngine("reference", { precision });
    const { first, steps } = JSON.parse(
      readFileSync(new URL("./golden/averaged.json", import.meta.url), "utf8"),
    ) as { first: number[]; steps: { grad: number[]; average: number[] }[] };
    const weight = parameter("w", first, [3, 4]);
    const state = averaged(adamw({ betas: [0.9, 0.95], weightDecay: 0.1 }), { decay: 0.7 }).start([weight]);
    for (const [i, { grad, average }] of steps.entries()) {
      state.update([tensor(grad, [3, 4])], { lr: 0.05, step: i + 1, gradScale: 1 });
      const found = await state.tensors().get("averaged.w")!.data();
      for (const [j, wanted] of average.entries()) {
        expect(Math.abs(found[j]! - wanted), `average ${j} of step ${i + 1}`).toBeLessThan(tolerance);
      }
    }
    state.dispose();
  });

  test("a decay of 0 is the weights themselves, also by a schedule", async () => {
    for (const decay of [0, () => 0]) {
      const { saved, store } = memory();
      const model = Gpt.create(config, { seed: 1 });
      for await (const _ of train(model, data, {
        ...base,
        optimizer: averaged(adamw(), { decay }),
        checkpoints: store,
      }));
      const [snapshot] = saved;
      for (const [name, { data }] of averagesOf(snapshot!)) {
        expect([...data], name).toEqual([...snapshot!.weights.get(name)!.data]);
      }
    }
  });

  test("the weights are trained as without, and are back after withAverages", async () => {
    const [plain, kept] = [Gpt.create(config, { seed: 1 }), Gpt.create(config, { seed: 1 })];
    for await (const _ of train(plain, data, base));
    const optimizer = averaged(adamw(), { decay: schedule.constant({ lr: 0.9 }) });
    let losses: number[] = [];
    for await (const { step } of train(kept, data, { ...base, optimizer })) {
      if (step < base.steps) continue;
      const weights = await evaluate(kept, data, fixed);
      const averages = await optimizer.withAverages(() => evaluate(kept, data, fixed));
      await expect(
        optimizer.withAverages(() => {
          throw new Error("in the middle");
        }),
      ).rejects.toThrow("in the middle");
      losses = [weights["val"]!, averages["val"]!, (await evaluate(kept, data, fixed))["val"]!];
    }
    expect(losses[1]).not.toBe(losses[0]);
    expect(losses[2]).toBe(losses[0]);
    for (const [i, values] of (await weightsOf(kept)).entries()) {
      for (const [j, value] of values.entries())
        expect(value).toBeCloseTo((await weightsOf(plain))[i]![j]!, 5);
      if (i > 2) break;
    }
    await expect(optimizer.withAverages(() => 0)).rejects.toThrow("within the loop");
  });

  test("train evaluates the averages where it is asked to, and the weights are trained as without", async () => {
    const options = () => ({ ...base, optimizer: averaged(adamw(), { decay: 0.8 }) });
    const run = async (evaluation: object) => {
      const { optimizer, ...rest } = options();
      const model = Gpt.create(config, { seed: 1 });
      const found: { train: number; own?: number; asked: number }[] = [];
      const plan = { every: 2, batches: 2, ...evaluation };
      for await (const { loss, evaluation: losses } of train(model, data, {
        ...rest,
        optimizer,
        evaluate: plan,
      })) {
        if (!losses) continue;
        const own = await optimizer.withAverages(() => evaluate(model, data, { ...fixed, seed: base.seed }));
        found.push({ train: loss, own: own["val"]!, asked: losses["val"]! });
      }
      return found;
    };
    const [weights, averages] = [await run({}), await run({ averages: true })];
    expect(averages.length).toBe(3);
    for (const [i, { train, own, asked }] of averages.entries()) {
      expect(asked).toBe(own);
      expect(asked).not.toBe(weights[i]!.asked);
      expect(train).toBe(weights[i]!.train);
    }
    const without = train(Gpt.create(config, { seed: 1 }), data, {
      ...base,
      evaluate: { every: 1, batches: 1, averages: true },
    });
    await expect(without.next()).rejects.toThrow("evaluate.averages needs averages");
  });

  test("a run that stopped and went on has the averages of one in one piece", async () => {
    const options = () => ({ ...base, optimizer: averaged(adamw(), { decay: 0.8 }) });
    const whole = memory();
    for await (const _ of train(Gpt.create(config, { seed: 1 }), data, {
      ...options(),
      checkpoints: whole.store,
    }));
    const parts = memory();
    for await (const { step } of train(Gpt.create(config, { seed: 1 }), data, {
      ...options(),
      checkpoints: parts.store,
    })) {
      if (step === 3) break;
    }
    for await (const _ of train(Gpt.create(config, { seed: 1 }), data, {
      ...options(),
      checkpoints: parts.store,
    }));
    expect(parts.saved.map(({ step }) => step)).toEqual([3, 6]);
    expect(averagesOf(parts.saved[1]!)).toEqual(averagesOf(whole.saved[0]!));
    await expect(async () => {
      const other = {
        ...base,
        steps: 8,
        optimizer: averaged(adamw(), { decay: 0.9 }),
        checkpoints: parts.store,
      };
      for await (const _ of train(Gpt.create(config, { seed: 1 }), data, other));
    }).rejects.toThrow("optimizer.decay was 0.8 and is 0.9");
  });

  test("refuses a decay that is none, and a checkpoint without averages", () => {
    expect(() => averaged(adamw(), { decay: 1 })).toThrow("decay of averaged is 1");
    const snapshot = {
      step: 3,
      weights: new Map([["w", { shape: [1], data: new Float32Array(1) }]]),
      optimizer: new Map(),
    };
    expect(() => averagesOf({ ...snapshot, tokens: 0, evaluations: [], settings: {} })).toThrow(
      "the checkpoint of step 3 has no averages",
    );
  });
});
