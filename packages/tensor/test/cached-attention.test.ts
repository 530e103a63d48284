import {
  type AttentionOptions,
  cachedAttention,
  type Engine,
  IndexError,
  ropeQkv,
  ropeTable,
  scope,
  slice,
  type Tensor,
  tensor,
  useEngine,
  writeRows,
  zeros,
} from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import "./close.js";
import { noise } from "./cases.js";
import { everyEngine } from "./engines/every.js";

const [R, S, nHead, nKvHead, D] = [4, 90, 4, 2, 6];
const heads = { nHead, nKvHead };
const width = (nHead + 2 * nKvHead) * D;
const columns = nKvHead * D;
const int32 = (...values: number[]) => tensor(values, [values.length], "int32");
const noisy = (shape: readonly number[], key: number) =>
  tensor(
    noise(
      shape.reduce((a, b) => a * b, 1),
      key,
    ),
    shape,
  );
const makeCache = (rows: number) => ({ k: zeros([rows, S, columns]), v: zeros([rows, S, columns]) });
const row = (x: Tensor, b: number) => slice(x, 0, b, b + 1);

/** Steps of a batch: how many tokens each row of the cache gets. Some are one token, some blocks, some rows are done. */
const steps: readonly (readonly (readonly [row: number, tokens: number])[])[] = [
  [
    [2, 70],
    [0, 3],
    [3, 5],
  ],
  [
    [0, 1],
    [3, 0],
    [2, 1],
  ],
  [
    [0, 20],
    [2, 2],
  ],
  [[3, 0]],
];

describe.each(Object.entries(await everyEngine()))("%s", (name, make) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await make();
    await useEngine(engine);
  });
  /** tfjs makes products of another shape for a batch than for one row. */
  const same = async (actual: Tensor, expected: Tensor) => {
    const [a, b] = [await actual.data(), await expected.data()];
    if (name.startsWith("tfjs")) expect(a).toBeAllclose(b, { rtol: 1e-5, atol: 1e-6 });
    else expect(a).toEqual(b);
  };

  test.each<Omit<AttentionOptions, "nHead">>([{}, { window: 9, softcap: 2 }])(
    "rows of different length get what each gets alone, %o",
    async (given) => {
      const options = { ...heads, ...given };
      await scope(async () => {
        const table = ropeTable(S, D);
        const cache = makeCache(R);
        const alone = Array.from({ length: R }, () => ({ ...makeCache(1), length: 0 }));
        for (const [i, step] of steps.entries()) {
          const T = Math.max(1, ...step.map(([, tokens]) => tokens));
          const qkv = noisy([step.length, T, width], i);
          const starts = step.map(([r]) => alone[r]!.length);
          // What is behind a row's own tokens stands somewhere too.
          const positions = starts.flatMap((start) =>
            Array.from({ length: T }, (_, t) => Math.min(S - 1, start + t)),
          );
          const turned = ropeQkv(qkv, table, {
            ...heads,
            positions: tensor(positions, [step.length, T], "int32"),
          });
          const places = {
            starts: int32(...starts),
            lengths: int32(...step.map(([, tokens]) => tokens)),
            rows: int32(...step.map(([r]) => r)),
          };
          const out = cachedAttention(turned, cache, places, options);
          for (const [b, [r, tokens]] of step.entries()) {
            if (tokens < T) {
              const behind = await slice(row(out, b), 1, tokens, T).data();
              expect(behind.every((value) => value === 0)).toBe(true);
            }
            if (tokens === 0) continue;
            const own = alone[r]!;
            const part = slice(row(qkv, b), 1, 0, tokens);
            const single = ropeQkv(part, table, { ...heads, offset: own.length });
            const expected = cachedAttention(single, own, own.length, options);
            own.length += tokens;
            await same(slice(row(out, b), 1, 0, tokens), expected);
          }
          for (const [r, own] of alone.entries()) {
            await same(row(cache.k, r), own.k);
            await same(row(cache.v, r), own.v);
          }
        }
      });
    },
  );

  test("a row that is done has no part in the others, nor a result", async () => {
    await scope(async () => {
      const cache = makeCache(2);
      writeRows(cache.v, tensor(new Array(columns).fill(Number.NaN), [1, 1, columns]), {
        starts: int32(0),
        rows: int32(1),
      });
      const places = { starts: int32(0, 1), lengths: int32(3, 0) };
      const out = await cachedAttention(noisy([2, 3, width], 1), cache, places, heads).data();
      expect(out.every(Number.isFinite)).toBe(true);
      expect(out.slice(3 * nHead * D).every((value) => value === 0)).toBe(true);
    });
  });

  test("a sequence is forked and goes on by itself", async () => {
    await scope(async () => {
      const cache = makeCache(2);
      const first = noisy([1, 5, width], 1);
      const at = (start: number, r: number) => ({ starts: int32(start), rows: int32(r) });
      cachedAttention(first, cache, at(0, 0), heads);
      for (const each of [cache.k, cache.v]) writeRows(each, slice(row(each, 0), 1, 0, 5), at(0, 1));
      await same(row(cache.k, 1), row(cache.k, 0));
      const next = noisy([1, 1, width], 2);
      await same(
        cachedAttention(next, cache, at(5, 1), heads),
        cachedAttention(next, cache, at(5, 0), heads),
      );
    });
  });

  test("documents in one row of the cache do not see each other", async () => {
    await scope(async () => {
      const qkv = noisy([1, 12, width], 1);
      const documents = tensor([0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 5], [1, 12], "int32");
      const out = cachedAttention(qkv, makeCache(1), { starts: int32(0) }, { ...heads, documents });
      const second = cachedAttention(slice(qkv, 1, 5, 12), makeCache(1), 0, heads);
      expect(await slice(out, 1, 5, 12).data()).toBeAllclose(await second.data(), {
        rtol: 1e-5,
        atol: 1e-6,
      });
    });
  });

  test("places outside of the cache are refused, and so are rows named twice", () => {
    scope(() => {
      const cache = makeCache(2);
      const qkv = noisy([2, 3, width], 1);
      const attend = (starts: number[], lengths: number[], rows: number[]) => () =>
        cachedAttention(
          qkv,
          cache,
          { starts: int32(...starts), lengths: int32(...lengths), rows: int32(...rows) },
          heads,
        );
      expect(attend([0, S - 2], [3, 2], [0, 1])).not.toThrow();
      expect(attend([0, S - 2], [3, 3], [0, 1])).toThrow(IndexError);
      expect(attend([0, -1], [3, 3], [0, 1])).toThrow("from -1 on");
      expect(attend([0, 0], [3, 4], [0, 1])).toThrow("4 positions of 3");
      expect(attend([0, 0], [3, 3], [0, 2])).toThrow("row 2");
      expect(attend([0, 0], [3, 3], [1, 1])).toThrow("name row 1");
      const starts = int32(0);
      expect(() => cachedAttention(slice(qkv, 0, 0, 1), cache, { starts }, heads)).toThrow("`rows`");
      expect(() => cachedAttention(qkv, cache, { starts }, heads)).toThrow("starts has shape (1)");
      expect(() => writeRows(cache.k, qkv, { starts: int32(0, 0) })).toThrow("do not fit");
      const positions = tensor([0, 1, S], [1, 3], "int32");
      const turn = () => ropeQkv(slice(qkv, 0, 0, 1), ropeTable(S, D), { ...heads, positions });
      expect(turn).toThrow(IndexError);
    });
    expect(engine.memory.allocations).toBe(0);
  });
});
