// On engines whose promises are all settled nothing but a macrotask lets timers, signals and sockets run. That it comes between
// any two pieces of work, on every engine, is stopping.test.ts's.
import { Gpt, type GptConfig } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { ticksDuring } from "../../../.config/ticks.js";
import { type Batches, evaluate, tokenArray, train } from "../src/index.js";

const config: GptConfig = { vocabSize: 64, blockSize: 32, nLayer: 2, nHead: 2, nEmbd: 32 };
const data = tokenArray(Array.from({ length: 4000 }, (_, i) => (i * i) % 64));
const sizes = { batchSize: 4, blockSize: 32 };

// As many batches as take about 0.1 s.
describe.each([
  ["reference", 8],
  ["wasm", 30],
  ["auto", 50],
] as const)("engine %s", (engine, accumulation) => {
  beforeEach(() => useEngine(engine));

  test("timers run while a step of many batches is computed", async () => {
    const model = Gpt.create(config, { seed: 1 });
    const plan = { ...sizes, steps: 1, accumulation, lr: 1e-3 };
    expect(await ticksDuring(() => train(model, data, plan).next(), 1)).toBeGreaterThan(1);
  });

  test("timers run while a model is evaluated", async () => {
    const model = Gpt.create(config, { seed: 1 });
    expect(
      await ticksDuring(() => evaluate(model, data, { ...sizes, batches: 3 * accumulation }), 1),
    ).toBeGreaterThan(1);
  });
});

test("a signal that is aborted during an evaluation ends the run without an error", async () => {
  await useEngine("reference");
  const stop = new AbortController();
  const from: Batches = {
    batch(key) {
      if (key.split === "val" && key.micro === 2) stop.abort();
      return data.batch(key);
    },
  };
  const model = Gpt.create(config, { seed: 1 });
  const options = {
    ...sizes,
    steps: 9,
    lr: 1e-3,
    evaluate: { every: 2, batches: 1_000_000 },
    signal: stop.signal,
  };
  const seen = [];
  for await (const { step, evaluation } of train(model, from, options)) seen.push([step, evaluation]);
  expect(seen).toEqual([
    [1, undefined],
    [2, undefined],
  ]);
});
