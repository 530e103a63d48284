import { type Engine, EngineError, referenceEngine, wasmEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";
import { nativeEngines } from "./engines/native/engines.js";

const [batch, m, n, k] = [2, 13, 37, 20];

/** A product with all of its last steps: the output, and the values before the activation. */
async function product(on: Engine, accumulate: boolean) {
  const buffer = (length: number, key: number) => {
    const made = on.allocate(length, "float32");
    on.upload(made, noise(length, key).map(Math.fround), 0);
    return made;
  };
  const [a, b, bias] = [buffer(batch * m * k, 1), buffer(batch * k * n, 2), buffer(n, 3)];
  const [out, pre, residual] = [4, 5, 6].map((key) => buffer(batch * m * n, key)) as [
    typeof a,
    typeof a,
    typeof a,
  ];
  const sizes = { m, n, k, batch, transposeA: false, transposeB: false };
  const steps = accumulate ? { bias, residual } : { bias, residual, pre, activation: "gelu" as const };
  on.gemm({ a, b, out: { buffer: out, accumulate }, ...sizes, ...steps });
  const results = [await on.download(out), accumulate ? [] : await on.download(pre)];
  for (const each of [a, b, bias, out, pre, residual]) on.free(each);
  return results;
}

const engines: Record<string, () => Engine | Promise<Engine>> = {
  wasm: () => wasmEngine({ threads: 2 }),
  ...Object.fromEntries(Object.entries(await nativeEngines()).map(([name, engine]) => [name, () => engine])),
  ...deviceEngines,
};

describe.each(Object.entries(engines))("on %s", (_, make) => {
  test.each([false, true])(
    "batches with bias, activation and residual; accumulated: %s",
    async (accumulate) => {
      const expected = await product(referenceEngine({ precision: "float64" }), accumulate);
      const actual = await product(await make(), accumulate);
      for (const [i, values] of expected.entries()) {
        expect(actual[i]!).toBeAllclose(values, { rtol: 1e-5, atol: 1e-5 });
      }
    },
  );
});

test("the output cannot be its own residual", async () => {
  const on = await wasmEngine({ threads: 1 });
  const [a, b, out] = [1, 2, 3].map(() => on.allocate(16, "float32"));
  const sizes = { m: 4, n: 4, k: 4, batch: 1, transposeA: false, transposeB: false };
  const args = { a: a!, b: b!, out: { buffer: out!, accumulate: false }, ...sizes, residual: out! };
  expect(() => on.gemm(args)).toThrow(EngineError);
  expect(() => on.gemm(args)).toThrow("accumulate instead");
});
