// A row of a result has the same bits whatever other rows there are, on any number of threads: alone, in blocks of any size.
import {
  cachedAttention,
  type Engine,
  embedding,
  gelu,
  layerNorm,
  linear,
  quantize,
  quantizedLinear,
  relu2,
  rmsNorm,
  ropeQkv,
  scope,
  silu,
  softcap,
  softmax,
  swiglu,
  type Tensor,
  tensor,
  useEngine,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import "./close.js";
import { closedAtEnd } from "./engines/closed-at-end.js";
import { nativeEngines } from "./engines/native/engines.js";

const ROWS = 64;
/** Around every border that kernels have: few rows, tiles of 2, 4, 6, 8 and 12, all of them. */
const COUNTS = [1, 2, 3, 4, 5, 7, 8, 13, 25, 64];

const engines: Record<string, Engine> = {};
for (const threads of [1, 2]) {
  engines[`wasm, threads ${threads}`] = closedAtEnd(await wasmEngine({ threads }));
  for (const [name, engine] of Object.entries(await nativeEngines(threads))) {
    if (!name.includes("blas")) engines[`${name}, threads ${threads}`] = engine;
  }
}
engines["wasm without fma"] = closedAtEnd(await wasmEngine({ threads: 1, variant: "baseline" }));

/** Products: [k, n], with odd sizes, ends of panels, and more than one pass over k. */
const SIZES = [
  [1, 1],
  [5, 3],
  [37, 19],
  [64, 48],
  [160, 33],
  [333, 70],
  [776, 40],
  [1027, 17],
] as const;

/** What a decoding step does to each of its rows by itself. */
function* operations(): Generator<[name: string, columns: number, (x: Tensor) => Tensor]> {
  for (const [k, n] of SIZES) {
    for (const dtype of ["float32", "bfloat16"] as const) {
      for (const transposed of [false, true]) {
        const weight = tensor(noise(k * n, 1), transposed ? [n, k] : [k, n], dtype);
        const bias = tensor(noise(n, 2), [n]);
        const product = (x: Tensor) => linear(x, weight, bias, { transposed, activation: "gelu" });
        yield [`linear ${dtype} ${k} x ${n}${transposed ? " transposed" : ""}`, k, product];
        for (const each of [weight, bias]) each.dispose();
      }
    }
    for (const inputs of ["float32", "int8"] as const) {
      const given = tensor(noise(k * n, 1), [n, k]);
      const [weight, bias] = [quantize(given), tensor(noise(n, 2), [n])];
      const product = (x: Tensor) => quantizedLinear(x, weight, bias, { inputs });
      yield [`quantizedLinear ${inputs} ${k} x ${n}`, k, product];
      for (const each of [given, weight.values, weight.scales, bias]) each.dispose();
    }
  }
  for (const columns of [3, 20, 48, 129]) {
    const own = (key: number) => tensor(noise(columns, key), [columns]);
    const each: Record<string, (x: Tensor) => Tensor> = {
      gelu: (x) => gelu(x),
      "gelu erf": (x) => gelu(x, { approximate: "none" }),
      silu,
      relu2,
      softcap: (x) => softcap(x, 1.5),
      softmax,
      layerNorm: (x) => layerNorm(x, own(1), own(2)),
      rmsNorm: (x) => rmsNorm(x, own(1)),
      embedding: (x) =>
        embedding(
          tensor(
            Int32Array.from({ length: x.shape[0]! }, (_, i) => i),
            [x.shape[0]!],
            "int32",
          ),
          x,
        ),
    };
    for (const [name, run] of Object.entries(each)) yield [`${name} of ${columns}`, columns, run];
    yield [`swiglu of ${columns}`, 2 * columns, (x) => swiglu(x)];
  }
}

/** [heads, key heads, head width], window, cap. */
const HEADS = [
  [[4, 4, 16], 0, 0],
  [[4, 2, 24], 0, 1.5],
  [[3, 1, 5], 9, 0],
  [[2, 2, 33], 40, 1.5],
] as const;

/** Attention of 64 new positions behind 37 cached ones: `count` of them from `first` on, all before them being cached. */
function attentions(): [name: string, run: (first: number, count: number) => Tensor][] {
  return HEADS.map(([[nHead, nKvHead, headDim], window, cap]) => {
    const [width, past] = [(nHead + 2 * nKvHead) * headDim, 37];
    const all = noise((past + ROWS) * width, 5);
    const table = noise((past + ROWS) * (headDim - (headDim % 2)), 6);
    const run = (first: number, count: number) => {
      const part = (from: number, to: number) =>
        tensor(all.subarray(from * width, to * width), [1, to - from, width]);
      const [start, kv] = [past + first, nKvHead * headDim];
      const [k, v] = [zeros([1, past + ROWS, kv]), zeros([1, past + ROWS, kv])];
      const options = { nHead, nKvHead, window, softcap: cap };
      const angles = tensor(table, [past + ROWS, headDim - (headDim % 2)]);
      const turned = (qkv: Tensor, offset: number) => ropeQkv(qkv, angles, { nHead, nKvHead, offset });
      cachedAttention(turned(part(0, start), 0), { k, v }, 0, options);
      return cachedAttention(turned(part(start, start + count), start), { k, v }, start, options);
    };
    return [`attention of ${nHead}, ${nKvHead}, ${headDim}, window ${window}, cap ${cap}`, run];
  });
}

/** The numbers of rows with which a row that has other bits than alone was seen. */
async function partings(run: (first: number, count: number) => Tensor): Promise<number[]> {
  const bits = async (first: number, count: number) =>
    new Int32Array(Float32Array.from(await scope(() => run(first, count)).data()).buffer);
  const alone: Int32Array[] = [];
  for (let row = 0; row < ROWS; row++) alone.push(await bits(row, 1));
  const parting = [];
  for (const count of COUNTS) {
    const first = ROWS - count;
    const rows = await bits(first, count);
    const expected = alone.slice(first).flatMap((each) => [...each]);
    if (rows.some((each, i) => each !== expected[i])) parting.push(count);
  }
  return parting;
}

describe.each(Object.entries(engines))("%s", (_, engine) => {
  test("what is done to rows", async () => {
    await useEngine(engine);
    const wrong: string[] = [];
    for (const [name, columns, run] of operations()) {
      const all = noise(ROWS * columns, 9);
      const part = (first: number, count: number) =>
        run(tensor(all.subarray(first * columns, (first + count) * columns), [count, columns]));
      const parting = await partings(part);
      if (parting.length > 0) wrong.push(`${name}: ${parting.join(" ")}`);
    }
    expect(wrong).toEqual([]);
  });

  test("attention over a cache", async () => {
    await useEngine(engine);
    const wrong: string[] = [];
    for (const [name, run] of attentions()) {
      const parting = await partings(run);
      if (parting.length > 0) wrong.push(`${name}: ${parting.join(" ")}`);
    }
    expect(wrong).toEqual([]);
  });
});
