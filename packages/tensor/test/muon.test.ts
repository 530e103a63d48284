import {
  muon,
  orthogonalize,
  parameter,
  referenceEngine,
  type Tensor,
  tensor,
  useEngine,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { noise } from "./cases.js";
import { noiseTensor } from "./fused-cases.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";

type Matrix = number[][];

const rowsOf = (values: ArrayLike<number>, n: number): Matrix =>
  Array.from({ length: values.length / n }, (_, i) =>
    Array.from({ length: n }, (_, j) => values[i * n + j]!),
  );
const transpose = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const product = (a: Matrix, b: Matrix): Matrix => {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, value, i) => sum + value * column[i]!, 0)));
};
const combine = (a: Matrix, x: number, b: Matrix, y: number): Matrix =>
  a.map((row, i) => row.map((value, j) => x * value + y * b[i]![j]!));

/** Newton-Schulz in double precision, as it is written in the literature. */
function plain(g: Matrix): Matrix {
  const norm = Math.sqrt(g.flat().reduce((sum, value) => sum + value * value, 0));
  let x = g.map((row) => row.map((value) => value / (norm + 1e-7)));
  for (let step = 0; step < 5; step++) {
    const a = product(x, transpose(x));
    x = combine(x, 3.4445, product(combine(a, -4.775, product(a, a), 2.0315), x), 1);
  }
  return x;
}

/** One mild step, which does not enlarge what float32 rounds. */
const gentle = [[1.5, -0.5, 0]] as const;
function iterated(g: Matrix): Matrix {
  const norm = Math.hypot(...g.flat());
  const x = g.map((row) => row.map((value) => value / (norm + 1e-7)));
  return combine(x, 1.5, product(product(x, transpose(x)), x), -0.5);
}

/** nanochat's parts, as they are written in their papers, for a matrix (out, in). */
const lengthOf = (values: number[]) => Math.hypot(...values);
function equilibrated(g: Matrix): Matrix {
  const wanted = lengthOf(g.flat()) / Math.sqrt(g.length);
  return g.map((row) => {
    const length = Math.max(lengthOf(row), 1e-6);
    return row.map((value) => (value * wanted) / length);
  });
}
function renormalized(x: Matrix): Matrix {
  const wanted = Math.sqrt(Math.min(x.length, x[0]!.length));
  const length = lengthOf(x.flat());
  return x.map((row) => row.map((value) => (value * wanted) / length));
}
function reduced(x: Matrix, second: number[], decay: number): Matrix {
  const tall = x.length >= x[0]!.length;
  const by = tall ? x : transpose(x);
  const divided = by.map((row, i) => {
    const mean = row.reduce((sum, value) => sum + value * value, 0) / row.length;
    second[i] = decay * second[i]! + (1 - decay) * mean;
    return row.map((value) => value / Math.sqrt(Math.max(second[i]!, 1e-10)));
  });
  const back = lengthOf(x.flat()) / lengthOf(divided.flat());
  const out = divided.map((row) => row.map((value) => value * back));
  return tall ? out : transpose(out);
}

const engines = { reference: referenceEngine, wasm: wasmEngine, ...deviceEngines };

describe.each(Object.entries(engines))("%s", (_, make) => {
  beforeEach(async () => {
    await useEngine(await make());
  });

  test.each([
    [1, 1],
    [1, 3],
    [17, 3],
    [17, 64],
    [100, 17],
    [64, 64],
  ])("orthogonalize (%d, %d) equals the plain iteration", async (m, n) => {
    const values = noise(m * n, 4);
    const out = orthogonalize(noiseTensor([m, n], 4));
    expect(await out.data()).toBeAllclose(plain(rowsOf(values, n)).flat(), { rtol: 1e-3, atol: 1e-4 });
  });

  test("the singular values of a well-conditioned matrix end near 1", async () => {
    // Diagonal: the singular values are the entries themselves.
    const values = new Float64Array(25);
    [1, -0.8, 0.5, 0.4, 0.3].forEach((value, i) => {
      values[i * 6] = value;
    });
    const p = parameter("p", values, [5, 5]);
    const out = await orthogonalize(p).data();
    for (let i = 0; i < 25; i++) {
      if (i % 6 !== 0) expect(out[i]).toBe(0);
      else expect(Math.abs(out[i]!)).toBeGreaterThan(0.6);
      expect(Math.abs(out[i]!)).toBeLessThan(1.25);
    }
    expect(out[6]).toBeLessThan(0);
  });

  test("a batch is its matrices one by one", async () => {
    const whole = await orthogonalize(noiseTensor([3, 17, 5], 6)).data();
    for (let i = 0; i < 3; i++) {
      const one = orthogonalize(parameter("p", noise(255, 6).subarray(i * 85, (i + 1) * 85), [17, 5]));
      expect(await one.data()).toBeAllclose(whole.subarray(i * 85, (i + 1) * 85));
    }
  });

  test.each([
    [true, false],
    [true, true],
    [false, false],
  ])(
    "muon follows the formula over several steps: nesterov %s, transposed %s",
    async (nesterov, transposed) => {
      const [m, n] = [7, 19];
      let weights = rowsOf(noise(m * n, 1), n);
      const p = parameter("p", weights.flat(), [m, n]);
      const state = { momentum: zeros([m, n]) };
      let mean = rowsOf(new Float64Array(m * n), n);
      const factor = transposed ? 1 : Math.sqrt(n / m);
      for (let step = 1; step <= 3; step++) {
        const options = { lr: 0.1, momentum: 0.9, weightDecay: 0.2, gradScale: 0.5, nesterov, transposed };
        const grad = noiseTensor([m, n], 2, step);
        muon(p, grad, state, options);
        const g = combine(rowsOf(noise(m * n, 2, step), n), 0.5, mean, 0);
        mean = combine(mean, 0.9, g, 0.1);
        const update = plain(nesterov ? combine(g, 0.1, mean, 0.9) : mean);
        weights = combine(weights, 1 - 0.1 * 0.2, update, -0.1 * factor);
      }
      expect(await state.momentum.data()).toBeAllclose(mean.flat());
      expect(await p.data()).toBeAllclose(weights.flat(), { rtol: 1e-3, atol: 1e-4 });
    },
  );

  test.each([
    [7, 19, true],
    [7, 19, false],
    [19, 7, true],
    [8, 8, false],
    [24, 702, true], // enough for several threads
  ])("muon with nanochat's parts, (%d, %d), transposed %s", async (m, n, transposed) => {
    const parts = { equilibrate: true, renormalize: true, varianceDecay: 0.8, cautious: true };
    const numbers = { lr: 0.1, momentum: 0, nesterov: false, weightDecay: 0.4, steps: gentle };
    const turned = (x: Matrix) => (transposed ? x : transpose(x)); // to (out, in), and back
    const batch = 2;
    const own = Array.from({ length: batch }, (_, i) => turned(rowsOf(noise(m * n, 1, i), n)));
    const p = parameter(
      "p",
      own.flatMap((x) => turned(x).flat()),
      [batch, m, n],
    );
    const longer = Math.max(m, n);
    const state = { momentum: zeros([batch, m, n]), variance: zeros([batch, longer]) };
    const second = own.map(() => new Array<number>(longer).fill(0));
    for (let step = 0; step < 2; step++) {
      const grads = own.map((_, i) => {
        const grad = rowsOf(noise(m * n, 3 + step, i), n);
        grad[1]!.fill(0); // a line that does not move
        return grad;
      });
      muon(p, tensor(grads.flat(2), [batch, m, n]), state, { ...numbers, ...parts, transposed });
      for (const [i, grad] of grads.entries()) {
        const g = equilibrated(turned(grad));
        const update = reduced(renormalized(iterated(g)), second[i]!, 0.8);
        const rate = 0.1 * Math.sqrt(Math.max(1, g.length / g[0]!.length));
        own[i] = own[i]!.map((row, r) =>
          row.map((w, c) => {
            const u = update[r]![c]!;
            return w - rate * (u + (u * w >= 0 ? 0.4 * w : 0));
          }),
        );
      }
    }
    expect(await state.variance.data()).toBeAllclose(second.flat(), { rtol: 1e-3, atol: 1e-5 });
    expect(await p.data()).toBeAllclose(
      own.flatMap((x) => turned(x).flat()),
      { rtol: 1e-3, atol: 1e-4 },
    );
  });

  test("muon refuses a second moment that does not fit, and wants one", () => {
    const p = parameter("p", noise(6, 1), [2, 3]);
    const step = (state: { variance?: Tensor }, varianceDecay: number) => () =>
      muon(p, zeros([2, 3]), { momentum: zeros([2, 3]), ...state }, { lr: 1, varianceDecay });
    expect(step({}, 0.9)).toThrow("needs state.variance");
    expect(step({ variance: zeros([2]) }, 0.9)).toThrow("state.variance has shape (2)");
    expect(step({ variance: zeros([3]) }, 1)).toThrow("varianceDecay is 1");
  });
});
