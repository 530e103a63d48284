import {
  type Constraint,
  complete,
  completeBatch,
  generate,
  InvalidOptionError,
  modelOf,
  sampleBatch,
} from "@llm/sample";
import { choices, either, regex } from "@llm/sample/constraints";
import { expect, test } from "vitest";
import { bytes, evenModel, tokenizerOf } from "./texts.js";

const names = ["yes", "no", "yesterday", "naïve 😀"];
const tokenizer = tokenizerOf(["ye", "yes", "no", "ster", "day", "x"]);
const model = evenModel(tokenizer);

test("a text is one of the choices, and each of them is written", async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const { text, finishReason } = await complete(model, tokenizer, "a", {
      constraint: choices(names),
      seed,
    });
    expect(finishReason).toBe("stop");
    seen.add(text);
  }
  expect([...seen].sort()).toEqual([...names].sort());
});

test("the end token is drawn only where the text may end, and not where it must", async () => {
  const constraint = choices(["yes", "yesterday"]);
  for (let seed = 0; seed < 30; seed++) {
    const { text, stoppedBy } = await complete(model, tokenizer, "a", { constraint, seed });
    expect(stoppedBy).toBe(text === "yes" ? tokenizer.end : undefined);
  }
});

test("a model without an end token ends where nothing can follow", async () => {
  const { text, finishReason, stoppedBy } = await complete(evenModel({ vocabSize: 256 }), bytes, "a", {
    constraint: choices(["yes", "yesterday"]),
  });
  expect({ text, finishReason, stoppedBy }).toEqual({
    text: "yesterday",
    finishReason: "stop",
    stoppedBy: undefined,
  });
});

test("rows of a batch keep to the constraint, each the one that is written alone", async () => {
  const constraint = regex("[a-z]{3}|\\d+;");
  const batch = await completeBatch(model, tokenizer, ["a", "b"], { constraint, samples: 4, seed: 3 });
  for (const [row, { text, prompt }] of batch.entries()) {
    expect(text).toMatch(/^(?:[a-z]{3}|\d+;)$/);
    const alone = await complete(model, tokenizer, prompt === 0 ? "a" : "b", { constraint, row, seed: 3 });
    expect(alone.text).toBe(text);
  }
});

test("speculation changes no constrained text", async () => {
  const constraint = regex("(?:ab|ba){20}");
  const given = { constraint, seed: 5 };
  const plain = await complete(model, tokenizer, "ababab", given);
  const ahead = await complete(model, tokenizer, "ababab", { ...given, speculate: "prompt" });
  expect(plain.text).toMatch(/^(?:ab|ba){20}$/);
  expect(ahead.text).toBe(plain.text);
});

test("a draft model keeps to the constraint: where it is the model itself, all of its drafts are right", async () => {
  for (const constraint of [regex("(?:ab|ba){20}"), regex("[a-f]{10,60}"), choices(names)]) {
    for (let seed = 0; seed < 8; seed++) {
      const given = { constraint, seed, maxTokens: 70, temperature: seed % 2 };
      const plain = await complete(model, tokenizer, "ab", given);
      const { speculation, ...rest } = await complete(model, tokenizer, "ab", {
        ...given,
        speculate: { draft: model, tokens: 5 },
      });
      expect(rest).toEqual(plain);
      expect(speculation!.accepted).toBeGreaterThanOrEqual(speculation!.drafted - 1); // the last token is not read
    }
  }
});

test("a draft model that is mistaken is corrected within the constraint", async () => {
  const other = modelOf((ids) => Float32Array.from({ length: 263 }, (_, id) => Math.sin(id * ids.length)), {
    vocabSize: 263,
    blockSize: 2048,
  });
  for (let seed = 0; seed < 8; seed++) {
    const given = { constraint: regex("(?:[ab]{3}-)+x"), seed, maxTokens: 40 };
    const plain = await complete(model, tokenizer, "ab", given);
    const { speculation, ...rest } = await complete(model, tokenizer, "ab", {
      ...given,
      speculate: { draft: other },
    });
    expect(rest).toEqual(plain);
    expect(speculation!.drafted).toBeGreaterThan(0);
  }
});

test("sampleBatch keeps to a constraint: its texts are those of complete", async () => {
  const constraint = regex("[a-z]{3}|\\d+;");
  const prompts = ["a", "bc"].map((text) => tokenizer.encode(text));
  const given = { constraint, seed: 3, maxTokens: 12 };
  for (const [row, sample] of (
    await sampleBatch(model, prompts, { ...given, tokenizer, samples: 4 })
  ).entries()) {
    const { ids, logprobs, finishReason, stoppedBy } = await complete(
      model,
      tokenizer,
      prompts[sample.prompt]!,
      { ...given, row },
    );
    expect({ stoppedBy: undefined, ...sample }).toMatchObject({ ids, logprobs, finishReason, stoppedBy });
    expect(sample.samplingLogprobs[0]).toBeGreaterThan(sample.logprobs[0]!);
  }
});

test("tokens that are put in are a part of a constrained text, and must fit", async () => {
  const [a, b, x] = [...tokenizer.encode("abx")] as [number, number, number];
  const run = (forced: number[], constraint: Constraint = regex("ab[cd]x"), more = {}) =>
    sampleBatch(model, [[a]], { constraint, tokenizer, maxTokens: 9, forced: [forced], ...more });
  const [sample] = await run([a, b, -1, x]);
  expect(tokenizer.decode(sample!.ids)).toMatch(/^ab[cd]x$/);
  expect(sample).toMatchObject({ finishReason: "stop", forced: Uint8Array.of(1, 1, 0, 1) });
  await expect(run([a, x])).rejects.toThrow(`token ${x} is put in where the constraint does not allow it`);
  await expect(run([], {} as never)).rejects.toThrow(
    /constraint of sampleBatch is an object without begin|begin/,
  );
  await expect(run([], regex("a"), { tokenizer: undefined })).rejects.toThrow("needs the tokenizer");
});

test("mask, stop strings, maxTokens and filters keep their meaning", async () => {
  const constraint = regex("[ab]{6}");
  const onlyB = new Uint32Array(9).fill(0xffffffff);
  onlyB[3]! &= ~2; // no "a"
  expect((await complete(model, tokenizer, "a", { constraint, mask: onlyB })).text).toBe("bbbbbb");
  expect(await complete(model, tokenizer, "a", { constraint, mask: onlyB, stop: "bbb" })).toMatchObject({
    text: "",
    stoppedBy: "bbb",
  });
  expect(await complete(model, tokenizer, "a", { constraint, maxTokens: 2 })).toMatchObject({
    finishReason: "length",
  });
  expect((await complete(model, tokenizer, "a", { constraint, temperature: 0 })).text).toBe("aaaaaa");
});

test("the last event has the whole text, held-back ends of it too", async () => {
  const texts: string[] = [];
  for await (const event of generate(evenModel(bytes), bytes, "a", {
    constraint: choices(["ab"]),
    stop: "bc",
  }))
    texts.push(event.text);
  expect(texts).toEqual(["a", "b"]);
});

test("what is no constraint is refused", () => {
  expect(() => generate(model, tokenizer, "a", { constraint: {} as never })).toThrow(InvalidOptionError);
  expect(() => generate(model, tokenizer, "a", { constraint: {} as never })).toThrow("constraint");
});

test.each([[[]], [["\ud800"]], [[1 as never]]])("choices refuses %j", (texts) => {
  expect(() => choices(texts)).toThrow("choices");
});

test("a special token is no text, whatever ends a text", async () => {
  const special: typeof tokenizer = { ...tokenizer, specialTokens: new Map([["ye", 256]]) };
  const options = { constraint: regex("[^]{80}"), stopIds: [], maxTokens: 80 };
  for (let seed = 0; seed < 5; seed++) {
    const { ids } = await complete(model, special, "a", {
      ...options,
      seed,
      logitBias: { 256: 9, [tokenizer.end]: 9 },
    });
    expect(ids).not.toContain(256);
  }
});

test("a stop id ends a text only where it may end, its own text or not", async () => {
  const options = { constraint: regex("x{3,5}"), stopIds: [0x78, 0x79], logitBias: { 121: 9 } };
  const { text, stoppedBy } = await complete(model, tokenizer, "a", options);
  expect({ text, stoppedBy }).toEqual({ text: "xxx", stoppedBy: 0x79 });
});

test("tokens of tokenizers that tell no bytes are their decoded text", async () => {
  const plain = { ...tokenizer, tokenBytes: undefined, has: (id: number) => id !== 0x61 } as never;
  const written = (constraint: Constraint) => complete(model, plain, "b", { constraint });
  expect((await written(either("abc", "xyz"))).text).toBe("xyz"); // "a" is no token
  await expect(written(choices(["xyé"]))).rejects.toThrow("no token is left"); // the two bytes of "é" have no text
});
