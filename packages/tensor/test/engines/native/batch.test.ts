import { linear, matmul, nativeEngine, tensor, useEngine } from "@llm/tensor";
import { expect, test, vi } from "vitest";
import { BATCH, nativeBatch } from "../../../src/engines/native/batch.js";
import { STORAGE } from "../../../src/engines/wasm/buffers.js";
import type { Kernels } from "../../../src/engines/wasm/instance.js";
import { noise } from "../../cases.js";
import "../../close.js";
import { nativeEngines } from "./engines.js";

/** Which code a product of this size runs with 2 MB of scratch, where a pass takes 160 numbers at most; null: none. */
function calls(m: number, n: number, k: number, transposed: boolean, rest: object = {}): string[] | null {
  const {
    storage = STORAGE.float32,
    accumulate = false,
    bias = 0,
    scratchBytes = 2 ** 21,
  } = rest as Record<string, number>;
  const seen: string[] = [];
  const note = (name: string, shown: (args: number[]) => unknown[]) =>
    vi.fn((...args: number[]) => void seen.push([name, ...shown(args)].join(" ")));
  const wasm = {
    pack: note("pack", (args) => args.slice(3, 6)),
    transposeInto: note("turn", (args) => args.slice(4)),
    zero: note("zero", (args) => args.slice(1)),
    copy: note("copy", (args) => args.slice(4)),
  } as unknown as Kernels;
  const epilogue = note("epilogue", (args) => args.slice(2, 4));
  const names = ["narrow", "narrow", "wide", "wide", "add", "add"];
  const callable = (address: number) => note(names[address]!, (args) => args.slice(4));
  const code = {
    vectorBits: 512,
    dots: [
      { lanes: { vectorBits: 256, vectors: 1 }, code: { float32: 0, bfloat16: 1 } },
      { lanes: { vectorBits: 512, vectors: 1 }, code: { float32: 2, bfloat16: 3 } },
    ],
    sums: { float32: 4, bfloat16: 5 },
  } as const;
  const room = { mostRows: BATCH, scratchBytes };
  const batch = nativeBatch(wasm, 0, room, code, { depth: 160, epilogue, callable });
  const b = [200, transposed ? k : n, transposed] as const;
  const done = batch(100, k, false, ...b, 300, n, m, n, k, !!accumulate, bias, 0, 0, 0, 400, storage, 0);
  return done ? seen : null;
}

test("rows have lanes where the rows of a weight are multiplied: 8, or 16", () => {
  expect(calls(2, 48, 300, true)).toEqual(["pack 300 2 8", "narrow 152 148 2 4", "turn 48 2"]);
  expect(calls(8, 48, 160, true, { bias: 7 })?.slice(1)).toEqual([
    "narrow 160 160 1 4",
    "turn 48 8",
    "epilogue 8 48",
  ]);
  expect(calls(9, 50, 160, true)).toEqual([
    "pack 160 9 16",
    ...["wide 160 160 1 4", "turn 48 9"],
    ...["wide 160 160 1 1", "turn 12 9"], // the last rows once more
  ]);
  expect(calls(16, 48, 300, true, { storage: STORAGE.bfloat16 })?.[1]).toBe("wide 76 74 2 6");
  expect(calls(16, 12_000, 160, true)?.filter((each) => /wide/.test(each)).length).toBe(3);
});

test("columns of a weight are added pass by pass", () => {
  expect(calls(3, 96, 300, false)).toEqual([
    "pack 300 3 16",
    ...["zero 336", "add 448 3 6 19 0", "copy 3 96 false"],
    ...["zero 336", "add 448 3 6 18 4", "copy 3 96 true"],
  ]);
  expect(calls(16, 96, 90, false, { accumulate: true })?.at(-1)).toBe("copy 16 96 true");
  expect(calls(16, 8192, 90, false)?.filter((each) => /^add/.test(each)).length).toBe(3);
});

test("what it leaves: other numbers of rows, other weights, too little room", () => {
  expect(calls(1, 96, 160, true)).toBe(null);
  expect(calls(17, 96, 160, false)).toBe(null);
  expect(calls(4, 96, 0, false)).toBe(null);
  expect(calls(4, 96, 160, true, { accumulate: true })).toBe(null);
  expect(calls(4, 11, 160, true)).toBe(null);
  expect(calls(4, 97, 160, false)).toBe(null);
  expect(calls(4, 96, 161, true, { storage: STORAGE.bfloat16 })).toBe(null);
  for (const transposed of [false, true]) {
    expect(calls(4, 96, 160, transposed, { storage: STORAGE.int8 })).toBe(null);
    expect(calls(4, 96, 160, transposed, { scratchBytes: 4096 })).toBe(null);
  }
});

/** Sizes with ends of groups, lines and passes, and rows of a weight a power of two apart. */
const SIZES = [
  [16, 12],
  [37, 48],
  [160, 80],
  [333, 64],
  [1024, 144],
  [2050, 32],
] as const;

test.each(["float32", "bfloat16"] as const)(
  "a row has the bits of a packed product, and those of one row: a weight in %s",
  async (dtype) => {
    const all = Object.entries(await nativeEngines(1)).filter(([name]) => /avx/.test(name));
    for (const [, engine] of all) {
      await useEngine(engine);
      for (const [k, n] of SIZES) {
        const x = noise(40 * k, 1);
        for (const transposed of [false, true]) {
          const w = tensor(noise(k * n, 2), transposed ? [n, k] : [k, n], dtype);
          const product = (rows: number) =>
            linear(tensor(x.subarray(0, rows * k), [rows, k]), w, null, { transposed }).data();
          const packed = await product(40);
          for (const rows of [1, 2, 3, 8, 9, 16, 17]) {
            expect(await product(rows), `${rows} x ${k} x ${n}`).toEqual(packed.subarray(0, rows * n));
          }
        }
      }
    }
  },
);

test("the left factor may be transposed", async () => {
  const all = Object.entries(await nativeEngines(1)).filter(([name]) => /avx/.test(name));
  const [k, n] = [170, 48];
  const x = Float32Array.from(noise(k * 40, 1)); // (k, 40)
  const few = Float32Array.from({ length: k * 7 }, (_, i) => x[Math.floor(i / 7) * 40 + (i % 7)]!); // (k, 7)
  for (const [, engine] of all) {
    await useEngine(engine);
    for (const transposeB of [false, true]) {
      const b = tensor(noise(k * n, 2), transposeB ? [n, k] : [k, n]);
      const product = (a: Float32Array, rows: number) =>
        matmul(tensor(a, [k, rows]), b, { transposeA: true, transposeB }).data();
      expect(await product(few, 7)).toEqual((await product(x, 40)).subarray(0, 7 * n));
    }
  }
});

test("inputs in bfloat16 are rounded from the number of rows on that they were", async () => {
  const engine = await nativeEngine({ inputs: "bfloat16" }).catch(() => null);
  if (!engine) return console.log("Skipped: this processor has no products of bfloat16");
  await useEngine(engine);
  const [w, x] = [tensor(noise(96 * 64, 1), [96, 64]), noise(40 * 96, 2)];
  const product = (rows: number) => linear(tensor(x.subarray(0, rows * 96), [rows, 96]), w).data();
  const packed = await product(40);
  expect(await product(4)).toEqual(packed.subarray(0, 4 * 64));
  expect(await product(3)).not.toEqual(packed.subarray(0, 3 * 64));
});
