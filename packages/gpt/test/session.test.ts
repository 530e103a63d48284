import { tensor, useEngine } from "@llm/tensor";
import { beforeAll, expect, test } from "vitest";
import { ContextLengthError, Gpt, TokenIdError } from "../src/index.js";

const V = 17;
const make = () => Gpt.create({ vocabSize: V, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 }, { seed: 4 });
const ids = [3, 1, 4, 1, 5, 9, 2, 6];

beforeAll(() => useEngine("reference"));

async function expectClose(a: ArrayLike<number>, b: ArrayLike<number>) {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(1e-6);
}

/** Logits of the last position, without a cache. */
async function whole(model: Gpt, ids: readonly number[], rows = 1): Promise<number[]> {
  const n = ids.length / rows;
  const logits = await model.forward(tensor(ids, [rows, n], "int32")).data();
  return Array.from({ length: rows }, (_, r) => [
    ...logits.slice((r * n + n - 1) * V, (r * n + n) * V),
  ]).flat();
}

test("prefill and decode agree with the whole forward pass, however the ids are cut", async () => {
  const model = make();
  for (const cuts of [[8], [1, 1, 1, 1, 1, 1, 1, 1], [5, 1, 2], [2, 6]]) {
    const session = model.session();
    for (const n of cuts) {
      const start = session.length;
      await expectClose(
        await session.append(ids.slice(start, start + n)),
        await whole(model, ids.slice(0, start + n)),
      );
      expect(session.length).toBe(start + n);
    }
    session.dispose();
  }
});

test("rows are decoded side by side", async () => {
  const model = make();
  const session = model.session(2);
  await session.append(Uint32Array.of(1, 2, 3, 7, 8, 9));
  const logits = await session.append([4, 10]);
  expect(logits.length).toBe(2 * V);
  await expectClose(logits, await whole(model, [1, 2, 3, 4, 7, 8, 9, 10], 2));
});

test("all() answers every position", async () => {
  const model = make();
  const session = model.session();
  await session.append([3, 1]);
  const logits = await session.all([4, 1, 5]);
  const expected = await model.forward(tensor([3, 1, 4, 1, 5], [1, 5], "int32")).data();
  await expectClose(logits, expected.slice(2 * V));
});

test("truncate goes back", async () => {
  const model = make();
  const session = model.session();
  await session.append([3, 1, 7, 7, 7]);
  session.truncate(2);
  expect(session.length).toBe(2);
  await expectClose(await session.append([4, 1]), await whole(model, [3, 1, 4, 1]));
  expect(() => session.truncate(5)).toThrow("holds 4 positions");
  expect(() => session.truncate(-1)).toThrow(RangeError);
});

test("past blockSize is a typed error that leaves the session as it was", async () => {
  const model = make();
  const session = model.session();
  await session.append(ids.slice(0, 7));
  await expect(session.append([2, 6])).rejects.toThrow(ContextLengthError);
  expect(session.length).toBe(7);
  await expectClose(await session.append([6]), await whole(model, ids));
  await expect(session.append([1])).rejects.toThrow("blockSize = 8");
});

test("ids that cannot be taken in are refused", async () => {
  const session = make().session(2);
  await expect(session.append([1, 2, 3])).rejects.toThrow("2 rows");
  await expect(session.append([])).rejects.toThrow("at least 1");
  await expect(session.append([1, V])).rejects.toThrow(TokenIdError);
  await expect(session.append([1, -1])).rejects.toThrow("index 1");
  expect(session.length).toBe(0);
  expect(() => make().session(0)).toThrow("rows is 0");
  session.dispose();
  await expect(session.append([1, 2])).rejects.toThrow("disposed");
});
