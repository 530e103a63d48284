import {
  accumulate,
  adamw,
  cachedAttention,
  concat,
  dropout,
  globalNorm,
  parameter,
  randomNormal,
  randomUniform,
  referenceEngine,
  reshape,
  rng,
  rope,
  ropeQkv,
  ropeTable,
  selfAttention,
  slice,
  tensor,
  useEngine,
  wasmEngine,
  write,
  zeros,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import { closedAtEnd } from "./engines/closed-at-end.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";

const engines = { reference: referenceEngine, wasm: wasmEngine, ...deviceEngines };

describe.each(Object.entries(engines))("%s", (_, make) => {
  beforeEach(async () => {
    await useEngine(closedAtEnd(await make()));
  });

  test.each([
    [2, 1],
    [4, 2],
  ])("attention through a cache equals attention over the whole, %d/%d heads", async (nHead, nKvHead) => {
    const [batch, length, headDim] = [2, 11, 6];
    const width = (nHead + 2 * nKvHead) * headDim;
    const qkv = tensor(noise(batch * length * width, 3), [batch, length, width]);
    const whole = selfAttention(qkv, { nHead, nKvHead });
    const cache = { k: zeros([batch, 16, nKvHead * headDim]), v: zeros([batch, 16, nKvHead * headDim]) };
    for (const [start, end] of [
      [0, 5],
      [5, 6],
      [6, 8],
      [8, 11],
    ] as const) {
      const part = cachedAttention(slice(qkv, 1, start, end), cache, start, { nHead, nKvHead });
      expect(await part.data()).toBeAllclose(await slice(whole, 1, start, end).data());
    }
  });

  test.each([
    [1, 0],
    [3, 0],
    [5, 1.5],
    [40, 0.3],
  ])("rope and attention with window %d and cap %d go through a cache", async (window, softcap) => {
    const [batch, length, nHead, nKvHead, headDim] = [2, 37, 4, 2, 6];
    const qkv = tensor(noise(batch * length * 48, 3), [batch, length, 48]);
    const table = ropeTable(length, headDim);
    const options = { nHead, nKvHead, window, softcap };
    const whole = selfAttention(ropeQkv(qkv, table, { nHead, nKvHead }), options);
    const cache = { k: zeros([batch, 40, nKvHead * headDim]), v: zeros([batch, 40, nKvHead * headDim]) };
    for (const [start, end] of [
      [0, 21],
      [21, 22],
      [22, 24],
      [24, 30],
      [30, 37],
    ] as const) {
      const turned = ropeQkv(slice(qkv, 1, start, end), table, { nHead, nKvHead, offset: start });
      const part = cachedAttention(turned, cache, start, options);
      expect(await part.data()).toBeAllclose(await slice(whole, 1, start, end).data());
    }
  });

  test("rotated queries and keys meet at the angle of their distance", async () => {
    const dot = async (from: number, to: number) => {
      const at = (offset: number, key: number) =>
        rope(tensor(noise(8, key), [1, 1, 1, 8]), ropeTable(100, 8), { offset }).data();
      const [q, k] = [await at(from, 1), await at(to, 2)];
      return Array.from(q).reduce((total, value, i) => total + value * k[i]!, 0);
    };
    expect(await dot(9, 5)).toBeCloseTo(await dot(84, 80), 5);
    expect(Math.abs((await dot(9, 5)) - (await dot(9, 4)))).toBeGreaterThan(0.01);
  });

  test("a fused projection is turned like its heads, and its values are not", async () => {
    const [nHead, nKvHead, headDim] = [3, 1, 4];
    const qkv = tensor(noise(2 * 5 * 20, 7), [2, 5, 20]);
    const table = ropeTable(5, headDim);
    const heads = reshape(qkv, [2, 5, 5, headDim]);
    const expected = concat([rope(slice(heads, 2, 0, 4), table), slice(heads, 2, 4, 5)], 2);
    expect(await ropeQkv(qkv, table, { nHead, nKvHead }).data()).toEqual(await expected.data());
  });

  test("adamw follows the formula over several steps", async () => {
    const values = [0.5, -2, 3, 0.1, 1];
    const p = parameter("p", values, [5]);
    const state = { m: zeros([5]), v: zeros([5]) };
    const options = { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, gradScale: 0.5 };
    const m = new Float64Array(5);
    const v = new Float64Array(5);
    for (let step = 1; step <= 3; step++) {
      const grad = noise(5, 8, step);
      adamw(p, tensor(grad, [5]), state, { ...options, step });
      for (let i = 0; i < 5; i++) {
        const g = 0.5 * grad[i]!;
        m[i] = 0.9 * m[i]! + 0.1 * g;
        v[i] = 0.99 * v[i]! + 0.01 * g * g;
        const update = m[i]! / (1 - 0.9 ** step) / (Math.sqrt(v[i]! / (1 - 0.99 ** step)) + 1e-8);
        values[i] = values[i]! - 0.1 * 0.1 * values[i]! - 0.1 * update;
      }
    }
    expect(await p.data()).toBeAllclose(values);
    expect(await state.v.data()).toBeAllclose(v);
  });

  test("accumulate, globalNorm and write", async () => {
    const x = tensor([3, 4, 0, 0, 0], [5]);
    expect(await globalNorm([x, tensor([12], [1])])).toBeCloseTo(13, 5);
    accumulate(x, tensor([1, 1, 1, 1, 1], [5]), -2);
    write(x, [7], 4);
    expect([...(await x.data())]).toEqual([1, 2, -2, -2, 7]);
  });

  test("random values and masks are functions of their keys, equal on every engine", async () => {
    const normal = Array.from(await randomNormal([2000], { mean: 1, std: 2, seed: 3, stream: 4 }).data());
    const average = normal.reduce((a, b) => a + b, 0) / 2000;
    const deviation = Math.sqrt(normal.reduce((a, b) => a + (b - average) ** 2, 0) / 2000);
    expect(Math.abs(average - 1)).toBeLessThan(0.2);
    expect(Math.abs(deviation - 2)).toBeLessThan(0.15);
    const uniform = await randomUniform([2000], { low: -1, high: 3, seed: 3, stream: 4 }).data();
    expect(uniform.every((value) => value >= -1 && value < 3)).toBe(true);
    const ones = tensor(new Float32Array(10_000).fill(1), [10_000]);
    const mask = async (seed: number, step: number, stream: number) =>
      Array.from(await dropout(ones, 0.25, { seed, step, stream }).data(), Math.sign);
    const base = await mask(1, 2, 3);
    const kept = base.reduce((a, b) => a + b, 0);
    expect(Math.abs(kept - 7500)).toBeLessThan(200);
    expect(await mask(1, 2, 3)).toEqual(base);
    for (const other of [await mask(2, 2, 3), await mask(1, 3, 3), await mask(1, 2, 4)]) {
      const agreement = other.reduce((total, value, i) => total + (value === base[i] ? 1 : 0), 0) / 10_000;
      expect(Math.abs(agreement - (0.75 ** 2 + 0.25 ** 2))).toBeLessThan(0.03);
    }
  });
});

test("rng passes a chi-square test over 64 bins, and its low bits move", () => {
  const next = rng(1, 2, 3);
  const bins = new Float64Array(64);
  const lowBins = new Float64Array(64);
  const n = 64_000;
  for (let i = 0; i < n; i++) {
    const value = next();
    bins[Math.floor(value * 64)]! += 1;
    lowBins[Math.floor(value * 2 ** 53) % 64]! += 1;
  }
  for (const counts of [bins, lowBins]) {
    const chi = counts.reduce((total, count) => total + (count - n / 64) ** 2 / (n / 64), 0);
    expect(chi).toBeLessThan(115); // 63 degrees of freedom: p < 1e-4
    expect(chi).toBeGreaterThan(25);
  }
});
