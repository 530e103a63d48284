import { complete, completeBatch, generate, InvalidOptionError } from "@llm/sample";
import { choices, regex } from "@llm/sample/constraints";
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
