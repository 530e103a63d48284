import {
  accumulate,
  add,
  cast,
  concat,
  crossEntropy,
  type Engine,
  embedding,
  globalNorm,
  layerNorm,
  linear,
  linearCrossEntropy,
  matmul,
  parameter,
  permute,
  quantize,
  referenceEngine,
  reshape,
  ShapeError,
  scope,
  slice,
  sum,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  write,
  zeros,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { ids, noise } from "./cases.js";
import { nativeEngines } from "./engines/native/engines.js";
import { noiseTensor } from "./fused-cases.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";

const engines: Record<string, Engine> = {
  reference: referenceEngine(),
  "reference float64": referenceEngine({ precision: "float64" }),
  "wasm baseline": await wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": await wasmEngine({ variant: "relaxed", threads: 2 }),
  ...(await nativeEngines()),
  ...Object.fromEntries(
    await Promise.all(Object.entries(deviceEngines).map(async ([name, make]) => [name, await make()])),
  ),
};

/** Float32 numbers from their bits. */
const fromBits = (...bits: number[]) => new Float32Array(Uint32Array.from(bits).buffer);
/** Ties, what is just beside them, and the ends of the range: bits, and what they are rounded to. */
const roundings = [
  [0x3f800000, 0x3f80],
  [0x3f807fff, 0x3f80],
  [0x3f808000, 0x3f80],
  [0x3f808001, 0x3f81],
  [0x3f818000, 0x3f82],
  [0x3f817fff, 0x3f81],
  [0x3fff8000, 0x4000],
  [0xbfff8000, 0xc000],
  [0xc0490fdb, 0xc049],
  [0x7f7f7fff, 0x7f7f],
  [0x7f7f8000, 0x7f80],
  [0xff7fffff, 0xff80],
  [0x7f800000, 0x7f80],
  [0xff800000, 0xff80],
  [0x00808000, 0x0080],
  [0x00818000, 0x0082],
] as const;
/** Below the normal numbers. */
const tiny = [
  [0x00000000, 0x0000],
  [0x00008000, 0x0000],
  [0x00008001, 0x0001],
  [0x00018000, 0x0002],
  [0x007f8000, 0x0080],
  [0x007f7fff, 0x007f],
] as const;

describe.each(Object.entries(engines))("%s", (_, engine) => {
  const bytes = engine.name === "tfjs" ? 4 : 2;

  test("values take two bytes, and their bits are kept as they are", async () => {
    await useEngine(engine);
    const before = engine.memory.bytes;
    const bits = Uint16Array.from({ length: 17 }, (_, i) => 0x3f80 + 77 * i);
    const stored = tensor(bits, [17], "bfloat16");
    expect(engine.memory.bytes).toBe(before + 17 * bytes);
    write(stored, Uint16Array.of(0xc000), 16);
    write(stored, [-1.00390625], 1); // a tie, rounded to -1
    bits.set([0xbf80], 1);
    bits.set([0xc000], 16);
    const data = await reshape(stored, [17, 1]).data();
    expect(data).toBeInstanceOf(Uint16Array);
    expect(data).toEqual(bits);
    expect(await zeros([3], "bfloat16").data()).toEqual(new Uint16Array(3));
    expect(await tensor([1, -2.5], [2], "bfloat16").data()).toEqual(Uint16Array.of(0x3f80, 0xc020));
    expect(await cast(stored, "float32").data()).toBeAllclose(fromBits(...Array.from(bits, (b) => b << 16)), {
      rtol: 0,
    });
  });

  test("a cast rounds to the nearest, ties to even", async () => {
    await useEngine(engine);
    const known = [...roundings, ...tiny];
    const all = fromBits(...known.map(([from]) => from));
    // As many more as there are bits that matter, in every position of a vector.
    const more = noise(1003, 3).map((x, i) => Math.fround(x * 2 ** ((i % 40) * 5 - 100)));
    const data = new Float32Array([...all, ...more]);
    const rounded = await cast(tensor(data, [data.length]), "bfloat16").data();
    expect(Array.from(rounded.subarray(0, known.length))).toEqual(known.map(([, to]) => to));
    expect(rounded).toEqual(await tensor(data, [data.length], "bfloat16").data());
    const nan = await cast(tensor([Number.NaN, 1], [2]), "bfloat16").data();
    expect(nan[0]! & 0x7fff).toBeGreaterThan(0x7f80);
    expect(nan[1]).toBe(0x3f80);
  });

  test("a cast to the type it has is the same tensor, with its gradient", async () => {
    await useEngine(engine);
    const before = engine.memory.bytes;
    const x = parameter("x", [1, 2], [2]);
    const { value, grads } = valueAndGrad(() => sum(cast(x, "float32")), [x]);
    expect([...(await grads[0]!.data())]).toEqual([1, 1]);
    const small = tensor([1, 2], [2], "bfloat16");
    const again = cast(small, "bfloat16");
    small.dispose();
    expect([...(await again.data())]).toEqual([0x3f80, 0x4000]);
    for (const each of [x, value, ...grads, again]) each.dispose();
    expect(engine.memory.bytes).toBe(before);
  });

  test("what bfloat16 cannot do says so, and names the way out", async () => {
    await useEngine(engine);
    const w = tensor(noise(12, 1), [3, 4], "bfloat16");
    const x = noiseTensor([3, 4], 2);
    const targets = ids([3], 4);
    const uses: Record<string, () => unknown> = {
      add: () => add(x, w),
      matmul: () => matmul(x, w, { transposeB: true }),
      sum: () => sum(w),
      linear: () => linear(w, w, null, { transposed: true }),
      layerNorm: () => layerNorm(x, tensor([1, 1, 1, 1], [4], "bfloat16")),
      crossEntropy: () => crossEntropy(w, targets),
      slice: () => slice(w, 0, 0, 1),
      concat: () => concat([w, w], 0),
      permute: () => permute(w, [1, 0]),
      quantize: () => quantize(w),
      accumulate: () => accumulate(x, w),
    };
    for (const [op, use] of Object.entries(uses)) {
      expect(use, op).toThrow(ShapeError);
      expect(use, op).toThrow(/float32, not bfloat16.*cast/);
    }
    await expect(globalNorm([w])).rejects.toThrow(/cast/);
    expect(() => cast(targets, "bfloat16")).toThrow(/from int32 to bfloat16/);
    expect(() => cast(x, "int8" as "float32")).toThrow(/to int8/);
    const p = parameter("p", noise(12, 1), [3, 4]);
    expect(() => valueAndGrad(() => sum(cast(cast(p, "bfloat16"), "float32")), [p])).toThrow(/frozen/);
    p.dispose();
  });
});

/** Results of a weight, forward and backward: the same for one in bfloat16 and for the float32 it stands for. */
async function results(w: Tensor, rows: number, inner: number, transposed: boolean) {
  const n = transposed ? w.shape[0]! : w.shape[1]!;
  const x = parameter("x", noise(rows * inner, 5), [rows, inner]);
  const bias = parameter("bias", noise(n, 6), [n]);
  const out: Promise<ArrayLike<number>>[] = [];
  const { value, grads } = valueAndGrad(() => {
    const y = linear(x, w, bias, { transposed, activation: "silu" });
    out.push(y.data());
    return sum(y);
  }, [x, bias]);
  out.push(...[value, ...grads].map((each) => each.data()));
  if (transposed) {
    out.push(embedding(ids([rows], n), w).data());
    out.push(linearCrossEntropy(x, w, ids([rows], n), { chunk: { rows: 5, classes: 30 } }).data());
  }
  const all = await Promise.all(out);
  for (const each of [x, bias]) each.dispose();
  return all;
}

const exact = Object.entries(engines).filter(([name]) => !/tfjs|blas/.test(name));
test.each(exact)("on %s a product is that of the widened weight, bit for bit", async (_, engine) => {
  await useEngine(engine);
  const before = engine.memory.allocations;
  for (const [rows, inner, n] of [
    [1, 64, 96],
    [1, 480, 302], // enough for two threads
    [1, 514, 304],
    [2, 64, 2],
    [3, 48, 515],
    [1, 50, 257],
    [3, 17, 5],
    [4, 96, 64],
    [70, 100, 301],
  ] as const) {
    for (const transposed of [false, true]) {
      await scope(async () => {
        const shape = transposed ? [n, inner] : [inner, n];
        const w = tensor(noise(n * inner, 4), shape, "bfloat16");
        const expected = await results(cast(w, "float32"), rows, inner, transposed);
        const actual = await results(w, rows, inner, transposed);
        expect(actual, `${rows} x ${inner} x ${n}`).toEqual(expected);
      });
    }
  }
  expect(engine.memory.allocations).toBe(before);
});
