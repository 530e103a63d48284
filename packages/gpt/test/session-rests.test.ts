import { engine, scope, tensor, useEngine } from "@llm/tensor";
import { beforeAll, expect, test } from "vitest";
import { ticksDuring } from "../../../.config/ticks.js";
import { Gpt } from "../src/index.js";

// Small, and slow on `reference`: some 15 ms a block for a prompt that fills the context, a few for one id.
const make = () =>
  Gpt.create({ vocabSize: 50, blockSize: 160, nLayer: 30, nHead: 4, nEmbd: 64 }, { seed: 4 });
const prompt = Array.from({ length: 150 }, (_, i) => (i * i) % 50);

beforeAll(() => useEngine("reference"));

test("timers are heard during a long prefill, and while decoding", async () => {
  const session = make().session();
  expect(await ticksDuring(() => session.step([{ row: 0, ids: prompt }]))).toBeGreaterThan(3);
  const decode = async () => {
    const end = performance.now() + 150;
    while (performance.now() < end) {
      await session.step([{ row: 0, ids: [1] }]);
      session.truncate(0, prompt.length);
    }
  };
  expect(await ticksDuring(decode)).toBeGreaterThan(1);
});

test("a signal is heard between blocks, and leaves the session as it was", async () => {
  const model = make();
  const session = model.session(2);
  await session.step([{ row: 0, ids: [3, 1, 4] }]);
  const before = engine().memory.allocations;
  const entries = [
    { row: 1, ids: [7] },
    { row: 0, ids: prompt },
  ];
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error("enough")), 1);
  await expect(session.step(entries, { signal: abort.signal })).rejects.toThrow("enough");
  await expect(session.step(entries, { signal: AbortSignal.abort() })).rejects.toThrow("aborted");
  expect([session.length(0), session.length(1)]).toEqual([3, 0]);
  expect(engine().memory.allocations).toBe(before);
  const [logits] = await session.step([{ row: 0, ids: [1, 5] }]);
  const expected = await model.forward(tensor([3, 1, 4, 1, 5], [1, 5], "int32")).data();
  expect(logits).toEqual(Float32Array.from(expected.slice(-50)));
});

test("scopes that others open and close meanwhile do not take a step's tensors", async () => {
  const model = make();
  const session = model.session();
  let open = true;
  const others = (async () => {
    while (open) await scope(() => new Promise((resolve) => setTimeout(resolve, 3)));
  })();
  const [logits] = await scope(() => session.step([{ row: 0, ids: prompt }]));
  open = false;
  await others;
  const expected = await model.forward(tensor(prompt, [1, prompt.length], "int32")).data();
  expect(logits).toEqual(Float32Array.from(expected.slice(-50)));
});
