import { loglikelihood, modelOf } from "@llm/sample";
import { evaluate, multipleChoice, perplexity, readTask } from "@llm/sample/evaluation";
import { describe, expect, test } from "vitest";
import { bytes } from "../models.js";

/** Likes every byte by how it sounds, and dots at the end of a word. */
const logitsOf = (context: readonly number[]) =>
  Float32Array.from({ length: 256 }, (_, id) => 2 * Math.sin(id * 1.7 + (context.at(-1) ?? 0) * 0.3));
const model = modelOf(logitsOf, { vocabSize: 256, blockSize: 128, endOfText: 0 });

const lines = (...items: object[]) => items.map((item) => JSON.stringify(item)).join("\n");
const choices = lines(
  { task: { name: "rhymes", delimiter: "-", baseline: 0.5 } },
  { query: "cat", choices: ["hat", "a dog"], gold: 0 },
  { query: "sun", choices: ["rain", "fun"], gold: 1 },
  { query: "tree", choices: ["sea", "leaves"], gold: 0 },
);

describe("task files", () => {
  test("of every kind, with CORE's names too", () => {
    expect(readTask(choices)).toMatchObject({
      kind: "multipleChoice",
      settings: { name: "rhymes", delimiter: "-", baseline: 0.5 },
      items: [{ gold: 0 }, { gold: 1 }, { gold: 0 }],
    });
    const schema = { context_options: ["A", "B"], continuation: "c", gold: 1 };
    expect(readTask(lines(schema))).toMatchObject({ kind: "schema", items: [{ contexts: ["A", "B"] }] });
    expect(readTask(lines({ context: "a", continuation: "b" })).kind).toBe("languageModeling");
    expect(readTask(lines({ prompt: "2+2=", answer: "4" }))).toMatchObject({
      kind: "complete",
      items: [{ answers: ["4"] }],
    });
    expect(readTask(`\n${lines({ text: "a" }, { text: "b" })}\r\n`).items).toHaveLength(2);
    const odd = `\ufeff${lines({ task: { continuation_delimiter: "\nAnswer: " } })}\r\n\r\n${lines({ ...schema, id: 7 }, { ...schema, id: 7 })}`;
    expect(readTask(odd)).toMatchObject({ settings: { delimiter: "\nAnswer: " }, items: [{}, {}] });
    expect(readTask(choices, { shots: 1 }).settings).toMatchObject({ shots: 1, delimiter: "-" });
  });

  test.each([
    ["", /no items/],
    ["{}", /line 1 of the task is not an item of any kind/],
    ["nonsense", /line 1 of the task is no JSON object/],
    [
      lines({ text: "a" }, { query: "b", choices: ["c"], gold: 0 }),
      /line 2 of the task is not an item of perplexity/,
    ],
    [lines({ query: "b", choices: ["c"], gold: 1 }), /line 1/],
    [lines({ task: { shot: 1 } }, { text: "a" }), /the setting "shot"; there are name, delimiter/],
    [lines({ query: "b", choices: [], gold: 0 }), /line 1/],
    [lines({ task: { shots: 1.5 } }, { context: "a", continuation: "b" }), /shots of the task is 1.5/],
    [lines({ task: { baseline: 1 } }, { context: "a", continuation: "b" }), /baseline of the task is 1/],
    [lines({ task: { shots: 1 } }, { text: "a" }, { text: "b" }), /a task of perplexity has no shots/],
    [lines({ task: { shots: "1" } }, { text: "a" }), /"shots", which must be a number/],
  ])("with a mistake: %s", (jsonl, message) => {
    expect(() => readTask(jsonl)).toThrow(message);
  });
});

describe("results", () => {
  test("say at which item something is wrong", async () => {
    const task = readTask(lines({ text: "ab" }, { query: "a" }).split("\n")[0]!);
    expect((await evaluate(model, bytes, task)).items).toBe(1);
    const empty = readTask(
      lines(
        { task: { delimiter: "" } },
        { query: "a", choices: ["b"], gold: 0 },
        { query: "a", choices: ["b", ""], gold: 0 },
      ),
    );
    await expect(evaluate(model, bytes, empty)).rejects.toThrow("item 2: the continuation has no tokens");
  });

  const score = async (context: string, continuation: string) => {
    const { logprob } = await loglikelihood(model, bytes, context, continuation);
    return { sum: logprob, mean: logprob / new TextEncoder().encode(continuation).length };
  };

  test("multiple choice: by the sum, a character and a token, and centred", async () => {
    const { metrics, items } = await evaluate(model, bytes, readTask(choices));
    let [bySum, byCharacter, byToken] = [0, 0, 0];
    for (const { query, choices: all, gold } of readTask(choices).items as never as {
      query: string;
      choices: [string, string];
      gold: number;
    }[]) {
      const scores = await Promise.all(all.map((choice) => score(query, `-${choice}`)));
      const better = (a: number, b: number) => Number(b > a) === gold;
      bySum += Number(better(scores[0]!.sum, scores[1]!.sum));
      byCharacter += Number(better(scores[0]!.sum / all[0].length, scores[1]!.sum / all[1].length));
      byToken += Number(better(scores[0]!.mean, scores[1]!.mean));
    }
    expect(items).toBe(3);
    expect(metrics).toEqual({
      accuracy: bySum / 3,
      "accuracy, centred": (bySum / 3 - 0.5) / 0.5,
      "accuracy per character": byCharacter / 3,
      "accuracy per character, centred": (byCharacter / 3 - 0.5) / 0.5,
      "accuracy per token": byToken / 3,
      "accuracy per token, centred": (byToken / 3 - 0.5) / 0.5,
    });
  });

  test("shots are other items with their answers, the same in each run", async () => {
    const seen: string[] = [];
    const log = modelOf(
      (ids) => {
        seen.push(bytes.decode(ids));
        return logitsOf(ids);
      },
      { vocabSize: 256, blockSize: 128, endOfText: 0 },
    );
    await evaluate(log, bytes, readTask(choices, { shots: 2 }), { limit: 1 });
    expect(
      seen.some((text) => /^(sun-fun\n\ntree-sea|tree-sea\n\nsun-fun)\n\ncat-hat$/.test(`${text}t`)),
    ).toBe(true);
    expect(seen.some((text) => /cat-.*cat/s.test(text))).toBe(false);
    await expect(evaluate(model, bytes, readTask(choices, { shots: 3 }))).rejects.toThrow(
      /3 shots need more/,
    );
  });

  test("a single question", async () => {
    const { logprobs, byLogprob } = await multipleChoice(model, bytes, { query: "a", choices: ["b", "c"] });
    expect([...logprobs]).toEqual([(await score("a", " b")).sum, (await score("a", " c")).sum]);
    expect(byLogprob).toBe(logprobs[0]! >= logprobs[1]! ? 0 : 1);
  });

  test("schema, language modelling and completion", async () => {
    const greedy = (context: string) => {
      const logits = logitsOf([...bytes.encode(context)]);
      return bytes.decode([logits.indexOf(Math.max(...logits))]);
    };
    const letters = [..."abcdefghijklmnopqrstuvwxyz"];
    const start = letters.find((each) => letters.includes(greedy(`${each}`)))!;
    const task = lines(
      { context: start, continuation: greedy(start) },
      { context: start, continuation: "~" },
    );
    const { metrics } = await evaluate(model, bytes, readTask(task, { delimiter: "" }));
    expect(metrics["accuracy"]).toBe(0.5);

    const schema = readTask(lines({ contexts: ["x", "q"], continuation: "end", gold: 1 }), { delimiter: "" });
    const [x, q] = [await score("x", "end"), await score("q", "end")];
    expect((await evaluate(model, bytes, schema)).metrics["accuracy"]).toBe(Number(q.sum > x.sum));

    const answers = readTask(
      lines({ prompt: start, answers: ["no", greedy(start)] }, { prompt: start, answer: "no" }),
      { maxTokens: 1 },
    );
    expect((await evaluate(model, bytes, answers)).metrics).toEqual({ "exact match": 0.5 });
  });

  test("perplexity: every token once, with as much context as there is room for", async () => {
    const text = "It was the best of times, it was the worst of times, it was the age of wisdom.";
    const narrow = modelOf((ids) => logitsOf(ids), { vocabSize: 256, blockSize: 16, endOfText: 0 });
    let logprob = 0;
    const ids = [0, ...bytes.encode(text)];
    for (let at = 1; at < ids.length; at++) {
      const logits = logitsOf(ids.slice(0, at));
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      logprob += logits[ids[at]!]! - Math.log(total);
    }
    for (const each of [model, narrow]) {
      const result = await perplexity(each, bytes, text);
      expect(result.logprob).toBeCloseTo(logprob, 9);
      expect(result).toMatchObject({ tokens: text.length, bytes: text.length, words: 18 });
      expect(result.bitsPerByte).toBeCloseTo(-logprob / text.length / Math.LN2, 12);
    }
    const { metrics } = await evaluate(narrow, bytes, readTask(lines({ text }, { text })));
    expect(metrics["bits per byte"]).toBeCloseTo(-logprob / text.length / Math.LN2, 12);
    const short = modelOf(logitsOf, { vocabSize: 256, blockSize: 10, endOfText: 0 });
    const cut = await perplexity(
      modelOf(logitsOf, { vocabSize: 256, blockSize: 12, endOfText: 0 }),
      bytes,
      "one two three four",
      { window: 10 },
    );
    expect(cut.logprob).toBe((await perplexity(short, bytes, "one two three four")).logprob);
    await expect(perplexity(short, bytes, "a", { window: 11 })).rejects.toThrow(/window is 11/);

    await expect(perplexity(short, bytes, "a", { window: 4, stride: 5 })).rejects.toThrow(/stride is 5/);
    await expect(perplexity(model, bytes, "")).rejects.toThrow(/no tokens/);
  });

  test.each([
    [4, [1, 2, 3, 4, 1, 2, 3, 4, 4]],
    [2, [1, 2, 3, 4, 3, 4, 3, 4, 4]],
    [1, [1, 2, 3, 4, 4, 4, 4, 4, 4]],
  ])("perplexity: with a stride of %i each token has so much before it", async (stride, before) => {
    // Expects the one letter by as many nats as it has read tokens.
    const counting = modelOf(
      ({ length }) => Float32Array.from({ length: 256 }, (_, id) => (id === 97 ? length : 0)),
      { vocabSize: 256, blockSize: 6, endOfText: 0 },
    );
    const { ids, logprobs, logprob } = await perplexity(counting, bytes, "aaaaaaaaa", { window: 4, stride });
    expect([...ids]).toEqual(before.map(() => 97));
    for (const [at, length] of before.entries())
      expect(logprobs[at]).toBeCloseTo(length - Math.log(Math.exp(length) + 255), 12);
    expect(logprob).toBeCloseTo(
      logprobs.reduce((sum, each) => sum + each, 0),
      12,
    );
  });

  test("an abort ends it", async () => {
    const abort = new AbortController();
    const onProgress = () => abort.abort(new Error("enough"));
    await expect(
      evaluate(model, bytes, readTask(choices), { signal: abort.signal, onProgress }),
    ).rejects.toThrow("enough");
  });
});
