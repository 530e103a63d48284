import { afterAll, describe, expect, test } from "vitest";
import { DisallowedSpecialError, Tokenizer, train, VocabularyError, WorkerError } from "../src/index.js";
import { table } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const { ours } = table("cl100k");
afterAll(() => ours.stopWorkers());

const random = seeded(8);
const long = Array.from({ length: 40_000 }, () => fuzz(random)).join(" ");
const texts = [...MIXED, long, "", MIXED.join("\n").repeat(200), "7".repeat(300_000)];

describe.each([1, 2, 3])("a batch on %i workers", (workers) => {
  test("has the ids that encode gives, in order", async () => {
    const batch = await ours.encodeBatch(texts, { workers });
    expect(batch.length).toBe(texts.length);
    for (const [i, text] of texts.entries()) {
      const expected = ours.encode(text);
      if (batch[i]!.join() !== expected.join()) expect(batch[i]).toEqual(expected);
    }
  });

  test("with special tokens", async () => {
    const special = texts.slice(0, 5).map((text) => `${text}<|endoftext|>${text}`);
    const batch = await ours.encodeBatch(special, { workers, allowedSpecial: "all" });
    expect(batch).toEqual(special.map((text) => ours.encode(text, { allowedSpecial: "all" })));
    await expect(ours.encodeBatch(special, { workers })).rejects.toThrow(DisallowedSpecialError);
  });
});

test("a RegExp of the user's works there too", async () => {
  const tokenizer = await train(MIXED, { vocabSize: 400, pattern: /\p{L}+|\P{L}/u });
  const batch = await tokenizer.encodeBatch(texts, { workers: 2 });
  expect(batch).toEqual(texts.map((text) => tokenizer.encode(text)));
  tokenizer.stopWorkers();
});

test("what fails there fails here, with the same error, and the next batch works", async () => {
  const file = (await train("a b", { vocabSize: 260 })).toHF();
  const json = structuredClone({ ...file, added_tokens: [] });
  json.model.vocab = { a: 0, b: 1, ab: 2 };
  json.model.merges = [["a", "b"]];
  const tokenizer = Tokenizer.fromHF(json);
  await expect(tokenizer.encodeBatch(["ab", "c"], { workers: 2 })).rejects.toThrow(VocabularyError);
  await expect(tokenizer.encodeBatch(["ab", "c"], { workers: 2 })).rejects.toThrow(/byte 0x63/);
  expect(await tokenizer.encodeBatch(["ab"], { workers: 2 })).toEqual([Uint32Array.of(2)]);
  tokenizer.stopWorkers();
});

test("abort and stop reject what was not done; the workers come back when they are needed", async () => {
  await expect(ours.encodeBatch(texts, { workers: 2, signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  const running = ours.encodeBatch(texts, { workers: 2 });
  await new Promise((resolve) => setTimeout(resolve, 1));
  ours.stopWorkers();
  await expect(running).rejects.toThrow(WorkerError);
  expect(await ours.encodeBatch(["a b"], { workers: 2 })).toEqual([ours.encode("a b")]);
  await expect(ours.encodeBatch(["a"], { workers: 1.5 })).rejects.toThrow(/workers is 1.5/);
});
