import {
  dequantizeGroups,
  type Engine,
  embedding,
  groupedEmbedding,
  groupedLinear,
  IndexError,
  linear,
  mul,
  parameter,
  quantizeGroups,
  referenceEngine,
  ShapeError,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { ids, noise } from "./cases.js";
import { nativeEngines } from "./engines/native/engines.js";
import { noiseTensor } from "./fused-cases.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";

const reference = referenceEngine();
const oracle = referenceEngine({ precision: "float64" });
const engines: Record<string, Engine> = {
  reference,
  "wasm baseline": await wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": await wasmEngine({ variant: "relaxed", threads: 2 }),
  ...(await nativeEngines()),
};
for (const [name, make] of Object.entries(deviceEngines)) engines[name] = await make();

const BITS = [4, 8] as const;
/** Some groups of zeros, some far larger or smaller than others. */
const uneven = (n: number, columns: number) =>
  noise(n * columns, 3).map((x, i) => Math.fround(x * [1, 0, 1e-3, 40][Math.floor(i / 32) % 4]!));

describe.each(Object.entries(engines))("%s", (name, engine) => {
  const isExact = !/^(tfjs|webgpu)/.test(name);

  test.each(
    [
      [1, 64, 16],
      [1, 17, 5],
      [3, 100, 37],
      [15, 96, 48],
      [2, 256, 301], // enough for two threads
      [19, 320, 131],
    ].flatMap(([rows, columns, n]) => BITS.map((bits) => [rows!, columns!, n!, bits] as const)),
  )("%d rows of %d times %d rows in %d bits: the same bits everywhere", async (rows, columns, n, bits) => {
    const run = async (on: Engine) => {
      await useEngine(on);
      const weight = quantizeGroups(uneven(n, columns), [n, columns], { bits });
      const x = tensor(uneven(rows, columns).reverse(), [rows, columns]);
      const out = groupedLinear(x, weight, noiseTensor([n], 6));
      return [await out.data(), await groupedLinear(x, weight).data()];
    };
    const [biased, bare] = await run(engine);
    const [expected, expectedBare] = await run(reference);
    const within = isExact ? { rtol: 0, atol: 0 } : { rtol: 1e-5, atol: 1e-2 };
    expect(biased).toBeAllclose(expected!, within);
    expect(bare).toBeAllclose(expectedBare!, within);
  });

  test.each(BITS)("a row has the same bits in any company, %d bits", async (bits) => {
    await useEngine(engine);
    const [rows, columns, n] = [15, 70, 33];
    const weight = quantizeGroups(noise(n * columns, 1), [n, columns], { bits });
    const x = noise(rows * columns, 2);
    const whole = await groupedLinear(tensor(x, [rows, columns]), weight).data();
    for (const row of isExact ? [0, 7, 12, 14] : []) {
      const alone = tensor(x.subarray(row * columns, (row + 1) * columns), [1, columns]);
      expect(await groupedLinear(alone, weight).data()).toEqual(whole.slice(row * n, (row + 1) * n));
    }
  });

  test.each(BITS)(
    "rows of a table and gradients in %d bits are those of what they stand for",
    async (bits) => {
      const [rows, columns, n] = [5, 70, 200];
      const values = uneven(n, columns);
      const run = async (on: Engine, product: "packed" | "full") => {
        await useEngine(on);
        const weight = quantizeGroups(values, [n, columns], { bits });
        const full = await dequantizeGroups(weight);
        const [x, bias] = [
          parameter("x", noise(rows * columns, 2), [rows, columns]),
          parameter("bias", noise(n, 3), [n]),
        ];
        const { grads } = valueAndGrad(
          () =>
            sum(
              product === "packed"
                ? groupedLinear(x, weight, bias)
                : linear(x, tensor(full, [n, columns]), bias, { transposed: true }),
            ),
          [x, bias],
        );
        const found = await Promise.all(grads.map((each) => each.data()));
        const looked = await groupedEmbedding(ids([2, 7], n), weight).data();
        const position = parameter("position", noise(20 * columns, 8), [20, columns]);
        const options = [
          { position, offset: 3 },
          { position, positions: ids([2, 7], 20) },
        ];
        const placed = await Promise.all(
          options.map(async (each) => {
            const rows = () =>
              product === "packed"
                ? groupedEmbedding(ids([2, 7], n), weight, each)
                : embedding(ids([2, 7], n), tensor(full, [n, columns]), each);
            const { grads } = valueAndGrad(() => sum(mul(rows(), rows())), [position]);
            return [await rows().data(), await grads[0]!.data()] as const;
          }),
        );
        return { found, looked, full, placed };
      };
      const actual = await run(engine, "packed");
      const expected = await run(oracle, "full");
      expect(actual.full).toEqual(expected.full);
      expect(Float32Array.from(actual.looked)).toEqual(Float32Array.from(expected.looked));
      for (const [i, [rows, gradient]] of expected.placed.entries()) {
        expect(actual.placed[i]![0]).toBeAllclose(rows, { rtol: 1e-6, atol: 1e-6 });
        expect(actual.placed[i]![1]).toBeAllclose(gradient, { rtol: 1e-5, atol: 1e-4 });
      }
      for (const [i, grad] of expected.found.entries()) {
        expect(actual.found[i]!).toBeAllclose(grad, { rtol: 1e-5, atol: 1e-3 });
      }
    },
  );

  test.each(BITS)("the largest products of %d bits are exact", async (bits) => {
    const run = async (on: Engine) => {
      await useEngine(on);
      const values = Float32Array.from({ length: 32 * 64 }, (_, i) =>
        i % 32 === 0 ? -8 : i < 16 * 64 ? 7 : -8,
      );
      const weight = quantizeGroups(values, [32, 64], { bits });
      const x = Float32Array.from({ length: 3 * 64 }, (_, i) => (i < 64 ? 1 : i < 128 ? -1 : (-1) ** i));
      return groupedLinear(tensor(x, [3, 64]), weight).data();
    };
    const within = isExact ? { rtol: 0, atol: 0 } : { rtol: 1e-5, atol: 1e-2 };
    expect(await run(engine)).toBeAllclose(await run(reference), within);
  });

  test("a row that is not finite stays alone with it", async () => {
    await useEngine(engine);
    const x = noise(5 * 70, 5);
    x[75] = Number.NaN;
    x[215] = Number.NEGATIVE_INFINITY;
    x.fill(1e-39, 280); // smaller than what an inverse can be had of
    const weight = quantizeGroups(noise(20 * 70, 4), [20, 70], { bits: 4 });
    const out = await groupedLinear(tensor(x, [5, 70]), weight).data();
    for (let i = 0; i < out.length; i++) {
      expect(Number.isFinite(out[i])).toBe(![1, 3].includes(Math.floor(i / 20)));
    }
    expect(Math.abs(out[80]!)).toBeLessThan(1e-30);
  });

  test("mistakes", async () => {
    await useEngine(engine);
    const weight = quantizeGroups(noise(5 * 40, 4), [5, 40]);
    expect(() => groupedLinear(noiseTensor([2, 39], 1), weight)).toThrow("(2, 39)");
    expect(() => groupedLinear(noiseTensor([2, 40], 1), weight, noiseTensor([4], 1))).toThrow("(4)");
    expect(() => groupedEmbedding(tensor([1, 5], [2], "int32"), weight)).toThrow(IndexError);
    expect(() => groupedEmbedding(tensor([-1], [1], "int32"), weight)).toThrow("-1");
    const before = engine.memory.allocations;
    expect(() => quantizeGroups([1, Number.NaN], [1, 2])).toThrow("NaN");
    expect(() => quantizeGroups([1, -1e9], [1, 2], { bits: 4 })).toThrow("-1000000000");
    expect(engine.memory.allocations).toBe(before);
    expect(() => quantizeGroups([1], [1, 2])).toThrow(ShapeError);
    expect(() => quantizeGroups([1], [1])).toThrow("(1)");
    expect(() => quantizeGroups(() => [1], [1, 2])).toThrow("1 values are not 1 rows of 2");
    expect(() => quantizeGroups([1, 2], [1, 2], { bits: 5 as 4 })).toThrow("bits is 5");
  });
});

test.each([
  [8, 127],
  [4, 8],
] as const)("in %d bits each value is within a step, and the largest is met", async (bits, steps) => {
  await useEngine(reference);
  const [n, columns] = [19, 100];
  const values = uneven(n, columns);
  const slabs = quantizeGroups(
    (first, count) => values.subarray(first * columns, (first + count) * columns),
    [n, columns],
    { bits },
  );
  const weight = quantizeGroups(values, [n, columns], { bits });
  expect(await slabs.packed.data()).toEqual(await weight.packed.data());
  expect(weight.packed.size).toBe(2 * 4 * (32 + 64 * bits));
  const found = await dequantizeGroups(weight);
  for (let row = 0; row < n; row++) {
    for (let from = 0; from < columns; from += 32) {
      const at = row * columns + from;
      const group = Array.from(values.subarray(at, at + Math.min(32, columns - from)));
      const step = Math.max(...group.map(Math.abs)) / steps;
      for (const [i, value] of group.entries()) {
        // 4 bits have no +8; a scale is a half.
        const most = bits === 4 && value * Math.sign(value) > 7 * step ? 1 : 0.5;
        expect(Math.abs(found[at + i]! - value)).toBeLessThanOrEqual(step * (most + 0.01) + 1e-7);
      }
    }
  }
});

test("4 bits round as llama.cpp's q4_0: by the value of the largest magnitude / -8", async () => {
  await useEngine(reference);
  const values = Array.from({ length: 32 }, (_, i) => (i - 16) / 2); // -8 to 7.5
  const down = quantizeGroups(values, [1, 32], { bits: 4 });
  const up = quantizeGroups(
    values.map((x) => -x),
    [1, 32],
    { bits: 4 },
  );
  const rounded = values.map((x) => Math.min(7, Math.round(x)) + 0);
  expect(Array.from(await dequantizeGroups(down), (x) => x + 0)).toEqual(rounded);
  expect(Array.from(await dequantizeGroups(up), (x) => 0 - x)).toEqual(rounded);
});
