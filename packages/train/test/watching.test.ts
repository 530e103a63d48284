import { Gpt, type GptConfig } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  chinchilla,
  lrRangeTest,
  OptionsError,
  spikeWatch,
  type TrainStep,
  tokenArray,
} from "../src/index.js";
import { progressView } from "../src/node/index.js";
import { sparkline } from "../src/node/progress-view.js";

const tiny: GptConfig = { vocabSize: 12, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 16 };
const data = tokenArray(Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 12));
beforeAll(() => useEngine("reference"));

describe("the learning rate range test", () => {
  test("finds rates that train, and gives the weights back", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const before = await Promise.all(model.parameters().map((p) => p.data()));
    const options = { batchSize: 4, blockSize: 8, steps: 60, from: 1e-5, to: 30 };
    const { points, steepest, suggested } = await lrRangeTest(model, data, options);
    expect(await Promise.all(model.parameters().map((p) => p.data()))).toEqual(before);
    expect(points[0]!.lr).toBeCloseTo(1e-5, 10);
    expect(points.length).toBeLessThan(60); // it ended when the loss went up
    expect(steepest).toBeGreaterThan(1e-4);
    expect(suggested).toBeGreaterThan(1e-4);
    expect(suggested).toBeLessThan(1);
  });

  test.each([
    [{ from: 0 }, "goes from 0"],
    [{ from: 1, to: 0.1 }, "goes from 1 to 0.1"],
    [{ to: Infinity }, "to Infinity"],
    [{ too: 1 }, 'did you mean "to"'],
  ])("%o", async (wrong, message) => {
    const attempt = lrRangeTest(Gpt.create(tiny, { seed: 1 }), data, {
      batchSize: 4,
      blockSize: 8,
      ...wrong,
    });
    await expect(attempt).rejects.toThrow(OptionsError);
    await expect(attempt).rejects.toThrow(message);
  });
});

test("Chinchilla's budget: 70 B parameters want 1.4 T tokens, and 5.88e23 operations", () => {
  const budget = chinchilla({ parameters: 70e9 });
  expect(budget).toEqual({ parameters: 70e9, tokens: 1.4e12, flops: 5.88e23 });
  expect(chinchilla({ flops: 5.88e23 }).parameters).toBeCloseTo(70e9, -3);
  for (const wrong of [{}, { parameters: 0 }, { flops: Number.NaN }, { parameters: 1, flops: 1 }]) {
    expect(() => chinchilla(wrong as never)).toThrow(OptionsError);
  }
});

test("spikes are told from noise, and do not hide the next one", () => {
  const watch = spikeWatch();
  const loss = (step: number) => 2 + 0.1 * Math.sin(step) + (step === 50 || step === 52 ? 3 : 0);
  const found = [];
  for (let step = 1; step <= 100; step++) {
    const spike = watch({ step, loss: loss(step) });
    if (spike) found.push(spike.step);
  }
  expect(found).toEqual([50, 52]);
});

describe("the view", () => {
  const step = (n: number, more: Partial<TrainStep> = {}): TrainStep => ({
    step: n,
    loss: 4 / n,
    gradNorm: 1,
    lr: 3e-4,
    tokens: 32 * n,
    seconds: 0.5,
    tokensPerSecond: 12_345,
    ...more,
  });
  const output = (isTTY: boolean) => {
    const written: string[] = [];
    return { written, isTTY, columns: 200, write: (text: string) => written.push(text) };
  };

  test("on a terminal: one line with bars, tokens per second, utilisation and time left", () => {
    const to = output(true);
    const view = progressView({ steps: 100, output: to, env: {} });
    view.step(step(1, { mfu: 0.41 }));
    expect(to.written.join("")).toContain(
      "step 1/100  loss 4.0000  ▁  lr 3.0e-4  12,345 tokens/s  MFU 41.0%  0:50 left",
    );
    view.step(step(2, { evaluation: { val: 2.5 } }));
    expect(to.written.join("")).toContain("step 2: val 2.5000\n");
    view.end();
    expect(to.written.at(-1)).toMatch(/^step 2\/100 .* left\n$/);
  });

  test("in a pipe: whole lines, now and then, and the last one", () => {
    const to = output(false);
    const view = progressView({ steps: 100, output: to, env: {} });
    for (let n = 1; n <= 10; n++) view.step(step(n));
    view.end();
    expect(to.written.length).toBe(2);
    for (const sign of ["\r", "\u001b", "▁", "█"]) expect(to.written.join("")).not.toContain(sign);
    expect(to.written[1]).toMatch(/^step 10\/100 {2}loss 0\.4000/);
  });

  test("a sparkline", () => {
    expect(sparkline([8, 6, 4, 2, 1], 10)).toBe("█▆▄▂▁");
    expect(sparkline([1, 1], 10)).toBe("▁▁");
    expect(sparkline([4, 4, 1, 1, Number.NaN, 2], 3)).toBe("█▁×");
    expect(sparkline([], 3)).toBe("");
  });
});
