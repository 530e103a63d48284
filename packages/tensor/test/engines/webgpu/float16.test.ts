// Products whose factors are rounded to halves, and the halves that are kept.
import { floatToHalf, halfToFloat } from "@llm/platform/float-bits";
import { accumulate, type Engine, matmul, referenceEngine, tensor, useEngine, write } from "@llm/tensor";
import { webgpu } from "@llm/tensor/webgpu";
import { expect, test, vi } from "vitest";
import { noise } from "../../cases.js";
import "../../close.js";
import { closedAtEnd } from "../closed-at-end.js";
import { describeWebgpu } from "./engines.js";
import { ownAdapter } from "./shared-gpu.js";

describeWebgpu('inputs "float16"', () => {
  test("products are those of factors rounded to halves, with sums in float32", async () => {
    const device = await (await ownAdapter()).requestDevice({});
    const shaders = vi.spyOn(device, "createShaderModule");
    const halves = closedAtEnd(webgpu(device as never, { inputs: "float16" }));
    expect(halves.device).toMatch(/products of float16$/);
    const half = (values: ArrayLike<number>) => {
      const rounded = Float32Array.from(values, (value) => Math.max(-65_504, Math.min(65_504, value)));
      const bits = new Uint32Array(rounded.buffer);
      for (let i = 0; i < bits.length; i++) bits[i] = halfToFloat(floatToHalf(bits[i]!));
      return rounded;
    };
    const plain = closedAtEnd(referenceEngine({ precision: "float64" }));
    for (const [m, n, k, transposeA, transposeB] of [
      [1, 33, 70, false, true],
      [4, 8, 96, false, true],
      [2, 12, 65, false, false],
      [3, 9, 64, false, false],
      [5, 3, 20, false, false],
      [17, 33, 40, true, true],
      [130, 132, 19, true, false],
    ] as const) {
      const [a, b] = [noise(m * k, 1), noise(k * n, 2)];
      a[3] = 1e9; // beyond the largest half
      const run = async (on: Engine, round: (values: ArrayLike<number>) => ArrayLike<number>) => {
        await useEngine(on);
        const left = tensor(round(a), transposeA ? [k, m] : [m, k]);
        const right = tensor(round(b), transposeB ? [n, k] : [k, n]);
        // Again and again: the fourth reads halves that are kept.
        const found = await Promise.all(
          [1, 2, 3, 4].map(() => matmul(left, right, { transposeA, transposeB }).data()),
        );
        for (const each of found) expect(each).toEqual(found[0]);
        return found[0]!;
      };
      const expected = await run(plain, half);
      const most = Math.max(...Array.from(expected, Math.abs));
      const within = { rtol: 1e-5, atol: 1e-6 * most };
      expect(await run(halves, (values) => values), `${m} x ${n} x ${k}`).toBeAllclose(expected, within);
    }
    const keep = ({ code }: { code: string }) => /fn b_at[^}]*unpack2x16float/.test(code);
    expect(shaders.mock.calls.filter(([module]) => keep(module)).length).toBeGreaterThanOrEqual(5);
    expect(() => webgpu(device as never, { inputs: "bfloat16" } as never)).toThrow(
      'inputs of webgpu is "bfloat16"',
    );
  }, 120_000);

  test("halves that are kept go when what they were made of changes, or is freed", async () => {
    const on = closedAtEnd(
      webgpu((await (await ownAdapter()).requestDevice({})) as never, { inputs: "float16" }),
    );
    await useEngine(on);
    const x = tensor([1, 1, 1, 1, 1], [5, 1]);
    const weight = tensor([1, 2, 3], [1, 3]);
    const row = async () => {
      let found: number[] = [];
      for (let i = 0; i < 5; i++) found = [...(await matmul(x, weight).data())].slice(0, 3);
      return found;
    };
    expect(await row()).toEqual([1, 2, 3]);
    write(weight, [4, 5, 6]);
    expect(await row()).toEqual([4, 5, 6]);
    accumulate(weight, tensor([1, 1, 1], [1, 3]));
    expect(await row()).toEqual([5, 6, 7]);
    weight.dispose();
    const buffers: number[] = [];
    for (let i = 0; i < 3; i++) {
      const other = tensor([7, 8, 9], [1, 3]);
      for (let i = 0; i < 5; i++) matmul(x, other).dispose();
      other.dispose();
      buffers.push(on.counts().buffers);
    }
    expect(buffers).toEqual(Array(3).fill(buffers[0]));
  }, 120_000);
});
