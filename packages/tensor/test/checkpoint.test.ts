import {
  add,
  checkpoint,
  DisposedError,
  dropout,
  type Engine,
  layerNorm,
  linear,
  mul,
  type Parameter,
  parameter,
  referenceEngine,
  rng,
  ShapeError,
  scope,
  sum,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";

const C = 8;
const rows = 5;

function random(seed: number, length: number): Float32Array {
  const next = rng(seed);
  return Float32Array.from({ length }, () => next() - 0.5);
}

describe.each(Object.entries({ reference: referenceEngine, wasm: wasmEngine }))("%s", (_, make) => {
  let engine: Engine;
  let weights: Parameter[];
  let x: Tensor;
  beforeEach(async () => {
    engine = await useEngine(await make());
    weights = [1, 2, 3, 4].map((seed) => parameter(`w${seed}`, random(seed, C * C), [C, C]));
    x = tensor(random(9, rows * C), [rows, C]);
  });

  /** A residual block with dropout, all of it keyed by `layer`. */
  const block = (h: Tensor, layer: number): Tensor => {
    const wide = linear(layerNorm(h), weights[layer]!, null, { activation: "gelu" });
    return add(h, dropout(wide, 0.3, { seed: 5, step: 1, stream: layer }));
  };

  /** Loss and gradients as bits, so that -0 and 0 differ. */
  const bits = async (fn: () => Tensor, parameters: readonly Parameter[] = weights) => {
    const { value, grads } = valueAndGrad(fn, parameters);
    const all = await Promise.all([value, ...grads].map((each) => each.data()));
    for (const each of [value, ...grads]) each.dispose();
    return all.map((data) => [...new Uint32Array(Float32Array.from(data).buffer)]);
  };

  test("loss and gradients are the same to the bit", async () => {
    const plain = await bits(() => {
      let h = x;
      for (let layer = 0; layer < 4; layer++) h = block(h, layer);
      return sum(mul(h, h));
    });
    const before = engine.memory.allocations;
    const recomputed = await bits(() => {
      let h = x;
      for (let layer = 0; layer < 4; layer++) h = checkpoint((input) => block(input, layer), [h]);
      return sum(mul(h, h));
    });
    expect(recomputed).toEqual(plain);
    expect(plain[1]!.some((bit) => bit !== 0)).toBe(true);
    expect(engine.memory.allocations).toBe(before);
  });

  test("also nested, and where an input is used before, inside, outside, twice and as the result", async () => {
    const w = weights[0]!;
    const run = (through: typeof checkpoint) => () => {
      const a = linear(x, w);
      const b = linear(a, weights[1]!);
      const first = through(
        (p, q, r) => {
          const inner = through((s) => mul(s, linear(s, weights[2]!)), [p]);
          return add(add(inner, mul(q, r)), linear(p, w));
        },
        [a, a, b] as const,
      );
      const second = through((p) => p, [first]);
      const third = through((p, weight) => linear(add(p, p), weight), [second, weights[3]!] as const);
      return sum(mul(add(add(third, a), mul(first, second)), add(a, b)));
    };
    const plain = await bits(run((fn, inputs) => fn(...inputs)));
    expect(await bits(run(checkpoint))).toEqual(plain);
  });

  test("a parameter or a constant can be the input, and what fn does not use has no gradient", async () => {
    const w = weights[0]!;
    const [, used, unused] = await bits(() => sum(checkpoint((p) => mul(p, p), [w])), [w, weights[1]!]);
    expect(used).toEqual((await bits(() => sum(mul(w, w)), [w]))[1]);
    expect(unused!.every((bit) => bit === 0)).toBe(true);
    const [, grad] = await bits(() => sum(checkpoint((p) => mul(p, p), [x])), [w]);
    expect(grad!.every((bit) => bit === 0)).toBe(true);
  });

  test("the peak is lower, and fn runs twice inside valueAndGrad and once outside", () => {
    const peak = (through: typeof checkpoint) => {
      let calls = 0;
      const start = engine.memory.bytes;
      // The peak so far is above all of this, so an engine of its own is measured by `bytes` at each call.
      let most = 0;
      const { allocate } = engine;
      engine.allocate = (...args) => {
        const buffer = allocate.apply(engine, args);
        most = Math.max(most, engine.memory.bytes - start);
        return buffer;
      };
      const w = weights[0]!;
      scope(() =>
        valueAndGrad(() => {
          let h = x;
          for (let i = 0; i < 12; i++) {
            h = through(
              (input) => {
                calls++;
                let inner = input;
                for (let j = 0; j < 6; j++) inner = linear(inner, w, null, { activation: "gelu" });
                return inner;
              },
              [h],
            );
          }
          return sum(h);
        }, [w]),
      );
      engine.allocate = allocate;
      return { most, calls };
    };
    const plain = peak((fn, inputs) => fn(...inputs));
    const recomputed = peak(checkpoint);
    expect(plain.calls).toBe(12);
    expect(recomputed.calls).toBe(24);
    // 12 x 6 x 2 activations against 12 inputs and one block of 6 x 2.
    expect(recomputed.most).toBeLessThan(plain.most / 4);
    let calls = 0;
    const outside = engine.memory.allocations;
    const h = checkpoint(
      (input) => {
        calls++;
        return add(add(input, input), input);
      },
      [x],
    );
    expect(calls).toBe(1);
    expect(engine.memory.allocations).toBe(outside + 1);
    h.dispose();
  });

  test("what fn may not do is named, and nothing leaks", () => {
    const before = engine.memory.allocations;
    const captured = () =>
      valueAndGrad(() => {
        const h = linear(x, weights[0]!);
        return sum(checkpoint((p) => mul(p, h), [linear(x, weights[1]!)]));
      }, weights);
    expect(captured).toThrow(DisposedError);
    expect(captured).toThrow("Pass it in as one of the inputs");
    let size = 1;
    const changing = () =>
      valueAndGrad(() => {
        const h = checkpoint((p) => (size++ % 2 ? linear(p, weights[0]!) : sum(linear(p, weights[0]!))), [x]);
        return sum(h);
      }, weights);
    expect(changing).toThrow(ShapeError);
    expect(() =>
      valueAndGrad(
        () =>
          checkpoint(
            (_: Tensor) => {
              throw new Error("stop");
            },
            [x],
          ),
        weights,
      ),
    ).toThrow("stop");
    expect(engine.memory.allocations).toBe(before);
  });
});
