import {
  type Engine,
  referenceEngine,
  scope,
  selfAttention,
  tensor,
  useEngine,
  wasmEngine,
} from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { kernelsOver } from "../../../src/engines/native/attach.js";
import { machineCode } from "../../../src/engines/native/plan.js";
import { instantiate } from "../../../src/engines/wasm/instance.js";
import { compile } from "../../../src/engines/wasm/module.js";
import { beginnings } from "../../attention-cases.js";
import { noise } from "../../cases.js";
import "../../close.js";
import { nativeEngines } from "./engines.js";

const [T, D] = [150, 16];
type Quad = [number, number, number, number];

async function attend(on: Engine, qkv: Float64Array, window: number): Promise<ArrayLike<number>> {
  await useEngine(on);
  return scope(async () => selfAttention(tensor(qkv, [1, T, 3 * D]), { nHead: 1, window }).data());
}

const engines: Record<string, Engine> = {
  wasm: await wasmEngine({ threads: 1 }),
  ...(await nativeEngines(1)),
};

describe.each(Object.entries(engines))("attention on %s", (_, on) => {
  test.each([0, 40])("of scores far apart, with a window of %i", async (window) => {
    const qkv = noise(T * 3 * D, 1).map((value) => Math.fround(30 * value));
    const expected = await attend(referenceEngine({ precision: "float64" }), qkv, window);
    // Scores reach thousands: half a unit in their last place moves the weights.
    expect(await attend(on, qkv, window)).toBeAllclose(expected, { rtol: 1e-3, atol: 3e-2 });
  });

  test("NaN in a key reaches the queries that see it, and no others", async () => {
    const qkv = noise(T * 3 * D, 2).map(Math.fround);
    const clean = await attend(on, qkv, 0);
    qkv[20 * 3 * D + D] = Number.NaN;
    const out = await attend(on, qkv, 0);
    const rows = (values: ArrayLike<number>, from: number, to: number) =>
      Array.from(values).slice(from * D, to * D);
    expect(rows(out, 0, 20)).toEqual(rows(clean, 0, 20));
    expect(rows(out, 20, T).every(Number.isNaN)).toBe(true);
  });
});

test("every row of packed documents and of dropout goes to machine code, many rows at a time", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
  const calls: { pass: string; rows: number; step: number }[] = [];
  const kernels = instantiate(await compile("baseline", true), memory, {
    multiplyRows: () => {},
    multiplyColumns: () => {},
    thinDots: () => {},
    thinSums: () => {},
    softmaxRows: (...args) => calls.push({ pass: "forward", rows: args[2], step: args[8] }),
    dropRows: (...args) => calls.push({ pass: "dropout", rows: args[2], step: 0 }),
    softmaxRowsBackward: (...args) => calls.push({ pass: "backward", rows: args[2], step: args[9] }),
  });
  const [firsts, qkv, out, scratch] = [1, 2, 4, 8].map((place) => place * 131_072) as Quad;
  const dropped = firsts + 4 * T;
  new Int32Array(memory.buffer, firsts, T).set(beginnings(20, 1, 90, 39));
  const keys = [qkv + 4 * D, 3 * D, qkv + 8 * D, 3 * D] as const;
  const rest = [scratch, T, firsts, dropped, 0] as const;
  kernels.attention(qkv, 3 * D, ...keys, out, D, 0, T, 0, 1, 1, D, 0.25, 30, 0, ...rest);
  const inputs = [qkv, qkv + 4 * D, qkv + 8 * D, 3 * D, out, out, D, out] as const;
  kernels.attentionBackward(...inputs, qkv, qkv, qkv, T, 1, 1, D, 0.25, 30, 0, ...rest);
  // Blocks of 64 rows, cut where a document begins and where the window starts to count.
  for (const pass of ["forward", "backward"]) {
    const own = calls.filter((call) => call.pass === pass);
    expect(own.reduce((total, { rows }) => total + rows, 0)).toBe(T);
    expect(own.length).toBeLessThan(10);
    expect(new Set(own.map(({ step }) => step))).toEqual(new Set([0, 4]));
  }
  const drops = calls.filter(({ pass }) => pass === "dropout");
  expect(drops.map(({ rows }) => rows)).toEqual([64, 64, 22, 64, 64, 64, 64, 22, 22]);
});

const plan = () => {
  try {
    return machineCode().plan;
  } catch {
    return null;
  }
};

test.skipIf(!plan())(
  "attention beyond 2 GB of memory, where addresses have their highest bit set",
  async () => {
    const memory = new WebAssembly.Memory({ initial: 40_000, maximum: 65_536, shared: true });
    const kernels = kernelsOver(await compile("baseline", true), memory, plan());
    const at = (start: number) => {
      const [qkv, out, logs, scratch] = [0, 65_536, 131_072, 196_608].map((place) => start + place) as Quad;
      const dropped = logs + 4 * T;
      new Int32Array(memory.buffer, dropped, 5).set([2 ** 30, 0, 12, 34, T]);
      new Float32Array(memory.buffer, dropped + 4, 1).fill(4 / 3);
      new Float32Array(memory.buffer, qkv, T * 3 * D).set(noise(T * 3 * D, 3));
      const heads = [1, 1, D, 0.25, 0, 0] as const;
      kernels.attention(
        qkv,
        3 * D,
        qkv + 4 * D,
        3 * D,
        qkv + 8 * D,
        3 * D,
        out,
        D,
        logs,
        T,
        0,
        ...heads,
        scratch,
        T,
        0,
        dropped,
        2 ** 32 - 7,
      );
      return new Float32Array(memory.buffer, out, T * D);
    };
    expect(at(2 ** 31 + 65_536)).toEqual(at(65_536));
  },
);

test("the products of a query over a cache are machine code's", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
  const seen: (string | number)[][] = [];
  const kernels = instantiate(await compile("baseline", true), memory, {
    multiplyRows: () => {},
    multiplyColumns: () => {},
    softmaxRows: () => {},
    softmaxRowsBackward: () => {},
    dropRows: () => {},
    thinDots: (_x, _weight, stride, _out, rows, depth) => seen.push(["dots", stride, rows, depth]),
    thinSums: (_x, _weight, stride, _out, depth, columns) => seen.push(["sums", stride, depth, columns]),
  });
  const [q, kv, out, scratch] = [1, 2, 4, 8].map((place) => place * 131_072) as Quad;
  const query = (headDim: number, start: number) =>
    kernels.attention(
      ...[q, headDim, kv, headDim, kv, headDim, out, headDim, 0, 1, start, 1, 1, headDim],
      ...[0.25, 0, 0, scratch, 1, 0, 0, 0],
    );
  query(64, 40);
  query(64, 14); // fewer keys than a group
  query(20, 40); // no whole vectors
  expect(seen).toEqual([
    ["dots", 256, 41, 64],
    ["sums", 256, 41, 64],
    ["sums", 256, 15, 64],
  ]);
});
