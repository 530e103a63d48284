import { linear, nativeEngine, tensor, useEngine } from "@llm/tensor";
import { expect, test, vi } from "vitest";
import { nativeThin } from "../../../src/engines/native/thin.js";
import { STORAGE } from "../../../src/engines/wasm/buffers.js";
import type { Kernels } from "../../../src/engines/wasm/instance.js";
import { noise } from "../../cases.js";
import "../../close.js";
import { nativeEngines } from "./engines.js";

/** Which code a product of this size runs, with what sizes. */
function calls(
  vectorBits: 256 | 512,
  m: number,
  n: number,
  k: number,
  transposed: boolean,
  rest: object = {},
) {
  const { storage = STORAGE.bfloat16, accumulate = false, bias = 0 } = rest as Record<string, number>;
  const seen: string[] = [];
  const note = (name: string, shown: (args: number[]) => unknown[]) =>
    vi.fn((...args: number[]) => void seen.push([name, ...shown(args)].join(" ")));
  const wasm = {
    gemm: note("wasm", (args) => args.slice(8, 11)),
    zero: note("zero", (args) => args.slice(1)),
    epilogue: note("epilogue", (args) => args.slice(2, 4)),
  } as unknown as Kernels;
  const callable = (address: number) => note(address === 1 ? "dots" : "sums", (args) => args.slice(6));
  const thin = nativeThin(wasm, 0, { vectorBits, dots: 1, sums: 2 }, callable);
  const b = [200, transposed ? k : n, transposed] as const;
  thin(100, k, false, ...b, 300, n, m, n, k, accumulate, bias, 0, 0, 0, 400, storage, 0);
  return seen;
}

test("few rows of a weight in bfloat16 are machine code's, whatever their number", () => {
  expect(calls(512, 1, 96, 768, true)).toEqual(["dots 1 768 24"]);
  expect(calls(256, 3, 97, 768, true, { bias: 7 })).toEqual([
    "dots 3 768 24",
    "dots 3 768 1",
    "epilogue 3 97",
  ]);
  expect(calls(512, 2, 96, 50257, false)).toEqual(["zero 96", "zero 96", "sums 2 50256 6", "wasm 2 96 1"]);
  expect(calls(256, 1, 96, 768, false, { accumulate: true })).toEqual(["sums 1 768 12"]);
});

test("the rest is WebAssembly's", () => {
  for (const seen of [
    calls(512, 1, 96, 770, true),
    calls(512, 1, 3, 768, true),
    calls(512, 1, 96, 768, true, { accumulate: true }),
    calls(512, 1, 97, 768, false),
    calls(512, 4, 96, 768, true),
    calls(512, 1, 96, 768, true, { storage: STORAGE.float32 }),
    calls(512, 1, 96, 768, false, { storage: STORAGE.int8 }),
  ]) {
    expect(seen.map((each) => each.split(" ")[0])).toEqual(["wasm"]);
  }
});

test("rows are the same, bit for bit, on any number of threads and in vectors of any width", async () => {
  const engines = (await Promise.all([1, 2, 3].map(nativeEngines))).flatMap((each) =>
    Object.entries(each).filter(([name]) => /avx/.test(name)),
  );
  for (const rows of [1, 3]) {
    for (const transposed of [false, true]) {
      const results = [];
      for (const [, engine] of engines) {
        await useEngine(engine);
        const w = tensor(noise(304 * 480, 1), transposed ? [304, 480] : [480, 304], "bfloat16");
        const x = tensor(noise(rows * 480, 2), [rows, 480]);
        results.push(await linear(x, w, null, { transposed }).data());
      }
      for (const each of results) expect(each).toEqual(results[0]);
    }
  }
});

test("inputs in bfloat16 take a weight that is stored so, as its float32 numbers", async () => {
  const engine = await nativeEngine({ inputs: "bfloat16" }).catch(() => null);
  if (!engine) return console.log("Skipped: this processor has no products of bfloat16");
  await useEngine(engine);
  for (const transposed of [false, true]) {
    const shape = transposed ? [301, 97] : [97, 301];
    const x = tensor(noise(70 * 97, 2), [70, 97]);
    const small = tensor(noise(301 * 97, 1), shape, "bfloat16");
    const bits = (await small.data()) as Uint16Array;
    const wide = tensor(new Float32Array(Uint32Array.from(bits, (each) => each << 16).buffer), shape);
    const [actual, expected] = [small, wide].map((w) => linear(x, w, null, { transposed }).data());
    expect(await actual).toEqual(await expected);
  }
});
