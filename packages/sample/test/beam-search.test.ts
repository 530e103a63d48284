import { beamSearch, ContextOverflowError, InvalidOptionError, logProbability, modelOf } from "@llm/sample";
import { expect, test } from "vitest";
import golden from "./golden/beams.json";
import { model } from "./models.js";

/** The toy models of golden/make_beams.py. */
function toy(seed: number) {
  const logit = (tokens: readonly number[], token: number) => {
    let x = seed;
    for (const each of [tokens.length, ...tokens.slice(-2), token]) {
      x = (x * 31 + each + 1) % 1000003;
      x = (x * x + 7 * x + 3) % 1000003;
    }
    return (x / 1000003) * 4;
  };
  const next = (ids: readonly number[]) => Float64Array.from({ length: 10 }, (_, id) => logit(ids, id));
  return model(next, { vocabSize: 10, blockSize: 32 });
}

type Case = [number, number[], Parameters<typeof beamSearch>[2], [number[], number][]];

test("finds what transformers finds, in 200 toy models", async () => {
  expect(golden).toHaveLength(200);
  for (const [seed, prompt, options, expected] of golden as Case[]) {
    const on = toy(seed);
    const beams = await beamSearch(on, prompt, options);
    const context = JSON.stringify({ seed, prompt, options });
    expect(
      beams.map(({ ids }) => [...ids]),
      context,
    ).toEqual(expected.map(([ids]) => ids));
    expected.forEach(([, score], i) => {
      // transformers adds up in 32-bit floats
      expect(Math.abs(beams[i]!.score - score), context).toBeLessThan(1e-5 + 1e-6 * Math.abs(score));
    });
    expect(on.log.disposed).toBe(1);
  }
});

test("with as many beams as there are texts it finds the most probable one of all", async () => {
  for (let seed = 0; seed < 5; seed++) {
    const on = toy(seed);
    const session = on.session();
    let best = Number.NEGATIVE_INFINITY;
    for (let text = 0; text < 1000; text++) {
      const ids = [5, Math.floor(text / 100), Math.floor(text / 10) % 10, text % 10];
      const row = session.add();
      const [logits] = await session.step([{ row, ids }], { logits: "all" });
      const logprob = [1, 2, 3].reduce(
        (sum, at) => sum + logProbability(logits!.subarray((at - 1) * 10, at * 10), ids[at]!),
        0,
      );
      best = Math.max(best, logprob);
      session.free(row);
    }
    const [found] = await beamSearch(on, [5], { beams: 100, maxTokens: 3 });
    expect(found!.logprob).toBeCloseTo(best, 10);
    expect(found!.score).toBeCloseTo(best / 3, 10);
  }
});

test("the prompt is read once, and every row but the living is freed", async () => {
  const on = toy(1);
  let most = 0;
  const watched = {
    ...on,
    session(rows?: number) {
      const session = on.session(rows);
      const step: typeof session.step = (entries, options) => {
        most = Math.max(most, entries.length);
        return session.step(entries, options);
      };
      return { ...session, step };
    },
  };
  await beamSearch(watched, [1, 2, 3], { beams: 3, maxTokens: 5, earlyStopping: "never" });
  expect(on.log.steps.filter((ids) => ids.length > 1)).toEqual([[1, 2, 3]]);
  expect(most).toBe(3);
});

test("impossible tokens are never part of a text; the end token of the model ends one", async () => {
  const next = () => [0, 1, Number.NEGATIVE_INFINITY];
  const on = modelOf(next, { vocabSize: 3, blockSize: 8, endOfText: 0 });
  const beams = await beamSearch(on, [1], { beams: 4, maxTokens: 3, earlyStopping: "never" });
  for (const { ids } of beams) {
    expect([...ids]).not.toContain(2);
    expect(ids.indexOf(0)).toBe(ids.at(-1) === 0 ? ids.length - 1 : -1);
  }
});

test("a signal ends it, and frees the session", async () => {
  const on = toy(1);
  const abort = AbortSignal.abort(new Error("enough"));
  await expect(beamSearch(on, [1], { beams: 2, maxTokens: 4, signal: abort })).rejects.toThrow("enough");
  expect(on.log.steps).toEqual([]);
});

test("mistakes are named", async () => {
  const run = (prompt: number[], options: object) => beamSearch(toy(1), prompt, options as never);
  await expect(run([1], { beams: 2, maxTokens: 40 })).rejects.toThrow(ContextOverflowError);
  await expect(run([], { beams: 2, maxTokens: 4 })).rejects.toThrow(InvalidOptionError);
  await expect(run([77], { beams: 2, maxTokens: 4 })).rejects.toThrow(/id 77/);
  await expect(run([1], { beams: 0, maxTokens: 4 })).rejects.toThrow(/beams of beamSearch is 0/);
  await expect(run([1], { beam: 2, maxTokens: 4 })).rejects.toThrow(/did you mean "beams"/);
  await expect(run([1], { beams: 2, maxTokens: 4, earlyStopping: "nevr" })).rejects.toThrow(/never/);
});
