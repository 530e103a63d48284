import { ContextOverflowError, InvalidLogitsError, modelOf } from "@llm/sample";
import { expect, test } from "vitest";

/** The sum of all ids, and how many there are. */
const sums = modelOf((ids) => [ids.reduce((a, b) => a + b, 0), ids.length], { vocabSize: 2, blockSize: 5 });

test("rows of any length, by number; logits of the last id or of all", async () => {
  const session = sums.session(2);
  const [a, b] = await session.step([
    { row: 1, ids: [1, 2] },
    { row: 0, ids: Uint32Array.of(7) },
  ]);
  expect([a, b]).toEqual([Float32Array.of(3, 2), Float32Array.of(7, 1)]);
  const [all] = await session.step([{ row: 1, ids: [3, 4] }], { logits: "all" });
  expect(all).toEqual(Float32Array.of(6, 3, 10, 4));
  expect([session.length(0), session.length(1)]).toEqual([1, 4]);
});

test("fork, truncate, add and free", async () => {
  const session = sums.session();
  await session.step([{ row: 0, ids: [1, 2, 3] }]);
  expect(session.fork(0)).toBe(1);
  session.truncate(0, 1);
  expect(session.add()).toBe(2);
  session.free(1);
  expect(session.add()).toBe(3);
  expect(session.rows).toEqual([0, 2, 3]);
  expect(await session.step([{ row: 0, ids: [9] }])).toEqual([Float32Array.of(10, 2)]);
  expect(() => session.length(1)).toThrow("row 1 is not open; these are: 0, 2, 3");
  expect(() => session.truncate(0, 3)).toThrow("it holds 2 positions");
});

test("a step that fails leaves the session as it was", async () => {
  const session = sums.session(2);
  await session.step([{ row: 1, ids: [1, 1, 1, 1] }]);
  const entries = [
    { row: 0, ids: [1] },
    { row: 1, ids: [1, 1] },
  ];
  await expect(session.step(entries)).rejects.toThrow(ContextOverflowError);
  await expect(session.step([{ row: 0, ids: [1] }], { signal: AbortSignal.abort() })).rejects.toThrow();
  expect([session.length(0), session.length(1)]).toEqual([0, 4]);
  const short = modelOf(() => [1], { vocabSize: 2, blockSize: 5 }).session();
  await expect(short.step([{ row: 0, ids: [1] }])).rejects.toThrow(InvalidLogitsError);
});
