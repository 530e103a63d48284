import { linear, nativeEngine, tensor, useEngine } from "@llm/tensor";
import { expect, test, vi } from "vitest";
import { nativeThin } from "../../../src/engines/native/thin.js";
import { STORAGE } from "../../../src/engines/wasm/buffers.js";
import type { Kernels } from "../../../src/engines/wasm/instance.js";
import { noise } from "../../cases.js";
import "../../close.js";
import { nativeEngines } from "./engines.js";

/** Which code a product of this size runs, with what sizes, where a pass takes 160 numbers at most. */
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
    copy: note("add", (args) => args.slice(4, 6)),
  } as unknown as Kernels;
  const epilogue = note("epilogue", (args) => args.slice(2, 4));
  const callable = (address: number) =>
    note(address < 3 ? `dots ${address}` : "sums", (args) => args.slice(4));
  const code = { vectorBits, dots: { float32: 1, bfloat16: 2 }, sums: { float32: 4, bfloat16: 3 } };
  const thin = nativeThin(wasm, 0, { code, depth: 160, epilogue, callable });
  const b = [200, transposed ? k : n, transposed] as const;
  thin(100, k, false, ...b, 300, n, m, n, k, accumulate, bias, 0, 0, 0, 400, storage, 0);
  return seen;
}

test("a row times the rows of a weight is machine code's, whatever their number", () => {
  const [float32, twice] = [{ storage: STORAGE.float32 }, ["dots 2 39 36 5 6", "dots 2 39 36 5 1"]];
  expect(calls(512, 1, 96, 768, true)).toEqual(["dots 2 39 36 5 6"]);
  expect(calls(512, 1, 96, 160, true, float32)).toEqual(["dots 1 40 40 1 6"]);
  expect(calls(256, 1, 97, 768, true, { bias: 7 })).toEqual([...twice, "epilogue 1 97"]);
});

test("columns of a weight are machine code's, some at a time", () => {
  expect(calls(512, 1, 96, 300, false)).toEqual(["sums 6 152 148 2 0 400"]);
  expect(calls(256, 1, 96, 90, false, { accumulate: true })).toEqual(["sums 12 92 90 1 1 400"]);
  expect(calls(512, 1, 4128, 160, false, { storage: STORAGE.float32 })).toEqual([
    "sums 256 160 160 1 0 400",
    "sums 2 160 160 1 0 400",
  ]);
});

test("the rest is WebAssembly's, pass by pass too", () => {
  for (const seen of [
    calls(512, 1, 96, 150, true),
    calls(512, 1, 96, 4, true),
    calls(512, 1, 3, 160, true),
    calls(512, 1, 97, 160, false),
    calls(512, 2, 96, 160, true),
    calls(512, 3, 96, 160, false),
    calls(512, 4, 96, 768, true),
    calls(512, 1, 90, 160, false, { storage: STORAGE.float32 }),
    calls(512, 1, 96, 160, false, { storage: STORAGE.int8 }),
  ]) {
    expect(seen.map((each) => each.split(" ")[0])).toEqual(["wasm"]);
  }
  expect(calls(512, 1, 5000, 162, false, { storage: STORAGE.int8 })).toEqual([
    ...["wasm 1 4096 84", "wasm 1 4096 78", "add 1 4096"],
    ...["wasm 1 904 84", "wasm 1 904 78", "add 1 904"],
  ]);
  expect(calls(512, 1, 96, 160, true, { accumulate: true })).toEqual(["wasm 1 96 160", "add 1 96"]);
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
        const w = tensor(noise(304 * 64, 1), transposed ? [304, 64] : [64, 304], "bfloat16");
        const x = tensor(noise(rows * 64, 2), [rows, 64]);
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
