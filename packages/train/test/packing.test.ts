import { Gpt } from "@llm/gpt";
import { rng, useEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import {
  type Batch,
  type Batches,
  type BatchKey,
  DataError,
  inspect,
  mixture,
  OptionsError,
  type TrainStep,
  tokenArray,
  train,
} from "../src/index.js";

/** Documents of 1 to 39 tokens and separators (0), where token `1000 d + i` is number i of document d. */
const random = rng(7);
const documents = Array.from({ length: 60 }, (_, d) =>
  Array.from({ length: 1 + Math.floor(random() ** 2 * 39) }, (_, i) => 1000 * (d + 1) + i),
);
const ids = documents.flatMap((document) => [...document, 0]);
const key: BatchKey = { split: "train", step: 1, micro: 0, batchSize: 1, blockSize: 16, seed: 5 };
const all = (data: { batch(key: BatchKey): Batch }, rows: number, from = 0) =>
  Array.from({ length: rows }, (_, i) => data.batch({ ...key, step: 1 + from + i }));

/** A row's documents: after how many separators each target comes. */
function continues(batch: Batch): boolean {
  return batch.targets.every((target, t) => {
    const id = batch.ids[t]!;
    if (target === -100) return true;
    if (id === 0) return target === 0 || target % 1000 === 0;
    return target === 0 ? documents[Math.floor(id / 1000) - 1]!.at(-1) === id : target === id + 1;
  });
}

describe("best-fit", () => {
  const data = tokenArray(ids, { packing: "best-fit", separator: 0, split: 1 });
  const rows = all(data, 200);
  const first = rows.findIndex((row, i) => i > 0 && row.ids.join() === rows[0]!.ids.join());
  const targets = ids.length; // every token is a target once, and so is every separator

  test("an epoch has every token as a target once, and the same rows come in another order then", () => {
    // The epoch's length from its padding: as many rows as hold all targets.
    let count = 0;
    let epoch = 0;
    while (count < targets) count += rows[epoch++]!.targets.filter((id) => id !== -100).length;
    expect(count).toBe(targets);
    const seen = rows.slice(0, epoch).flatMap((row) => [...row.targets].filter((id) => id !== -100));
    expect([...seen].sort((a, b) => a - b)).toEqual([...ids].sort((a, b) => a - b));
    const texts = (from: number) => rows.slice(from, from + epoch).map(({ ids }) => ids.join());
    expect([...texts(0)].sort()).toEqual([...texts(epoch)].sort());
    expect(texts(0)).not.toEqual(texts(epoch));
    expect(first).toBeGreaterThanOrEqual(1);
    // Little is padding.
    expect(count / (epoch * 16)).toBeGreaterThan(0.95);
  });

  test("every target follows its id", () => {
    expect(rows.every(continues)).toBe(true);
  });
});

describe("bos-bestfit", () => {
  const data = tokenArray(ids, { packing: "bos-bestfit", separator: 0, split: 1 });
  const rows = all(data, 60);

  test("every row begins with a separator, nothing is padding, every target follows its id", () => {
    for (const row of rows) {
      expect(row.ids[0]).toBe(0);
      expect(row.targets.includes(-100)).toBe(false);
      expect(continues(row)).toBe(true);
    }
  });

  test("a row takes the longest document that fits, and the shortest where none does", () => {
    const lengths = [5, 9, 3, 12];
    const tokens = lengths.flatMap((length, d) => [...Array.from({ length }, () => d + 1), 0]);
    // Positions are one more than the text: 6, 10, 4, 13. A row of 16: 13, then none of 3 fits: the shortest, 4, is cut.
    const { ids } = tokenArray(tokens, { packing: "bos-bestfit", separator: 0, split: 1 }).batch(key);
    const row = [0, ...Array(12).fill(4), 0, 3, 3];
    const other = [0, ...Array(9).fill(2), 0, ...Array(5).fill(1)];
    expect([row.join(), other.join()]).toContain([...ids].join());
  });
});

describe.each(["bos-bestfit", "best-fit"] as const)("%s", (packing) => {
  const options = { packing, separator: 0 };
  const data = tokenArray(ids, options);

  test("batches are a function of the key; micro-batches and ranks share out the rows of one large batch", () => {
    expect(data.batch(key)).toEqual(tokenArray(ids, options).batch(key));
    expect(data.batch({ ...key, seed: 6 })).not.toEqual(data.batch(key));
    const whole = data.batch({ ...key, step: 9, batchSize: 12 }).ids;
    const parts = [0, 1, 2].flatMap((micro) =>
      [0, 1].flatMap((rank) => [
        ...data.batch({ ...key, step: 9, batchSize: 2, micro, accumulation: 3, rank, world: 2 }).ids,
      ]),
    );
    expect(parts).toEqual([...whole]);
  });

  test("isolate says where each document begins", () => {
    const isolated = tokenArray(ids, { ...options, isolate: true });
    for (const { ids, targets, documents } of all(isolated, 20)) {
      for (let t = 0; t < 16; t++) {
        const begin = documents![t]!;
        expect(begin).toBeLessThanOrEqual(t);
        if (begin === t) continue;
        expect(documents![t - 1]).toBe(begin);
        if (targets[t - 1] !== -100) expect(ids[t]).toBe(targets[t - 1]);
      }
    }
    const plain = data.batch(key);
    expect({ ids: plain.ids, targets: plain.targets }).toEqual(plain);
  });

  test("documents without a separator in the list, a split without one, options that go against each other", () => {
    expect(() => tokenArray(ids, { packing })).toThrow(OptionsError);
    expect(() => tokenArray(ids, { ...options, windows: "dealt" })).toThrow("windows");
    expect(() => tokenArray(ids, { isolate: true })).toThrow("isolate");
    expect(() => tokenArray([1, 2, 3], { ...options, split: 1 }).batch(key)).toThrow(DataError);
  });
});

test("isolated documents train as each of them does by itself", async () => {
  await useEngine("reference", { precision: "float64" });
  const config = { vocabSize: 12, blockSize: 16, nLayer: 1, nHead: 2, nEmbd: 16 };
  const small = ids.map((id) => (id === 0 ? 0 : 1 + (id % 11)));
  const packed = tokenArray(small, { packing: "best-fit", separator: 0, isolate: true, split: 1 });
  const options = { steps: 1, batchSize: 3, blockSize: 16, lr: 1e-2, seed: key.seed };
  const first = async (from: Batches, batchSize: number) => {
    const { value } = await train(Gpt.create(config, { seed: 1 }), from, { ...options, batchSize }).next();
    return value as TrainStep;
  };
  // The same documents, each in a row of its own.
  const { ids: tokens, targets, documents } = packed.batch({ ...key, batchSize: 6 });
  const rows: Batch[] = [];
  for (let i = 0; i < 96; i++) {
    const begin = documents![i]!;
    if (i % 16 === begin) rows.push({ ids: new Int32Array(16), targets: new Int32Array(16).fill(-100) });
    const row = rows.at(-1)!;
    row.ids[(i % 16) - begin] = tokens[i]!;
    row.targets[(i % 16) - begin] = targets[i]!;
  }
  const join = (part: "ids" | "targets") => Int32Array.from(rows.flatMap((row) => [...row[part]]));
  const alone = await first({ batch: () => ({ ids: join("ids"), targets: join("targets") }) }, rows.length);
  const together = await first(packed, 6);
  expect(rows.length).toBeGreaterThan(3);
  expect(together.loss).toBeCloseTo(alone.loss, 10);
  expect(together.gradNorm).toBeCloseTo(alone.gradNorm, 9);
});

describe("mixture", () => {
  const part = (from: number, n: number) =>
    tokenArray(
      Array.from({ length: n }, (_, i) => from + i),
      { split: 1, windows: "dealt" },
    );
  const sources = {
    a: { data: part(0, 4000), weight: 2 },
    b: { data: part(10_000, 4000), weight: 1 },
    c: { data: part(20_000, 400), weight: 0.001 },
  };
  const mixed = mixture(sources);
  const rowsOf = (rows: number) =>
    Array.from(mixed.batch({ ...key, batchSize: rows }).ids).filter((_, i) => i % 16 === 0);

  test("in every 1,000 rows each source has its share, in no order", () => {
    const firsts = rowsOf(2000);
    for (const round of [firsts.slice(0, 1000), firsts.slice(1000)]) {
      const count = (from: number) => round.filter((id) => Math.floor(id / 10_000) === from).length;
      expect([count(0), count(1), count(2)]).toEqual([666, 333, 1]);
      expect(round.slice(0, 30).filter((id) => id < 10_000).length).toBeLessThan(30);
    }
  });

  test("each source goes through its own rows, none twice before all were there", () => {
    const a = rowsOf(370).filter((id) => id < 10_000);
    expect(a.length).toBeGreaterThan(200);
    expect(new Set(a).size).toBe(a.length);
  });

  test("batches are a function of the key, and ranks share them out", () => {
    const whole = mixed.batch({ ...key, batchSize: 6 });
    const ranks = [0, 1].flatMap((rank) => [...mixed.batch({ ...key, batchSize: 3, rank, world: 2 }).ids]);
    expect(ranks).toEqual([...whole.ids]);
    expect(mixed.description).toMatchObject({ mixture: { a: { share: 0.666 }, c: { share: 0.001 } } });
  });

  test("masks are filled in where only some sources have them", () => {
    const masked = { batch: (key: BatchKey) => ({ ...part(0, 100).batch(key), mask: new Uint8Array(16) }) };
    const { mask } = mixture({ a: { data: masked, weight: 1 }, b: { data: part(0, 100), weight: 1 } }).batch({
      ...key,
      batchSize: 40,
    });
    const sums = Array.from({ length: 40 }, (_, row) =>
      Array.from(mask!)
        .slice(16 * row, 16 * row + 16)
        .reduce((a, b) => a + b),
    );
    expect(new Set(sums)).toEqual(new Set([0, 16]));
  });

  test.each([
    [{}],
    [{ a: { data: part(0, 100), weight: 0 } }],
    [{ a: { data: part(0, 100), weight: Number.NaN } }],
    [{ a: { weight: 1 } }],
  ])("%#", (wrong) => {
    expect(() => mixture(wrong as never)).toThrow(OptionsError);
  });
});

test("inspect prints rows with borders and masks", () => {
  const batch: Batch = {
    ids: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 0),
    targets: Int32Array.of(2, 3, 9, 5, 6, 7, 8, -100),
    mask: [1, 1, 0, 1, 1, 1, 1, 1],
    weight: [1, 1, 1, 1, 1, -0.5, 1, 1],
    documents: [0, 0, 0, 3, 0, 0, 0, 3],
  };
  expect(inspect(batch, { blockSize: 4 })).toBe(
    "row 0, 3 of 4 targets count: 1 2 3[ 9]| 5\nrow 1, 3 of 4 targets count: 5 6 7(-0.5) 8|[·]",
  );
  const decode = (id: number) => "abcdefghij"[id]!;
  expect(inspect(batch, { blockSize: 8, decode })).toBe("row 0, 6 of 8 targets count: bcd[j]|fgh(-0.5)i[·]");
});
