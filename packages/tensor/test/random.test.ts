import {
  randomNormal,
  randomUniform,
  referenceEngine,
  type Tensor,
  useEngine,
  wasmEngine,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { deviceEngines } from "./engines/device.js";

const wasm = await wasmEngine({ variant: "relaxed" });
const engines = {
  wasm: () => wasm,
  "wasm baseline": () => wasmEngine({ variant: "baseline" }),
  ...deviceEngines,
};

const fills: Record<string, (length: number) => Tensor> = {
  normal: (length) => randomNormal([length], { mean: 1, std: 2, seed: 3, stream: 4 }),
  uniform: (length) => randomUniform([length], { low: -1, high: 3, seed: 3, stream: 4 }),
};

describe.each(Object.entries(fills))("%s", (_, fill) => {
  const names = Object.keys(engines).join(", ");
  test.each([1, 3, 17, 100_001])(`%d values are equal to the last bit on ${names}`, async (length) => {
    await useEngine(referenceEngine());
    const expected = await fill(length).data();
    for (const make of Object.values(engines)) {
      await useEngine(await make());
      expect(await fill(length).data()).toEqual(expected);
    }
  });
});

test("normal values have the distribution of normal values", async () => {
  await useEngine(wasm);
  const n = 200_000;
  const values = Array.from(await randomNormal([n], { seed: 5 }).data());
  const moment = (k: number) => values.reduce((total, value) => total + value ** k, 0) / n;
  // Four standard errors of each moment: of x^k that is sqrt((E x^2k - (E x^k)^2) / n).
  expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / n));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  // Neighbours come from one pair of words, and must not be correlated.
  let product = 0;
  for (let i = 0; i < n; i += 2) product += values[i]! * values[i + 1]!;
  expect(Math.abs(product / (n / 2))).toBeLessThan(4 * Math.sqrt(2 / n));
  // The expected number beyond 3 standard deviations is 0.27%.
  const beyond = values.reduce((total, value) => total + (Math.abs(value) > 3 ? 1 : 0), 0);
  expect(Math.abs(beyond - 0.0027 * n)).toBeLessThan(4 * Math.sqrt(0.0027 * n));
});

test("seeds and streams give other values", async () => {
  await useEngine(wasm);
  const first = await randomUniform([100], { seed: 1 }).data();
  for (const options of [{ seed: 2 }, { seed: 1, stream: 1 }]) {
    const other = await randomUniform([100], options).data();
    expect(other.filter((value, i) => value === first[i]).length).toBe(0);
  }
});
