import { type Engine, referenceEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "../../cases.js";
import "../../close.js";
import { upload } from "./buffers.js";
import { nativeEngines } from "./engines.js";

const numbers = { lr: 0.1, beta1: 0.9, beta2: 0.95, eps: 0.1, step: 3, gradScale: 0.5 };

/** Parameters, first and second moments after a step. */
async function step(on: Engine, length: number) {
  const [parameter, grad, m, v] = [1, 2, 3, 4].map((key) => {
    const values = noise(length, key).map(Math.fround);
    return upload(on, key === 4 ? values.map(Math.abs) : values);
  }) as [
    ReturnType<typeof upload>,
    ReturnType<typeof upload>,
    ReturnType<typeof upload>,
    ReturnType<typeof upload>,
  ];
  on.adamw({ tensors: [{ parameter, grad, m, v, weightDecay: 0.1 }], ...numbers });
  const results = await Promise.all([parameter, m, v].map((buffer) => on.download(buffer)));
  for (const buffer of [parameter, grad, m, v]) on.free(buffer);
  return results;
}

describe.each(Object.entries(await nativeEngines(1)))("adamw on %s", (_, on) => {
  test.each([1, 3, 7, 8, 9, 16, 17, 64, 100, 257, 20_011])(
    "of %i elements is that of the formula",
    async (length) => {
      const expected = await step(referenceEngine({ precision: "float64" }), length);
      const actual = await step(on, length);
      for (const [i, values] of expected.entries()) {
        expect(actual[i]!).toBeAllclose(values, { rtol: 1e-5, atol: 1e-6 });
      }
    },
  );
});

test("a step is the same, bit for bit, on any number of threads", async () => {
  for (const products of ["avx2", "avx512"] as const) {
    const results = [];
    for (const threads of [1, 2, 3]) {
      const engine = (await nativeEngines(threads))[`native ${products}`];
      // The last of three parts is a few elements, of which not all are whole vectors.
      if (engine) results.push(await step(engine, 3 * 8192 - 27));
    }
    for (const each of results) expect(each).toEqual(results[0]);
  }
});
