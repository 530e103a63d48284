import { type Engine, referenceEngine, wasmEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { all, answer, conform, evaluate, inputsOf, oracle } from "./conforming.js";
import { closedAtEnd } from "./engines/closed-at-end.js";
import { nativeEngines } from "./engines/native/engines.js";
import { tfjsEngines } from "./engines/tfjs/engines.js";

describe("reference in float64 against finite differences", () => {
  test.each(all.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const inputs = inputsOf(each);
    const { grads } = await answer(each);
    for (const [i, input] of inputs.entries()) {
      const picks = [0, Math.floor(input.length / 2), input.length - 1];
      for (const at of new Set(picks)) {
        const step = 1e-5;
        const probe = async (delta: number) => {
          const moved = inputs.map((values) => values.slice());
          moved[i]![at]! += delta;
          return (await evaluate(oracle, each, moved)).value;
        };
        const slope = ((await probe(step)) - (await probe(-step))) / (2 * step);
        expect([grads[i]![at]!]).toBeAllclose([slope], { rtol: 1e-5, atol: 1e-6 });
      }
    }
    expect(oracle.memory.allocations).toBe(0);
  });
});

const engines = {
  reference: referenceEngine,
  "wasm baseline": () => wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": () => wasmEngine({ variant: "relaxed", threads: 2 }),
  ...Object.fromEntries(Object.entries(await nativeEngines()).map(([name, engine]) => [name, () => engine])),
  ...tfjsEngines,
};

describe.each(Object.entries(engines))("%s against reference in float64", (_, make) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = closedAtEnd(await make());
  });

  test.each(all.map((each) => [each.name, each] as const))("%s", (_, each) => conform(engine, each));
});
