import {
  ContextOverflowError,
  InvalidOptionError,
  loglikelihood,
  logProbability,
  type Tokenizer,
} from "@llm/sample";
import { expect, test } from "vitest";
import { bytes, model } from "./models.js";

const wave = (context: readonly number[]) =>
  Float32Array.from(
    { length: 256 },
    (_, id) => 3 * Math.sin(id * 7.7 + context.length + 2 * context.at(-1)!),
  );

test("is the sum of the model's log-probabilities", async () => {
  const { logprob, logprobs, ids } = await loglikelihood(model(wave), bytes, "abc", " def");
  const joint = [...bytes.encode("abc def")];
  const expected = [3, 4, 5, 6].map((at) => logProbability(wave(joint.slice(0, at)), joint[at]!));
  expect(Array.from(logprobs)).toEqual(expected);
  expect(logprob).toBeCloseTo(
    expected.reduce((a, b) => a + b),
    12,
  );
  expect(Array.from(ids)).toEqual(joint.slice(3));
});

test("white space at the end of the context belongs to the continuation", async () => {
  const a = await loglikelihood(model(wave), bytes, "abc ", "def");
  const b = await loglikelihood(model(wave), bytes, "abc", " def");
  expect(a).toEqual(b);
});

test("context and continuation are encoded as one text", async () => {
  // "ab" is one token when it stands together.
  const pairs: Tokenizer = {
    ...bytes,
    encode: (text) => Uint32Array.from(text.replaceAll("ab", "\u0001"), (c) => c.charCodeAt(0)),
  };
  const { ids } = await loglikelihood(model(wave), pairs, "x", "ab");
  expect(Array.from(ids)).toEqual([1]);
});

test("greedy says whether the model would have written just that", async () => {
  const next = (context: readonly number[]) =>
    Float32Array.from({ length: 256 }, (_, id) => (id === context.at(-1)! + 1 ? 5 : 0));
  expect((await loglikelihood(model(next), bytes, "ab", "cde")).greedy).toBe(true);
  expect((await loglikelihood(model(next), bytes, "ab", "cdf")).greedy).toBe(false);
});

test("a long context loses its beginning; a long continuation is an error", async () => {
  const small = model(wave, { blockSize: 4 });
  await loglikelihood(small, bytes, "abcdefgh", "ij");
  expect(small.log.steps.flat()).toEqual([...bytes.encode("fghi")]);
  await expect(loglikelihood(small, bytes, "a", "bcdef")).rejects.toThrow(ContextOverflowError);
  await expect(loglikelihood(small, bytes, "a", "")).rejects.toThrow(InvalidOptionError);
  await expect(loglikelihood(small, bytes, " ", "a")).rejects.toThrow(InvalidOptionError);
});
