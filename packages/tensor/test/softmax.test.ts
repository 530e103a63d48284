import {
  crossEntropy,
  type Engine,
  referenceEngine,
  scope,
  softmax,
  tensor,
  useEngine,
  wasmEngine,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import "./close.js";
import { nativeEngines } from "./engines/native/engines.js";

const engines: Record<string, () => Engine | Promise<Engine>> = {
  reference: referenceEngine,
  "wasm baseline": () => wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": () => wasmEngine({ variant: "relaxed", threads: 1 }),
  ...Object.fromEntries(Object.entries(await nativeEngines(1)).map(([name, engine]) => [name, () => engine])),
};

describe.each(Object.entries(engines))("on %s", (_, make) => {
  beforeEach(async () => {
    await useEngine(await make());
  });

  /** Rows of so many values that vectors and what is left of them are both used. */
  const row = (first: number) => Float32Array.from({ length: 39 }, (_, i) => (i === 0 ? first : i / 4 - 3));
  const of = (values: Float32Array) => scope(() => softmax(tensor(values, [1, values.length])).data());

  test.each([0, 15, 38])("one NaN, at %i, makes all of a row and its loss NaN", async (place) => {
    const values = row(0);
    values[place] = Number.NaN;
    expect([...(await of(values))].every(Number.isNaN)).toBe(true);
    const loss = await scope(() => crossEntropy(tensor(values, [1, 39]), tensor([1], [1], "int32")).data());
    expect(loss[0]).toBeNaN();
  });

  test.each([-1e30, Number.NEGATIVE_INFINITY, 80, 1e30])(
    "beside %f, weights are those of the formula",
    async (first) => {
      const values = row(first);
      const largest = Math.max(...values);
      const powers = Array.from(values, (value) => Math.exp(value - largest));
      const sum = powers.reduce((a, b) => a + b);
      const weights = powers.map((power) => power / sum);
      expect(await of(values)).toBeAllclose(weights, { rtol: 1e-6, atol: 1e-7 });
    },
  );
});
