import {
  add,
  type Engine,
  matmul,
  mul,
  parameter,
  quantizedLinear,
  referenceEngine,
  scale,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import { nativeEngines } from "./engines/native/engines.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";

type Inputs = "float32" | "int8";

const oracle = referenceEngine({ precision: "float64" });
const engines: Record<string, Engine> = {
  reference: referenceEngine(),
  "wasm baseline": await wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": await wasmEngine({ variant: "relaxed", threads: 2 }),
  ...(await nativeEngines()),
  ...Object.fromEntries(
    await Promise.all(Object.entries(deviceEngines).map(async ([name, make]) => [name, await make()])),
  ),
};

/** Rows of x, columns, rows of the weight. */
type Shape = readonly [rows: number, columns: number, n: number];
const shapes: readonly Shape[] = [
  [1, 64, 16],
  [3, 17, 5],
  [3, 100, 258],
  [7, 257, 37],
  [40, 48, 515],
  [70, 96, 33],
];

const integers = (n: number, columns: number) =>
  noise(n * columns, 6).map((value) => Math.round(127 * Math.sin(9 * value)));
const scalesOf = (n: number) => noise(n, 7).map((value) => Math.fround(value / 127));

/** What `run` gives for x, the bias and the quantised weight, with the gradients of its sum times noise. */
async function gradients(on: Engine, [rows, columns, n]: Shape, inputs: Inputs, x: Float64Array, factor = 1) {
  await useEngine(on);
  const weight = {
    values: tensor(integers(n, columns), [n, columns], "int8"),
    scales: tensor(scalesOf(n), [n]),
  };
  const dOut = tensor(noise(rows * n, 8).map(Math.fround), [rows, n]);
  const xs = parameter("x", x, [rows, columns]);
  const bias = parameter("bias", noise(n, 9).map(Math.fround), [n]);
  const { value, grads } = valueAndGrad(() => {
    const y = quantizedLinear(xs, weight, bias, { inputs });
    // A second use, whose gradient is added to the first.
    const z = factor === 1 ? y : add(y, quantizedLinear(scale(xs, factor), weight, bias, { inputs }));
    return sum(mul(z, dOut));
  }, [xs, bias]);
  const results = await Promise.all([value, ...grads].map(async (each) => each.data()));
  for (const each of [value, ...grads, xs, bias, dOut, weight.values, weight.scales]) each.dispose();
  return results as unknown as [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];
}

const xOf = ([rows, columns]: Shape) => noise(rows * columns, 5).map(Math.fround);

test("the reference's gradient is that of finite differences", async () => {
  const shape: Shape = [3, 17, 5];
  const x = xOf(shape);
  const [, dX] = await gradients(oracle, shape, "float32", x, 2);
  for (const at of [0, 20, 50]) {
    const [up, down] = [1e-5, -1e-5].map(async (step) => {
      const moved = x.slice();
      moved[at]! += step;
      return (await gradients(oracle, shape, "float32", moved, 2))[0][0]!;
    });
    expect([dX[at]!]).toBeAllclose([((await up!) - (await down!)) / 2e-5], { rtol: 1e-6 });
  }
});

describe.each(Object.entries(engines))("%s", (_, engine) => {
  test.each(shapes)(
    "the gradients for %i x %i times %i rows in 8 bits are the reference's",
    async (...shape) => {
      const x = xOf(shape);
      for (const factor of [1, 2]) {
        const [, dX, dBias] = await gradients(oracle, shape, "float32", x, factor);
        const within = { rtol: 1e-5, atol: 3e-5 };
        const [, actualX, actualBias] = await gradients(engine, shape, "float32", x, factor);
        expect(actualX).toBeAllclose(dX, within);
        expect(actualBias).toBeAllclose(dBias, within);
        // Rounding x is the identity in its gradient.
        const rounded = await gradients(engine, shape, "int8", x, factor);
        expect(rounded.slice(1)).toEqual([actualX, actualBias]);
      }
      expect(engine.memory.allocations).toBe(0);
    },
  );

  test("a scale that is trained is refused: the weight is frozen", async () => {
    await useEngine(engine);
    const scales = parameter("scales", [1, 1], [2]);
    const values = tensor([1, 2, 3, 4, 5, 6], [2, 3], "int8");
    const x = tensor([1, 2, 3], [1, 3]);
    expect(() => valueAndGrad(() => sum(quantizedLinear(x, { values, scales })), [scales])).toThrow(/frozen/);
    for (const each of [scales, values, x]) each.dispose();
  });
});

const exact = Object.entries(engines).filter(([name]) => /wasm|avx/.test(name) && !name.includes("tfjs"));
test.each(exact)("on %s dX is the product with the dequantised weight, bit for bit", async (_, engine) => {
  for (const shape of shapes) {
    const [rows, columns, n] = shape;
    const [, dX] = await gradients(engine, shape, "float32", xOf(shape));
    const scales = scalesOf(n);
    const full = integers(n, columns).map((value, i) =>
      Math.fround(value * scales[Math.floor(i / columns)]!),
    );
    const dOut = noise(rows * n, 8).map(Math.fround);
    const product = matmul(tensor(dOut, [rows, n]), tensor(full, [n, columns]));
    expect(dX).toEqual(await product.data());
  }
});
