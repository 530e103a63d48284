import { type Activation, type Engine, wasmEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { nativeEngines } from "./engines.js";

const gate = {
  gelu: (x: number) => 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3),
  silu: (x: number) => x,
} satisfies Partial<Record<Activation, (x: number) => number>>;
const slope = {
  gelu: (x: number) => 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2),
  silu: () => 1,
};
const sigmoid = (u: number) => 1 / (1 + Math.exp(-u));

/** Everywhere that is of interest, in a number that no vector divides; Float32Array so that both sides see the same. */
const inputs = Float32Array.from([
  ...Array.from({ length: 4000 }, (_, i) => (i - 2000) / 100),
  ...[0, -0, 1e-30, -1e-8, 50, -50, 88, -88, 500, -500, 1e4, -1e4, Number.NaN],
]);
const up = inputs.map((_, i) => Math.sin(i));

const engines: Record<string, Engine> = {
  wasm: await wasmEngine({ threads: 1 }),
  ...(await nativeEngines(1)),
};

describe.each(Object.entries(engines))("on %s", (_, on) => {
  test.each(["gelu", "silu"] as const)("%s and its derivative are those of the formula", async (kind) => {
    const [x, dOut, out] = [inputs, up, inputs].map((values) => {
      const buffer = on.allocate(values.length, "float32");
      on.upload(buffer, values, 0);
      return buffer;
    }) as [ReturnType<Engine["allocate"]>, ReturnType<Engine["allocate"]>, ReturnType<Engine["allocate"]>];
    const expectClose = async (what: string, expected: (x: number, i: number) => number) => {
      const actual = await on.download(out);
      inputs.forEach((x, i) => {
        const [got, wanted] = [actual[i]!, expected(x, i)];
        if (Number.isNaN(x)) expect(got, what).toBeNaN();
        else if (!(Math.abs(got - wanted) <= 3e-6 * Math.max(1, Math.abs(wanted))))
          expect(`${what} of ${x} is ${got}`).toBe(`${wanted}`);
      });
    };
    const derivative = (x: number) => {
      const s = sigmoid(gate[kind](x));
      return s + x * s * (1 - s) * slope[kind](x);
    };
    on.activation({ kind, x, out });
    await expectClose(kind, (x) => x * sigmoid(gate[kind](x)));
    on.activationBackward({ kind, x, dOut, dX: { buffer: out, accumulate: false } });
    await expectClose("gradient", (x, i) => up[i]! * derivative(x));
    on.activationBackward({ kind, x, dOut, dX: { buffer: out, accumulate: true } });
    await expectClose("twice the gradient", (x, i) => 2 * up[i]! * derivative(x));
    for (const buffer of [x, dOut, out]) on.free(buffer);
  });
});
