import { modelOf } from "@llm/sample";
import { evaluateInContext, fewShot, repeatedTokens } from "@llm/sample/evaluation";
import { describe, expect, test } from "vitest";
import { estimate } from "../../src/evaluation/interval.js";
import { bytes } from "../models.js";

describe("fewShot", () => {
  test("a translator", () => {
    const { prompt, answer, stop } = fewShot({
      instruction: "Translate English to French.",
      examples: [
        { input: "sea otter", output: "loutre de mer" },
        { input: "cheese", output: "fromage" },
      ],
    });
    expect(prompt("plush giraffe")).toBe(
      "Translate English to French.\n\nsea otter => loutre de mer\ncheese => fromage\nplush giraffe =>",
    );
    expect([answer("girafe en peluche"), stop]).toEqual([" girafe en peluche", "\n"]);
  });

  test("a conversation between a human and an assistant", () => {
    const { prompt, answer, stop } = fewShot({
      examples: [{ input: "Hi there! Who are you?", output: "Hello, I'm your AI Assistant." }],
      format: "chat",
    });
    expect(prompt("Why is the sky blue?")).toBe(
      "Human: Hi there! Who are you?\nAssistant: Hello, I'm your AI Assistant.\n\nHuman: Why is the sky blue?\nAssistant:",
    );
    expect([answer("Because"), stop]).toEqual([" Because", "\n\nHuman:"]);
  });

  test("labels of one's own, and mistakes", () => {
    const format = { input: "Q: ", output: "\nA:", between: "\n--\n" };
    const twoLines = { input: "a", output: "b\nc" };
    expect(() => fewShot({ examples: [twoLines] })).toThrow('"b\\nc", and "\\n" in it would end an answer');
    const own = fewShot({ examples: [{ input: "1+1", output: "2" }], format });
    expect(own.prompt("2+2")).toBe("Q: 1+1\nA:2\n--\nQ: 2+2\nA:");
    expect([own.answer("4"), own.stop]).toEqual(["4", "\n--\nQ:"]);
    expect(() => fewShot({ examples: [], format: "arow" as never })).toThrow(
      /format "arow" is none of arrow, chat/,
    );
    expect(() => fewShot({ examples: [{ input: "a" } as never] })).toThrow(/output of examples/);
    expect(() => fewShot({ examples: [], format: { ...format, between: "" } })).toThrow(/between/);
  });
});

/** Expects what followed the last token the last time it came, more and more the more often it did. */
const copier = modelOf(
  (ids) => {
    const logits = new Float32Array(256);
    for (let i = 0; i + 1 < ids.length; i++) if (ids[i] === ids.at(-1)) logits[ids[i + 1]!]! += 4;
    return logits;
  },
  { vocabSize: 256, blockSize: 128, endOfText: 0 },
);

describe("evaluateInContext", () => {
  const examples = [..."abcdefgh"].map((input, i) => ({ input, output: "xyz"[i % 3]! }));
  const options = { examples, questions: examples, format: { input: "", output: "", between: "\n" } };

  test("a model that copies gets better with right examples, and not with others", async () => {
    const results = await evaluateInContext(copier, bytes, { ...options, shots: [0, 2, 8], seeds: 3 });
    expect(results.map(({ shots, labels }) => `${shots} ${labels}`)).toEqual(
      [0, 2, 8].flatMap((k) => ["right", "shuffled", "random"].map((labels) => `${k} ${labels}`)),
    );
    const accuracy = (shots: number, labels: string) =>
      results.find((each) => each.shots === shots && each.labels === labels)!;
    expect(accuracy(8, "right")).toMatchObject({ mean: 1, low: 1, high: 1, accuracies: [1, 1, 1] });
    expect(accuracy(0, "right").mean).toBe(3 / 8); // the first choice wins a draw
    expect(accuracy(0, "random")).toEqual({ ...accuracy(0, "right"), labels: "random" });
    expect(accuracy(2, "right").mean).toBeGreaterThan(3 / 8);
    for (const labels of ["shuffled", "random"]) {
      expect(accuracy(8, labels).mean).toBeLessThan(0.8);
      expect(accuracy(8, labels).high).toBeGreaterThan(accuracy(8, labels).mean);
    }
    expect(results.some(({ isCut }) => isCut)).toBe(false);
    expect(await evaluateInContext(copier, bytes, { ...options, shots: [0, 2, 8], seeds: 3 })).toEqual(
      results,
    );
  });

  test("goes from none to sixteen examples with three kinds of labels and five draws, where nothing else is said", async () => {
    const sixteen = [..."abcdefghijklmnop"].map((input, i) => ({ input, output: "xyz"[i % 3]! }));
    const { format } = options;
    const questions = sixteen.slice(0, 3);
    const results = await evaluateInContext(copier, bytes, { examples: sixteen, questions, format });
    expect(results.map(({ shots, labels }) => `${shots} ${labels}`)).toEqual(
      [0, 1, 2, 4, 8, 16].flatMap((k) => ["right", "shuffled", "random"].map((labels) => `${k} ${labels}`)),
    );
    for (const { accuracies, low, mean, high } of results) {
      expect(accuracies).toHaveLength(5);
      expect(low <= mean && mean <= high).toBe(true);
    }
    expect(results.find(({ shots, labels }) => shots === 16 && labels === "right")!.mean).toBe(1);
  });

  test("says when prompts are longer than the block", async () => {
    const narrow = { ...copier, blockSize: 16, session: copier.session };
    const [result] = await evaluateInContext(narrow, bytes, {
      ...options,
      shots: [8],
      labels: ["right"],
      seeds: 1,
    });
    expect(result!.isCut).toBe(true);
  });

  test("refuses what it cannot do", async () => {
    await expect(evaluateInContext(copier, bytes, { ...options, shots: [9] })).rejects.toThrow(
      /9 shots are asked for, and there are 8/,
    );
    await expect(evaluateInContext(copier, bytes, { ...options, questions: [] })).rejects.toThrow(
      /no questions/,
    );
    await expect(
      evaluateInContext(copier, bytes, { ...options, labels: ["wrong" as never] }),
    ).rejects.toThrow(/none of right, shuffled, random/);
  });
});

test("repeated tokens: a model that copies is surprised once", async () => {
  const { first, second, losses } = await repeatedTokens(copier, { length: 20, sequences: 8 });
  expect(first.mean).toBeGreaterThan(5);
  expect(second.mean).toBeLessThan(1.9);
  expect(second.high).toBeLessThan(first.low);
  expect(losses).toHaveLength(39);
  const blind = modelOf(() => new Float32Array(50), { vocabSize: 50, blockSize: 64 });
  const flat = await repeatedTokens(blind, { length: 4, sequences: 2 });
  for (const half of [flat.first, flat.second]) expect(half.mean).toBeCloseTo(Math.log(50), 12);
  await expect(repeatedTokens(blind, { length: 33 })).rejects.toThrow(/from 2 to 32/);
});

test("intervals are those of Student's t", () => {
  const { mean, low, high } = estimate([1, 2, 3, 4, 5]);
  expect(mean).toBe(3);
  expect(high - mean).toBeCloseTo(2.7764 * Math.sqrt(0.5), 4);
  expect(mean - low).toBeCloseTo(high - mean, 12);
  const many = estimate(Array.from({ length: 12 }, (_, i) => i % 2));
  expect(many.high - many.mean).toBeCloseTo((2.201 * Math.sqrt(3 / 11)) / Math.sqrt(12), 3);
});
