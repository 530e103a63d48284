import {
  adamw,
  add,
  crossEntropy,
  type Engine,
  embedding,
  globalNorm,
  layerNorm,
  linear,
  matmul,
  mul,
  parameter,
  reshape,
  rope,
  ropeTable,
  scope,
  selfAttention,
  softcap,
  softmax,
  sum,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { threadedKernels } from "../src/engines/threads/pool.js";
import { compile } from "../src/engines/wasm/module.js";
import { noise } from "./cases.js";
import { closedAtEnd } from "./engines/closed-at-end.js";
import "./close.js";
import { nativeEngines } from "./engines/native/engines.js";

/** Work that is large enough to be shared: everything a small model's step does, at odd sizes. */
async function work(): Promise<Float32Array[]> {
  const [batch, length, width, classes] = [5, 67, 96, 1031];
  const make = (name: string, shape: number[], seed: number) =>
    parameter(
      name,
      noise(
        shape.reduce((a, b) => a * b, 1),
        seed,
      ).map((value) => value * 0.2),
      shape,
    );
  const x = make("x", [batch, length, width], 1);
  const qkv = make("qkv", [width, 3 * width], 2);
  const up = make("up", [width, 4 * width], 3);
  const bias = make("bias", [4 * width], 4);
  const down = make("down", [4 * width, width], 5);
  const head = make("head", [classes, width], 6);
  const gain = make("gain", [width], 7);
  const targets = tensor(
    Int32Array.from({ length: batch * length }, (_, i) => (i * 37) % classes),
    [batch, length],
    "int32",
  );
  const parameters = [x, qkv, up, bias, down, head, gain];
  const { value, grads } = valueAndGrad(() => {
    const attended = selfAttention(linear(layerNorm(x, gain), qkv), { nHead: 6 });
    const hidden = linear(add(x, attended), up, bias, { activation: "gelu" });
    const out = add(attended, linear(hidden, down));
    const logits = linear(mul(out, out), head, null, { transposed: true });
    return add(crossEntropy(logits, targets), sum(softmax(logits)));
  }, parameters);
  const states = parameters.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
  const options = { lr: 0.1, beta1: 0.9, beta2: 0.95, eps: 0.1, weightDecay: 0.1, step: 1, gradScale: 0.5 };
  for (const [i, each] of parameters.entries()) adamw(each, grads[i]!, states[i]!, options);
  const all = [value, ...grads, ...parameters];
  const results = await Promise.all(all.map(async (each) => (await each.data()) as Float32Array));
  const made: Tensor[] = [...all, targets, ...states.flatMap(({ m, v }) => [m, v])];
  for (const each of made) each.dispose();
  return results;
}

async function on(engine: Engine): Promise<Float32Array[]> {
  await useEngine(engine);
  const results = await work();
  expect(engine.memory.allocations).toBe(0);
  return results;
}

let single: Float32Array[];
beforeAll(async () => {
  single = await on(closedAtEnd(await wasmEngine({ threads: 1 })));
});

test.each([2, 3, 5])("WebAssembly on %i threads: the same, bit for bit, and again", async (threads) => {
  const engine = closedAtEnd(await wasmEngine({ threads }));
  expect(engine.device).toContain(`${threads} threads`);
  const first = await on(engine);
  for (const [i, values] of first.entries()) {
    expect(values).toBeAllclose(single[i]!, { rtol: 1e-5, atol: 1e-5 });
  }
  expect(await on(engine)).toEqual(first);
});

test.each([
  ["", 0],
  [" at positions of each row's own", 7],
])(
  "sums and the gradients of norms, embeddings and rotations%s do not depend on how many threads there are",
  async (_, stride) => {
    const [batch, length, width, vocabulary] = [3, 67, 96, 31];
    const random = (name: string, seed: number, ...shape: number[]) =>
      parameter(
        name,
        noise(
          shape.reduce((a, b) => a * b, 1),
          seed,
        ),
        shape,
      );
    const results: Float32Array[][] = [];
    for (const threads of [1, 2, 3]) {
      await useEngine(closedAtEnd(await wasmEngine({ threads })));
      results.push(
        await scope(async () => {
          const wte = random("wte", 1, vocabulary, width);
          const wpe = random("wpe", 2, length, width);
          const [gain, bias] = [random("gain", 3, width), random("bias", 4, width)];
          const ids = tensor(
            Int32Array.from({ length: batch * length }, (_, i) => (i * i) % vocabulary),
            [batch, length],
            "int32",
          );
          const places = Int32Array.from({ length: batch * length }, (_, i) => (i * stride) % length);
          const at = stride > 0 ? { positions: tensor(places, [batch, length], "int32") } : {};
          const table = ropeTable(length, width / 4);
          const parameters = [wte, wpe, gain, bias];
          const { value, grads } = valueAndGrad(() => {
            const x = layerNorm(embedding(ids, wte, { position: wpe, ...at }), gain, bias);
            const turned = softcap(rope(reshape(x, [batch, length, 4, width / 4]), table, at), 2);
            return sum(mul(turned, turned));
          }, parameters);
          const all = await Promise.all(
            [value, ...grads].map(async (each) => (await each.data()) as Float32Array),
          );
          return [...all, Float32Array.of(await globalNorm(grads))];
        }),
      );
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  },
);

test("a thread that fails within a kernel is an error, not a wait for ever", async () => {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
  const kernels = await threadedKernels(await compile("baseline", true), memory, 2, null);
  // The second half reaches beyond the memory; the calling thread's does not.
  expect(() => kernels.add(65_536, 65_536, 65_536, 2 * 16_384)).toThrow(/thread failed/);
  await kernels.close();
});

describe.each(Object.entries(await nativeEngines(2)))("%s on two threads", (_, engine) => {
  test("close to WebAssembly, and the same again", async () => {
    const first = await on(engine);
    for (const [i, values] of first.entries()) {
      expect(values).toBeAllclose(single[i]!, { rtol: 1e-4, atol: 1e-4 });
    }
    expect(await on(engine)).toEqual(first);
  });
});

describe.each(
  Object.entries({ wasm: closedAtEnd(await wasmEngine({ threads: 2 })), ...(await nativeEngines(2)) }),
)("products on %s", (_, engine) => {
  // Around the borders of tiles, panels and blocks.
  const sizes = [1, 3, 4, 11, 12, 13, 31, 33, 47, 97, 241, 257, 769, 1025];
  const known = new Map<string, Float32Array>();
  /** `noise` in float32, made once: most of the time went into it. */
  function values(rows: number, columns: number, index: number): Float32Array {
    const key = [rows, columns, index].join();
    const made =
      known.get(key) ?? Float32Array.from(noise(rows * columns, index === 1 ? rows : columns, index));
    known.set(key, made);
    return made;
  }
  test.each(sizes)("of %i rows", async (m) => {
    await useEngine(engine);
    for (const n of sizes) {
      for (const k of [1, 5, 64, 257, 300]) {
        if (m * n * k > 1e7) continue;
        for (const [transposeA, transposeB] of [
          [false, false],
          [false, true],
          [true, false],
          [true, true],
        ]) {
          const [x, y] = [values(m, k, 1), values(k, n, 2)];
          const a = tensor(x, transposeA ? [k, m] : [m, k]);
          const b = tensor(y, transposeB ? [n, k] : [k, n]);
          const product = matmul(a, b, { transposeA: transposeA!, transposeB: transposeB! });
          const out = await product.data();
          for (const each of [a, b, product]) each.dispose();
          // The corners, and a place in between.
          for (const [i, j] of [
            [0, 0],
            [m - 1, n - 1],
            [0, n - 1],
            [m - 1, 0],
            [m >> 1, n >> 1],
          ] as const) {
            let exact = 0;
            for (let p = 0; p < k; p++) {
              exact += x[transposeA ? p * m + i : i * k + p]! * y[transposeB ? j * k + p : p * n + j]!;
            }
            const error = Math.abs(out[i * n + j]! - exact);
            if (!(error < 1e-5 * k)) expect(`${m} ${n} ${k} ${i} ${j}: ${error}`).toBe("close");
          }
        }
      }
    }
  });
});
