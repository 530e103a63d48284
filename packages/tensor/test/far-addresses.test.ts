import {
  type Engine,
  linear,
  nativeEngine,
  parameter,
  quantizedLinear,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";
import { expect, test } from "vitest";
import "./close.js";

const [n, k] = [4096, 4096];
const bits = Uint16Array.from({ length: n * k }, (_, i) => 0x3c00 + ((i * 7919) % 611) + ((i % 3) << 15));
const bytes = Int8Array.from({ length: n * k }, (_, i) => (i * 7919) % 251);

/** Products with weights of 32 and 16 MB, the first across address `before` + 16 MB or so. */
async function products(engine: Engine, before: number): Promise<ArrayLike<number>[]> {
  await useEngine(engine);
  if (before > 0) engine.allocate(before, "int8"); // untouched, so that the system need not have it
  const weight = tensor(bits, [n, k], "bfloat16");
  const quantized = {
    values: tensor(bytes, [n, k], "int8"),
    scales: tensor(new Float32Array(n).fill(0.01), [n]),
  };
  const results: Promise<ArrayLike<number>>[] = [];
  for (const rows of [1, 5]) {
    const x = parameter(
      "x",
      Float32Array.from({ length: rows * k }, (_, i) => Math.sin(i)),
      [rows, k],
    );
    const { grads } = valueAndGrad(() => {
      const y = linear(x, weight, null, { transposed: true });
      const z = quantizedLinear(x, quantized);
      results.push(y.data(), z.data());
      return sum(linear(z, weight, null, { residual: y }));
    }, [x]);
    results.push(grads[0]!.data());
  }
  return Promise.all(results);
}

const makers = { wasm: () => wasmEngine({ threads: 2 }), native: () => nativeEngine({ threads: 2 }) };
test.each(Object.entries(makers))(
  "weights across and beyond the first 2 GB are read right by %s",
  async (_, make) => {
    const expected = await products(await make(), 0);
    expect(expected.some((each) => Array.from(each).includes(0))).toBe(false);
    expect(await products(await make(), 2 ** 31 - 2 ** 24)).toEqual(expected);
  },
);
