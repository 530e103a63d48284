import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSafetensors, tensor, useEngine, valueAndGrad } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { Gpt } from "../src/index.js";

interface Golden {
  ids: number[];
  targets: number[];
  mask: number[];
  loss: number;
  maskedLoss: number;
  greedy: number[][];
}

const path = (name: string) => fileURLToPath(new URL(`./golden/${name}`, import.meta.url));

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

// What transformers' GPT2LMHeadModel answers in float64 (golden/make.py).
describe.each(["tanh", "erf"])("against transformers, %s", (name) => {
  const golden: Golden = JSON.parse(readFileSync(path(`${name}/golden.json`), "utf8"));
  const expected = readSafetensors(readFileSync(path(`${name}/golden.safetensors`))).tensors;
  const shape = [3, 12];
  const load = () => Gpt.load(path(name));
  const ids = () => tensor(golden.ids, shape, "int32");
  const targets = () => tensor(golden.targets, shape, "int32");

  describe("in float64", () => {
    beforeAll(() => useEngine("reference", { precision: "float64" }));

    test("logits and losses", async () => {
      const model = await load();
      const logits = await model.forward(ids()).data();
      expect(largestDifference(logits, expected.get("logits")!.data)).toBeLessThan(1e-6);
      const [loss] = await model.loss(ids(), targets()).data();
      expect(loss).toBeCloseTo(golden.loss, 12);
      const mask = tensor(golden.mask, shape);
      const [masked] = await model.loss(ids(), targets(), { mask }).data();
      expect(masked).toBeCloseTo(golden.maskedLoss, 12);
    });

    test("the gradient of every weight", async () => {
      const model = await load();
      const parameters = model.parameters();
      const { grads } = valueAndGrad(() => model.loss(ids(), targets()), parameters);
      expect(parameters.length).toBe(name === "tanh" ? expected.size - 1 : 2 + 2 * 6 + 1);
      for (const [i, { name }] of parameters.entries()) {
        const difference = largestDifference(await grads[i]!.data(), expected.get(name)!.data);
        expect(difference, name).toBeLessThan(1e-7);
      }
    });
  });

  describe.each(["reference", "auto"] as const)("in float32, engine %s", (engine) => {
    beforeAll(() => useEngine(engine));

    test("logits to 1e-4, every gradient to 1e-5", async () => {
      const model = await load();
      const logits = await model.forward(ids()).data();
      expect(largestDifference(logits, expected.get("logits")!.data)).toBeLessThan(1e-4);
      const { grads } = valueAndGrad(() => model.loss(ids(), targets()), model.parameters());
      for (const [i, { name }] of model.parameters().entries()) {
        const difference = largestDifference(await grads[i]!.data(), expected.get(name)!.data);
        expect(difference, name).toBeLessThan(1e-5);
      }
    });

    test("greedy continuation by session", async () => {
      const model = await load();
      const session = model.session(3);
      const rows = golden.greedy.map((row) => row.slice(0, 4));
      let next = rows.map((ids, row) => ({ row, ids }));
      while (rows[0]!.length < 12) {
        const logits = await session.step(next);
        next = logits.map((each, row) => ({ row, ids: [each.indexOf(Math.max(...each))] }));
        for (const { row, ids } of next) rows[row]!.push(...ids);
      }
      expect(rows).toEqual(golden.greedy);
    });
  });
});
