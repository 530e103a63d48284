import {
  concat,
  type Engine,
  globalNorm,
  linear,
  permute,
  quantize,
  quantizedLinear,
  referenceEngine,
  reshape,
  ShapeError,
  slice,
  tensor,
  useEngine,
  wasmEngine,
  write,
  zeros,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import { nativeEngines } from "./engines/native/engines.js";
import { noiseTensor } from "./fused-cases.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";

const oracle = referenceEngine({ precision: "float64" });
const sizes = [1, 3, 17, 64, 100, 257] as const;

/** The weight that 8 bits stand for, in double precision. */
const dequantized = (values: ArrayLike<number>, scales: ArrayLike<number>, columns: number): Float64Array =>
  Float64Array.from(values, (value, i) => value * scales[Math.floor(i / columns)]!);

const engines: Record<string, Engine> = {
  reference: referenceEngine(),
  "wasm baseline": await wasmEngine({ variant: "baseline" }),
  "wasm relaxed": await wasmEngine({ variant: "relaxed" }),
  ...(await nativeEngines()),
  ...Object.fromEntries(
    await Promise.all(Object.entries(deviceEngines).map(async ([name, make]) => [name, await make()])),
  ),
};

/** x W' + bias for noise, a row of zeros and a weight that reaches -128: [with 8-bit inputs, with float32]. */
async function products(on: Engine, rows: number, columns: number, n: number): Promise<Float32Array[]> {
  await useEngine(on);
  const x = noise(rows * columns, 5).map(Math.fround);
  if (rows > 2) x.fill(0, columns, 2 * columns);
  const ints = noise(n * columns, 6).map((value, i) =>
    i === 3 ? -128 : Math.round(127 * Math.sin(9 * value)),
  );
  const weight = { values: tensor(ints, [n, columns], "int8"), scales: noiseTensor([n], 7) };
  const inputs = [tensor(x, [rows, columns]), weight, noiseTensor([n], 8)] as const;
  const all = [
    quantizedLinear(...inputs, { inputs: "int8" }),
    quantizedLinear(inputs[0], weight, null, { inputs: "int8" }),
    quantizedLinear(...inputs),
  ];
  return Promise.all(all.map(async (each) => (await each.data()) as Float32Array));
}

describe.each(Object.entries(engines))("%s", (_, engine: Engine) => {
  test.each([
    [1, 64, 16],
    [3, 17, 5],
    [4, 64, 15],
    [4, 64, 16],
    [5, 192, 37],
    [6, 128, 48],
    [7, 48, 100],
    [9, 256, 301], // enough for two threads
    [2, 256, 301],
    [17, 320, 131],
    [70, 256, 16],
  ])("%d rows of %d times %d rows: 8-bit inputs give the same everywhere", async (rows, columns, n) => {
    const [int8, bare, float] = await products(engine, rows, columns, n);
    const expected = await products(engines["reference"]!, rows, columns, n);
    // tfjs adds the integers as floats, and a GPU need not divide exactly.
    const within = ["tfjs", "webgpu"].includes(engine.name)
      ? { rtol: 1e-5, atol: 1e-4 }
      : { rtol: 0, atol: 0 };
    expect(int8).toBeAllclose(expected[0]!, within);
    expect(bare).toBeAllclose(expected[1]!, within);
    expect(float).toBeAllclose(expected[2]!, { rtol: 1e-6, atol: 3e-3 * Math.sqrt(columns) });
    // Rounded by at most half of 1 / 127 of the largest, at random.
    expect(int8).toBeAllclose(expected[2]!, { rtol: 0, atol: Math.sqrt(columns) });
    expect(int8).not.toEqual(float);
  });

  test("a row that is not finite stays alone with it", async () => {
    await useEngine(engine);
    const x = noise(5 * 64, 5);
    x[70] = Number.NaN;
    x[200] = Number.POSITIVE_INFINITY;
    const weight = quantize(noiseTensor([16, 64], 4));
    const out = await quantizedLinear(tensor(x, [5, 64]), weight, null, { inputs: "int8" }).data();
    for (let i = 0; i < out.length; i++) {
      expect(Number.isFinite(out[i])).toBe(![1, 3].includes(Math.floor(i / 16)));
    }
  });

  test("8-bit inputs that could overflow are refused, as is a type that is none", async () => {
    await useEngine(engine);
    const weight = { values: zeros([1, 140_000], "int8"), scales: zeros([1]) };
    const x = zeros([1, 140_000]);
    expect(() => quantizedLinear(x, weight, null, { inputs: "int8" })).toThrow(/140000 products/);
    expect(() => quantizedLinear(x, weight, null, { inputs: "int4" as "int8" })).toThrow(/"int4"/);
  });

  test.each(sizes)("rows of %d are rounded to the nearest of 255 steps", async (columns) => {
    await useEngine(engine);
    const weight = noise(5 * columns, 3).map((x) => Math.fround(Math.round(1000 * x) / 1000)); // some are ties
    weight.fill(0, columns, 2 * columns); // one row of zeros
    const { values, scales } = quantize(tensor(weight, [5, columns]));
    const [ints, steps] = [await values.data(), await scales.data()];
    expect(ints).toBeInstanceOf(Int8Array);
    expect(steps[1]).toBe(0);
    await useEngine(oracle);
    expect(ints).toEqual(await quantize(tensor(weight, [5, columns])).values.data());
    for (let r = 0; r < 5; r++) {
      const row = Array.from(ints.subarray(r * columns, (r + 1) * columns), Math.abs);
      expect(Math.max(...row)).toBe(r === 1 ? 0 : 127);
    }
    dequantized(ints, steps, columns).forEach((value, i) => {
      expect(Math.abs(value - weight[i]!)).toBeLessThanOrEqual(
        0.5001 * steps[Math.floor(i / columns)]! + 1e-12,
      );
    });
    for (const each of [values, scales]) each.dispose();
  });

  test.each([1, 3, 9].flatMap((rows) => sizes.map((columns) => [rows, columns] as const)))(
    "%d rows of %d times a matrix in 8 bits equal the product with what it stands for",
    async (rows, columns) => {
      await useEngine(engine);
      const n = 37;
      const weight = quantize(noiseTensor([n, columns], 4));
      const x = noise(rows * columns, 5).map(Math.fround);
      const bias = noise(n, 6).map(Math.fround);
      const out = await quantizedLinear(tensor(x, [1, rows, columns]), weight, tensor(bias, [n])).data();
      const bare = await quantizedLinear(tensor(x, [rows, columns]), weight).data();
      const full = dequantized(await weight.values.data(), await weight.scales.data(), columns);
      await useEngine(oracle);
      const inputs = [tensor(x, [rows, columns]), tensor(full, [n, columns]), tensor(bias, [n])] as const;
      const options = { transposed: true };
      const expected = await linear(...inputs, options).data();
      // Inputs are rounded to 1 / 32767 of the largest: each sum errs by a random walk of `columns` half steps.
      const within = { rtol: 1e-6, atol: 3e-5 * Math.sqrt(columns) };
      expect(out).toBeAllclose(expected, within);
      expect(bare).toBeAllclose(await linear(inputs[0], inputs[1], null, options).data(), within);
    },
  );

  test("sums of the largest products do not overflow", async () => {
    await useEngine(engine);
    const columns = 20_000;
    const weight = quantize(tensor(new Float32Array(columns).fill(2), [1, columns]));
    const x = tensor(new Float32Array(columns).fill(-3), [1, columns]);
    expect(await quantizedLinear(x, weight).data()).toBeAllclose([-6 * columns], { rtol: 1e-3 });
  });

  test("8 bits are stored as they are given", async () => {
    await useEngine(engine);
    const before = engine.memory.bytes;
    const stored = tensor([-128, 0, 127, 5, -1], [5], "int8");
    expect(engine.memory.bytes).toBe(before + 5 * (engine.name === "tfjs" ? 4 : 1));
    write(stored, [7], 4);
    expect([...(await reshape(stored, [5, 1]).data())]).toEqual([-128, 0, 127, 5, 7]);
    expect([...(await zeros([3], "int8").data())]).toEqual([0, 0, 0]);
  });

  test("shapes and types that do not fit are named", async () => {
    await useEngine(engine);
    const weight = quantize(noiseTensor([4, 6], 1));
    expect(() => quantizedLinear(noiseTensor([2, 5], 1), weight)).toThrow(ShapeError);
    expect(() => quantizedLinear(noiseTensor([2, 5], 1), weight)).toThrow("(2, 5)");
    expect(() => linear(noiseTensor([2, 6], 1), weight.values, null, { transposed: true })).toThrow("int8");
    for (const use of [
      () => slice(weight.values, 0, 0, 1),
      () => concat([weight.values, weight.values], 0),
      () => permute(weight.values, [1, 0]),
    ]) {
      expect(use).toThrow(ShapeError);
      expect(use).toThrow("(4, 6) is int8");
    }
    await expect(globalNorm([weight.values])).rejects.toThrow("must be float32, not int8");
    expect(() => quantize(noiseTensor([4], 1))).toThrow("(4)");
  });
});
