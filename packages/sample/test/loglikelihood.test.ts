import {
  ContextOverflowError,
  InvalidOptionError,
  loglikelihood,
  logProbability,
  type Tokenizer,
} from "@llm/sample";
import { describe, expect, test } from "vitest";
import { loglikelihoods } from "../src/loglikelihood.js";
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

describe("the seam", () => {
  // Tokens as a BPE would have them: the longest that fits, so that a text that ends early has others at its end.
  const vocabulary = ["hello", " wor", " world", "ld", " the", " answer", " an", "swer", "\u0000"];
  const words: Tokenizer = {
    ...bytes,
    encode(text) {
      const ids: number[] = [];
      for (let rest = text; rest !== ""; ) {
        const fits = vocabulary.filter((each) => rest.startsWith(each));
        const token = fits.sort((a, b) => b.length - a.length)[0] ?? rest[0]!;
        const known = vocabulary.indexOf(token);
        ids.push(known < 0 ? token.charCodeAt(0) : 200 + known);
        rest = rest.slice(token.length);
      }
      return Uint32Array.from(ids);
    },
  };
  const text = "hello world the answer";
  const joint = words.encode(text);
  const starts = ["hello".length, "hello world".length, "hello world the".length, text.length];

  test("a token that spans it is scored whole", async () => {
    const { ids, logprob } = await loglikelihood(model(wave), words, "hello wor", "ld the answer");
    expect([...ids]).toEqual([...joint.slice(1)]);
    const all = await loglikelihood(model(wave), words, "hello", " world the answer");
    expect(logprob).toBe(all.logprob);
  });

  test.each(Array.from({ length: text.length }, (_, cut) => cut))(
    "cut at %i: tokens of the whole text, the same total",
    async (cut) => {
      const endOfText = 208;
      const on = { ...model(wave), config: { endOfText } };
      const { ids, logprob } = await loglikelihood(on, words, text.slice(0, cut), text.slice(cut));
      const before = joint.length - ids.length;
      expect([...ids]).toEqual([...joint.slice(before)]);
      expect(before).toBeLessThanOrEqual(starts.filter((start) => start <= cut).length);
      const context = before === 0 ? [endOfText] : [];
      const terms = (from: number, to: number) =>
        [...joint.keys()].slice(from, to).reduce((sum, at) => {
          return sum + logProbability(wave([...context, ...joint.slice(0, at)]), joint[at]!);
        }, 0);
      expect(logprob).toBeCloseTo(terms(before, joint.length), 12);
      const later = await loglikelihood(on, words, "hello", text.slice(5));
      if (before > 0) expect(logprob + terms(1, before)).toBeCloseTo(later.logprob, 12);
    },
  );

  test("without a context the end token stands before the text", async () => {
    const on = model(wave);
    const prefixed = await loglikelihood({ ...on, config: { endOfText: 7 } }, bytes, "", "ab");
    expect(prefixed.logprobs[0]).toBe(logProbability(wave([7]), 97));
    expect(prefixed.logprobs[1]).toBe(logProbability(wave([7, 97]), 98));
    expect(await loglikelihood(on, bytes, "", "ab", { prefixId: 7 })).toEqual(prefixed);
    expect((await loglikelihood(on, bytes, " \n", "ab", { prefixId: 7 })).ids).toHaveLength(4);
    await expect(loglikelihood(on, bytes, "", "ab")).rejects.toThrow(/prefixId/);
    await expect(loglikelihood(on, bytes, "", "", { prefixId: 7 })).rejects.toThrow(InvalidOptionError);
  });
});

test("several continuations of a context score as each by itself, whatever shares its tokens", async () => {
  const context = "once upon a ";
  const endings = ["time", "t", "hill, far away", "time", " "];
  for (const blockSize of [64, 16]) {
    const each = model(wave, { blockSize });
    const alone = await Promise.all(endings.map((ending) => loglikelihood(each, bytes, context, ending)));
    const steps = each.log.steps.length;
    expect(await loglikelihoods(each, bytes, context, endings, {})).toEqual(alone);
    expect(each.log.steps.length - steps).toBeLessThan(steps);
  }
});

test("greedy says whether the model would have written just that", async () => {
  const next = (context: readonly number[]) =>
    Float32Array.from({ length: 256 }, (_, id) => (id === context.at(-1)! + 1 ? 5 : 0));
  expect((await loglikelihood(model(next), bytes, "ab", "cde")).greedy).toBe(true);
  expect((await loglikelihood(model(next), bytes, "ab", "cdf")).greedy).toBe(false);
});

test("ids that the model does not know are refused", async () => {
  const small = { ...model(wave), vocabSize: 100 };
  await expect(loglikelihood(small, bytes, "ab", "cx")).rejects.toThrow(/the text holds id 120/);
  await expect(loglikelihood(small, bytes, "ax", "b")).rejects.toThrow(InvalidOptionError);
  await expect(loglikelihood(model(wave), bytes, "", "b", { prefixId: 256 })).rejects.toThrow(/id 256/);
});

test("a long context loses its beginning; a long continuation is an error", async () => {
  const small = model(wave, { blockSize: 4 });
  await loglikelihood(small, bytes, "abcdefgh", "ij");
  expect(small.log.steps.flat()).toEqual([...bytes.encode("fghi")]);
  await expect(loglikelihood(small, bytes, "a", "bcdef")).rejects.toThrow(ContextOverflowError);
  await expect(loglikelihood(small, bytes, "a", "")).rejects.toThrow(InvalidOptionError);
  await expect(loglikelihood(small, bytes, " ", "a")).rejects.toThrow(InvalidOptionError);
});
