import {
  adamw,
  crossEntropy,
  type DeviceBuffer,
  doctor,
  type Engine,
  EngineError,
  linear,
  nativeEngine,
  parameter,
  referenceEngine,
  scope,
  useEngine,
  valueAndGrad,
  zeros,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { ids, noise } from "../../cases.js";
import { noiseTensor } from "../../fused-cases.js";
import "../../close.js";

const oracle = referenceEngine({ precision: "float64" });
const engines: Record<string, Engine> = {};
for (const threads of [1, 2]) {
  try {
    engines[`${threads} threads`] = await nativeEngine({ inputs: "bfloat16", threads });
  } catch (error) {
    console.log(`Skipped: bfloat16: ${(error as Error).message}`);
  }
}

/** To the nearest bfloat16, the even one of two. */
function rounded(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}

const upload = (on: Engine, values: ArrayLike<number>): DeviceBuffer => {
  const buffer = on.allocate(values.length, "float32");
  on.upload(buffer, Float64Array.from(values), 0);
  return buffer;
};

interface Product {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  finished: boolean;
}

/** C, and what it was before the activation where the product is finished; C is added to what was there where it is not. */
async function multiply(on: Engine, { m, n, k, finished, ...transposes }: Product, factors: Float64Array[]) {
  const [a, b] = factors.map((values) => upload(on, values)) as [DeviceBuffer, DeviceBuffer];
  const [c, pre, bias] = [noise(m * n, 3), noise(m * n, 3), noise(n, 4)].map((values) =>
    upload(on, values.map(Math.fround)),
  ) as [DeviceBuffer, DeviceBuffer, DeviceBuffer];
  const out = { buffer: c, accumulate: !finished };
  const finish = finished ? ({ bias, activation: "gelu", pre } as const) : { bias: null };
  on.gemm({ a, b, out, m, n, k, batch: 1, ...transposes, ...finish });
  const results = [await on.download(c), await on.download(pre)];
  for (const buffer of [a, b, c, pre, bias]) on.free(buffer);
  return results;
}

const shapes = [
  [4, 1, 1024],
  [4, 1025, 1],
  [5, 37, 33],
  [12, 32, 64],
  [13, 33, 31],
  [16, 16, 16],
  [64, 100, 2],
  [100, 257, 3],
  [63, 150, 131],
  [260, 33, 18], // more rows than a block
  [4, 3110, 8], // more columns than a block
  [16, 40, 1050], // more depth than a pass
] as const;
const products = shapes.flatMap(([m, n, k]) =>
  [false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) =>
      [false, true].map((finished): Product => ({ m, n, k, transposeA, transposeB, finished })),
    ),
  ),
);

describe.each(Object.entries(engines))("bfloat16 inputs on %s", (_, on) => {
  test.each(products.map((product) => [Object.values(product).join(" "), product] as const))(
    "%s: the products of the rounded inputs",
    async (_, product) => {
      const { m, n, k } = product;
      const factors = [noise(m * k, 1).map(Math.fround), noise(k * n, 2).map(Math.fround)];
      const actual = await multiply(on, product, factors);
      const expected = await multiply(
        oracle,
        product,
        factors.map((values) => values.map(rounded)),
      );
      for (const [i, values] of actual.entries()) {
        expect(values).toBeAllclose(expected[i]!, { rtol: 1e-5, atol: 2e-6 * Math.sqrt(k) });
      }
      const again = await multiply(on, product, factors);
      for (const [i, values] of again.entries())
        expect(values.every((x, at) => x === actual[i]![at])).toBe(true);
    },
  );

  test("ties go to the even one, and what is no number stays none", async () => {
    const k = 512;
    const ties = Float64Array.from({ length: 8 * k }, (_, i) => 1 + (2 * (i % 100) + 1) / 256);
    ties[3 * k + 5] = Number.NaN;
    ties[4 * k + 5] = Number.POSITIVE_INFINITY;
    const one = Float64Array.from({ length: 8 * k }, (_, i) => (Math.floor(i / 8) === 5 ? 1 : 0));
    const product = { m: 8, n: 8, k, transposeA: false, transposeB: false, finished: false };
    const [was] = await multiply(oracle, product, [ties.map(() => 0), one]);
    const [sums] = await multiply(on, product, [ties, one]);
    for (let i = 0; i < 8; i++) {
      const sum = sums![8 * i]!;
      if (i === 3) expect(sum).toBeNaN();
      else if (i === 4) expect(sum).toBe(Number.POSITIVE_INFINITY);
      else expect(sum).toBeCloseTo(rounded(ties[i * k + 5]!) + was![8 * i]!, 6);
    }
  });

  test("a small model learns as it does in float32", async () => {
    const train = async (engine: Engine): Promise<number> => {
      await useEngine(engine);
      const [rows, inputs, hidden, classes] = [64, 48, 96, 40];
      const make = (name: string, shape: readonly [number, number], key: number) =>
        parameter(
          name,
          noise(shape[0] * shape[1], key).map((x) => x / 7),
          shape,
        );
      const parameters = [make("w", [inputs, hidden], 1), make("v", [hidden, classes], 2)] as const;
      const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
      const [x, targets] = [noiseTensor([rows, inputs], 3), ids([rows], classes)];
      let loss = 0;
      for (let step = 1; step <= 60; step++) {
        await scope(async () => {
          const { value, grads } = valueAndGrad(() => {
            const h = linear(x, parameters[0], null, { activation: "gelu" });
            return crossEntropy(linear(h, parameters[1]), targets);
          }, [...parameters]);
          for (const [i, each] of parameters.entries()) {
            const rate = { lr: 0.02, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, step };
            adamw(each, grads[i]!, states[i]!, rate);
          }
          loss = (await value.data())[0]!;
        });
      }
      return loss;
    };
    const [half, full] = [await train(on), await train(oracle)];
    expect(half).toBeLessThan(0.1);
    expect(Math.abs(half - full)).toBeLessThan(0.05);
  });

  test("the device and the doctor say so", async () => {
    expect(on.device).toContain("products of bfloat16");
    const { reason } = (await doctor()).find(({ name }) => name === "native")!;
    expect(reason).toContain("bfloat16 inputs can be asked for");
  });
});

test("what has no bfloat16 says what has", async () => {
  for (const products of ["avx2", "blas"] as const) {
    const asked = nativeEngine({ products, inputs: "bfloat16" });
    await expect(asked).rejects.toThrow(EngineError);
    await expect(asked).rejects.toThrow(/bfloat16 inputs need .*"float32"|x64|koffi/);
  }
  await expect(nativeEngine({ inputs: "float16" as "bfloat16" })).rejects.toThrow(/"float16"/);
  await expect(useEngine("wasm", { inputs: "bfloat16" })).rejects.toThrow(/"native"/);
  await expect(useEngine("reference", { inputs: "bfloat16" })).rejects.toThrow(EngineError);
});
