import { complete, completeBatch, generate, loglikelihood, sampleBatch } from "@llm/sample";
import { expect, test } from "vitest";
import { ticksDuring } from "../../../.config/ticks.js";
import { bytes, model } from "./models.js";

/** A model that works for some milliseconds at a time, and whose promises are all settled. */
const slow = (ms = 4) =>
  model(
    () => {
      const end = performance.now() + ms;
      while (performance.now() < end);
      return new Float32Array(256);
    },
    { blockSize: 1000 },
  );

/** Its scores take their time. */
const large = () => model(() => zeros, { vocabSize: zeros.length, blockSize: 1000 });
const zeros = new Float32Array(50_000);

const work = {
  complete: (signal?: AbortSignal, on = slow()) =>
    complete(on, bytes, "abc", { maxTokens: 40, ...(signal && { signal }) }),
  generate: async (signal?: AbortSignal, on = slow()) => {
    for await (const _ of generate(on, bytes, "abc", { maxTokens: 40, ...(signal && { signal }) }));
  },
  completeBatch: (signal?: AbortSignal, on = slow()) =>
    completeBatch(on, bytes, ["abc", "d"], { maxTokens: 20, ...(signal && { signal }) }),
  // The model is quick here: what takes its time are the draws.
  sampleBatch: (signal?: AbortSignal, on = large()) =>
    sampleBatch(on, [[1], [2]], { samples: 16, maxTokens: 8, ...(signal && { signal }) }),
  // The model is quick here: what takes its time are the scores of a long continuation.
  loglikelihood: (signal?: AbortSignal, on = large()) =>
    loglikelihood(on, bytes, "a", "b".repeat(90), signal ? { signal } : {}),
};

test.each(["complete", "generate", "completeBatch", "sampleBatch", "loglikelihood"] as const)(
  "timers are heard during %s",
  async (of) => {
    expect(await ticksDuring(() => work[of]())).toBeGreaterThan(2);
  },
);

test("a timer's signal ends complete with the text so far, and frees the session", async () => {
  const abort = new AbortController();
  const on = slow();
  const timer = setInterval(() => on.log.steps.length > 2 && abort.abort(new Error("enough")), 1);
  const { finishReason, ids } = await complete(on, bytes, "abc", { maxTokens: 40, signal: abort.signal });
  clearInterval(timer);
  expect(finishReason).toBe("abort");
  expect(ids.length).toBeGreaterThan(0);
  expect(on.log.steps.length).toBeLessThan(40);
  expect(on.log.disposed).toBe(1);
});

test.each([
  ["generate", slow],
  ["loglikelihood", large],
  ["sampleBatch", large],
] as const)("a timer's signal ends %s, and frees the session", async (of, make) => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error("enough")), 1);
  const on = make();
  await expect(work[of](abort.signal, on)).rejects.toThrow("enough");
  expect(on.log.steps.length).toBeLessThan(40);
  expect(on.log.disposed).toBe(1);
});

test("what is aborted already is not begun", async () => {
  for (const of of Object.values(work)) {
    const on = slow();
    await expect(of(AbortSignal.abort(new Error("gone")), on)).rejects.toThrow("gone");
    expect(on.log.steps).toEqual([]);
  }
});
