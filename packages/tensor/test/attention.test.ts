import {
  add,
  concat,
  dropout,
  type Engine,
  embedding,
  IndexError,
  linear,
  matmul,
  mul,
  parameter,
  permute,
  referenceEngine,
  reshape,
  ropeQkv,
  ropeTable,
  scale,
  scope,
  selfAttention,
  slice,
  softcap,
  softmax,
  sum,
  type Tensor,
  tensor,
  useEngine,
  valueAndGrad,
} from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import "./close.js";
import { beginnings } from "./attention-cases.js";
import { noise } from "./cases.js";
import { everyEngine } from "./engines/every.js";

const [B, T, nHead, nKvHead, D] = [2, 70, 4, 2, 5];
const heads = { nHead, nKvHead };
const width = (nHead + 2 * nKvHead) * D;
const qkvData = noise(B * T * width, 1).map((value) => Math.fround(2 * value));
const dropped = { p: 0.25, seed: 3, step: 7, stream: 2 };

/** An operation on some parameters, and the gradients of a weighted sum of its result. */
async function evaluate(
  inputs: readonly { data: ArrayLike<number>; shape: readonly number[] }[],
  run: (inputs: Tensor[]) => Tensor,
) {
  const parameters = inputs.map(({ data, shape }, i) => parameter(`${i}`, data, shape));
  let out: Promise<ArrayLike<number>> | null = null;
  const { value, grads } = valueAndGrad(() => {
    const y = run(parameters);
    out = y.data();
    return sum(mul(y, tensor(noise(y.size, 9), y.shape)));
  }, parameters);
  const result = { out: await out!, grads: await Promise.all(grads.map((grad) => grad.data())) };
  for (const each of [value, ...grads, ...parameters]) each.dispose();
  return result;
}

/** Attention made of other operations, with dropout of its weights (B, nHead, T, T). */
function composed(qkv: Tensor, window: number, cap: number): Tensor {
  const columns = permute(reshape(qkv, [B, T, nHead + 2 * nKvHead, D]), [0, 2, 1, 3]);
  const shared = (first: number) => {
    const each = Array.from({ length: nHead }, (_, h) => first + Math.floor((h * nKvHead) / nHead));
    return reshape(
      concat(
        each.map((head) => slice(columns, 1, head, head + 1)),
        1,
      ),
      [B * nHead, T, D],
    );
  };
  const q = reshape(slice(columns, 1, 0, nHead), [B * nHead, T, D]);
  const scores = softcap(scale(matmul(q, shared(nHead), { transposeB: true }), D ** -0.5), cap);
  const hidden = Array.from({ length: scores.size }, (_, i) => {
    const [t, s] = [Math.floor(i / T) % T, i % T];
    return s > t || s <= t - window ? -1e30 : 0;
  });
  const { p, ...key } = dropped;
  const weights = dropout(softmax(add(scores, tensor(hidden, scores.shape))), p, key);
  const out = matmul(weights, shared(nHead + nKvHead));
  return reshape(permute(reshape(out, [B, nHead, T, D]), [0, 2, 1, 3]), [B, T, nHead * D]);
}

test("attention with dropout is softmax, dropout with the same key, and a product", async () => {
  await useEngine(referenceEngine({ precision: "float64" }));
  const inputs = [{ data: qkvData, shape: [B, T, width] }];
  const expected = await evaluate(inputs, ([qkv]) => composed(qkv!, 50, 2));
  const actual = await evaluate(inputs, ([qkv]) =>
    selfAttention(qkv!, { ...heads, window: 50, softcap: 2, dropout: dropped }),
  );
  expect(actual.out).toBeAllclose(expected.out, { rtol: 1e-9, atol: 1e-12 });
  expect(actual.grads[0]!).toBeAllclose(expected.grads[0]!, { rtol: 1e-9, atol: 1e-12 });
});

describe.each(Object.entries(await everyEngine()))("%s", (_, make) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await make();
    await useEngine(engine);
  });

  test("packed documents equal separate ones, forward and backward", async () => {
    const lengths = [19, 3, 1, 47];
    const [V, S, C] = [11, 50, 6];
    const shapes = [
      [V, C],
      [S, C],
      [C, width],
    ];
    const inputs = shapes.map((shape, i) => ({ data: noise(shape[0]! * shape[1]!, i), shape }));
    const ids = Array.from({ length: T }, (_, t) => (t * t) % V);
    const attend = (tables: Tensor[], row: number[], places: { documents?: Tensor; positions?: Tensor }) => {
      const [table, position, weight] = tables as [Tensor, Tensor, Tensor];
      const { positions, documents } = places;
      const x = embedding(tensor(row, [1, row.length], "int32"), table, {
        position,
        ...(positions && { positions }),
      });
      const turned = ropeQkv(linear(x, weight), ropeTable(S, 4), {
        ...heads,
        ...(positions && { positions }),
      });
      return selfAttention(turned, { ...heads, window: 30, ...(documents && { documents }) });
    };
    const begins = beginnings(...lengths);
    const packed = await evaluate(inputs, (tables) =>
      attend(tables, ids, {
        documents: tensor(begins, [1, T], "int32"),
        positions: tensor(
          begins.map((begin, t) => t - begin),
          [1, T],
          "int32",
        ),
      }),
    );
    const separate = await evaluate(inputs, (tables) =>
      concat(
        lengths.map((length, i) => {
          const from = lengths.slice(0, i).reduce((a, b) => a + b, 0);
          return attend(tables, ids.slice(from, from + length), {});
        }),
        1,
      ),
    );
    expect(packed.out).toBeAllclose(separate.out, { rtol: 1e-6, atol: 1e-6 });
    for (const [i, grad] of separate.grads.entries()) {
      expect(packed.grads[i]!).toBeAllclose(grad, { rtol: 1e-5, atol: 1e-5 });
    }
  });

  test("documents of one begin, all lengths and no dropout change no bit", async () => {
    const inputs = [{ data: qkvData, shape: [B, T, width] }];
    const plain = await evaluate(inputs, ([qkv]) => selfAttention(qkv!, { ...heads, window: 33 }));
    for (const options of [
      { dropout: { ...dropped, p: 0 } },
      { documents: tensor(new Int32Array(B * T), [B, T], "int32") },
      { lengths: tensor([T, T], [B], "int32") },
    ]) {
      const actual = await evaluate(inputs, ([qkv]) =>
        selfAttention(qkv!, { ...heads, window: 33, ...options }),
      );
      expect(actual).toEqual(plain);
      for (const each of Object.values(options)) if ("dispose" in each) each.dispose();
    }
    expect(engine.memory.allocations).toBe(0);
  });

  test("the mask of dropout: its share, its factor, its keys", async () => {
    // Equal scores and values of an identity matrix show the weights themselves: 1 / (t + 1), kept or not.
    const [n, H, p] = [40, 3, 0.2];
    const qkv = new Float32Array(B * n * 3 * H * n);
    for (let i = 0; i < B * n; i++) {
      for (let h = 0; h < H; h++) qkv[i * 3 * H * n + (2 * H + h) * n + (i % n)] = 1;
    }
    const draw = (step: number) =>
      scope(async () => {
        const x = tensor(qkv, [B, n, 3 * H * n]);
        return selfAttention(x, { nHead: H, dropout: { p, seed: 1, step, stream: 5 } }).data();
      });
    const weights = await draw(1);
    const kept: boolean[] = [];
    const wrong = Array.from(weights).filter((weight, i) => {
      const [t, s] = [Math.floor(i / (H * n)) % n, i % n];
      if (s <= t) kept.push(weight !== 0);
      return weight !== 0 && (s > t || Math.abs(weight * (t + 1) * (1 - p) - 1) > 1e-5);
    });
    expect(wrong).toEqual([]);
    const share = kept.filter(Boolean).length / kept.length;
    expect(Math.abs(share - (1 - p))).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / kept.length));
    expect(await draw(1)).toEqual(weights);
    const signs = (values: ArrayLike<number>) => Array.from(values, Math.sign);
    expect(signs(await draw(2))).not.toEqual(signs(weights));
    // Rows, heads and queries have masks of their own.
    const rows = new Set<string>();
    for (let r = 0; r < B * n * H; r++) {
      if (Math.floor(r / H) % n === n - 1) rows.add(`${signs(weights.slice(r * n, (r + 1) * n))}`);
    }
    expect(rows.size).toBe(B * H);
    await useEngine(referenceEngine());
    expect(signs(await draw(1))).toEqual(signs(weights));
    await useEngine(engine);
  });

  test("what is out of range is refused", () => {
    scope(() => {
      const qkv = tensor(qkvData, [B, T, width]);
      const documents = (at: number, begin: number) => {
        const begins = new Int32Array(B * T);
        begins[T + at] = begin;
        return () => selfAttention(qkv, { ...heads, documents: tensor(begins, [B, T], "int32") });
      };
      expect(documents(5, 5)).not.toThrow();
      expect(documents(5, 6)).toThrow(IndexError);
      expect(documents(5, -1)).toThrow("entry 1 of the batch sees from position -1 on at position 5");
      const short = tensor([0], [1], "int32");
      expect(() => selfAttention(qkv, { ...heads, documents: short })).toThrow("documents has shape (1)");
      expect(() => selfAttention(qkv, { ...heads, lengths: tensor([T, T + 1], [B], "int32") })).toThrow(
        IndexError,
      );
      for (const p of [-0.1, 1, Number.NaN]) {
        expect(() => selfAttention(qkv, { ...heads, dropout: { ...dropped, p } })).toThrow("dropout.p");
      }
    });
    expect(engine.memory.allocations).toBe(0);
  });
});
