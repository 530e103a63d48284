// Faults that were, each with its neighbours: what generate does with ends, ids and options.
import {
  beamSearch,
  complete,
  distribution,
  generate,
  InvalidLogitsError,
  InvalidOptionError,
  loglikelihood,
  logProbability,
  modelOf,
  type SamplingParams,
  sampleBatch,
  type Tokenizer,
  uniform,
} from "@llm/sample";
import { describe, expect, test } from "vitest";
import { bytes, model, parrot } from "./models.js";

const kept = (logits: number[], params: SamplingParams, history: number[] = []) =>
  Array.from(distribution(logits, params, history).ids);

describe("what ended the text", () => {
  /** Tokens of one to three characters: the same text in other pieces. */
  const pieces = (...vocabulary: string[]): Tokenizer => ({
    vocabSize: vocabulary.length,
    encode: () => Uint32Array.of(0),
    decode: (ids) => Array.from(ids, (id) => vocabulary[id]).join(""),
    decoder: () => ({ write: (id) => vocabulary[id]!, end: () => "" }),
  });
  const writes = (...ids: number[]) =>
    modelOf(
      (context) => Float64Array.from({ length: 4 }, (_, id) => (id === ids[context.length - 1] ? 0 : -1e9)),
      {
        vocabSize: 4,
        blockSize: 16,
      },
    );

  test.each([
    [[0, 1, 2]], // a, b, c
    [[3]], // abc
  ])("the stop string that is complete first wins, in tokens %j", async (ids) => {
    const tokens = pieces("a", "b", "c", "abc");
    const result = await complete(writes(...ids), tokens, [0], { stop: ["abc", "b"], temperature: 0 });
    expect(result).toMatchObject({ text: "a", finishReason: "stop", stoppedBy: "b" });
  });

  test("a stop id, a length and a context say so", async () => {
    const options = { temperature: 0, stopIds: [0] };
    expect(await complete(parrot("ab\0", 1), bytes, "x", options)).toMatchObject({
      text: "ab",
      stoppedBy: 0,
    });
    const cut = await complete(parrot("abc", 1), bytes, "x", { maxTokens: 2 });
    expect(cut).toMatchObject({ finishReason: "length" });
    expect(cut).not.toHaveProperty("stoppedBy");
  });

  test("a stop string that the end of a cut character completes", async () => {
    const result = await complete(parrot("aé", 1), bytes, "x", { maxTokens: 2, stop: "\ufffd" });
    expect(result).toMatchObject({ text: "a", finishReason: "stop", stoppedBy: "\ufffd" });
  });

  test("the model's own end token ends by default; other stop ids take its place", async () => {
    const parroting = parrot("ab\0cd", 1);
    const ending = { ...parroting, config: { endOfText: 0 } };
    expect(await complete(ending, bytes, "x", { maxTokens: 5 })).toMatchObject({ text: "ab", stoppedBy: 0 });
    expect((await complete(ending, bytes, "x", { maxTokens: 5, stopIds: [] })).text).toBe("ab\0cd");
    expect((await complete(ending, bytes, "x", { maxTokens: 5, stopIds: [99] })).stoppedBy).toBe(99);
    expect((await complete(parroting, bytes, "x", { maxTokens: 5 })).text).toBe("ab\0cd");
  });

  test("an iterator of stop ids that can be read once is copied when the function is called", async () => {
    const ids = [98, 99].values();
    const events = generate(parrot("abc", 1), bytes, "x", { stopIds: ids });
    expect(ids.next().done).toBe(true);
    const list = [];
    for await (const event of events) list.push(event);
    expect(list.at(-1)).toMatchObject({ id: 98, stoppedBy: 98 });
    await expect(complete(parrot("a", 1), bytes, "x", { stopIds: [-1] })).rejects.toThrow(/stopIds has -1/);
  });

  test("complete that is aborted keeps the text so far, what was held back too", async () => {
    const abort = new AbortController();
    const on = parrot("abc<e", 1, 1000);
    const counting = {
      ...on,
      session() {
        const session = on.session();
        return {
          ...session,
          step: (...args: Parameters<typeof session.step>) => {
            if (on.log.steps.length === 5) abort.abort(new Error("enough"));
            return session.step(...args);
          },
        };
      },
    };
    const options = { stop: "<end>", signal: abort.signal };
    const result = await complete(counting, bytes, "x", options);
    expect(result).toMatchObject({ text: "abc<e", finishReason: "abort" });
    expect(result.ids).toHaveLength(5);
    await expect(complete(on, bytes, "x", options)).rejects.toThrow("enough");
  });
});

describe("ids that the tokenizer lacks", () => {
  const small: Tokenizer = { ...bytes, vocabSize: 200 };
  const padded = model(() => Float32Array.from({ length: 256 }, (_, id) => (id >= 200 ? 5 : Math.sin(id))), {
    blockSize: 2000,
  });

  test("are never drawn, and have no share", async () => {
    const { ids, logprobs } = await complete(padded, small, "a", { maxTokens: 500 });
    expect(Math.max(...ids)).toBeLessThan(200);
    const logits = Float32Array.from({ length: 256 }, (_, id) => (id >= 200 ? 5 : Math.sin(id)));
    expect(logprobs[0]).toBe(logProbability(logits, ids[0]!)); // the model's own: the padding has its share of that
    const greedy = await complete(padded, small, "a", { temperature: 0, maxTokens: 1 });
    expect(greedy.ids[0]).toBe(33); // sin(33) is the highest
    const top = await complete(padded, small, "a", { topK: 3, topP: 0.9, maxTokens: 50 });
    expect(Math.max(...top.ids)).toBeLessThan(200);
  });

  test("cannot be favoured; a tokenizer with more ids than the model has is fine", async () => {
    const run = complete(padded, small, "a", { logitBias: { 200: 1 }, maxTokens: 1 });
    await expect(run).rejects.toThrow(/logitBias has token 200/);
    expect((await complete(padded, { ...bytes, vocabSize: 300 }, "a", { maxTokens: 9 })).ids).toHaveLength(9);
  });

  test("may leave gaps: those in them are never drawn either", async () => {
    const gaps: Tokenizer = { ...small, has: (id) => id % 32 !== 1 }; // sin(33) is the highest
    const whole = { maxTokens: 300, alternatives: 2, topK: 50, chain: ["topK"] } as const;
    const { ids, logprobs, alternatives } = await complete(padded, gaps, "a", whole);
    expect(Array.from(ids).filter((id) => id % 32 === 1 || id >= 200)).toEqual([]);
    const logits = Float32Array.from({ length: 256 }, (_, id) => (id >= 200 ? 5 : Math.sin(id)));
    expect(logprobs[0]).toBe(logProbability(logits, ids[0]!));
    expect(alternatives![0]!.map(({ id }) => id)).toEqual([77, 121]);
    expect(alternatives![0]![0]!.logprob).toBe(logProbability(logits, 77));
    const options = { maxTokens: 1, temperature: 0 };
    const [sample] = await sampleBatch(padded, [[97]], { ...options, tokenizer: gaps });
    expect([...sample!.ids]).toEqual([77]);
    const mask = Uint32Array.of(0, 2 ** 31 + 2); // 33 and 63
    expect([...(await complete(padded, gaps, "a", { ...options, mask })).ids]).toEqual([63]);
    const [beam] = await beamSearch(padded, [97], { beams: 2, maxTokens: 1, tokenizer: gaps });
    expect(beam).toMatchObject({ ids: Uint32Array.of(77), logprob: logProbability(logits, 77) });
    const greedy = async (text: string) => (await loglikelihood(padded, gaps, "a", text)).greedy;
    expect([await greedy("M"), await greedy("!")]).toEqual([true, false]);
  });

  test("leave nothing to draw where only they are possible", async () => {
    const only = model(() => Float32Array.from({ length: 256 }, (_, id) => (id === 255 ? 0 : -Infinity)));
    await expect(complete(only, small, "a")).rejects.toThrow(InvalidLogitsError);
  });
});

describe("numbers", () => {
  test.each([1e-3, 1e-12, 1e-300, Number.MIN_VALUE])("temperature %s takes the best token", (temperature) => {
    for (const chain of ["hf", "llamacpp"] as const) {
      expect(distribution([100, 101, 99], { temperature, chain }).probabilities).toContain(1);
      const { ids, probabilities } = distribution([1e30, -1e30, 1], { temperature, chain });
      expect(ids[probabilities.indexOf(1)]).toBe(0);
    }
  });

  test("a low temperature keeps the differences of large logits exact", () => {
    const { probabilities } = distribution([1e6, 1e6 - 2 ** -20], { temperature: 2 ** -20 });
    expect(probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 15);
  });

  test("penalties after the temperature see the logits, not what they were lowered by", () => {
    const params = { temperature: 0.5, repetitionPenalty: 2 };
    const chain = ["temperature", "penalties"] as const;
    const { probabilities } = distribution([2, -1, 0], { ...params, chain }, [0, 1]);
    const expected = distribution([2, -4, 0]).probabilities;
    probabilities.forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i]!, 14);
    });
  });

  test.each([
    [{ repetitionPenalty: Number.MIN_VALUE }, "repetitionPenalty"],
    [{ repetitionPenalty: Number.MAX_VALUE }, "repetitionPenalty"],
    [{ frequencyPenalty: Number.MAX_VALUE }, "frequencyPenalty"],
    [{ presencePenalty: -Number.MAX_VALUE, frequencyPenalty: -Number.MAX_VALUE }, "frequencyPenalty"],
    [{ logitBias: new Map([[0, Number.NaN]]) }, "logitBias"],
    [{ logitBias: { 0: Number.POSITIVE_INFINITY } }, "logitBias"],
  ] as [SamplingParams, string][])("%j that leads to no finite logit is an error", (params, option) => {
    for (const logit of [1e10, -1e10]) {
      const run = () => distribution([logit, 1], params, [0, 0, 1, 1]);
      if (option === "repetitionPenalty" && logit > 0 !== params.repetitionPenalty! < 1) continue;
      expect(run).toThrow(InvalidOptionError);
      expect(run).toThrow(option);
    }
  });

  test("negative seeds are seeds of their own; fractions are none", async () => {
    const draws = [-3, -2, -1, 0, 1, 2, 3, -(2 ** 40), Number.MIN_SAFE_INTEGER].map((seed) =>
      uniform({ seed, position: 5 }),
    );
    expect(new Set(draws).size).toBe(draws.length);
    for (const u of draws) expect(u >= 0 && u < 1).toBe(true);
    const run = (seed: number) =>
      complete(
        model(() => new Float32Array(256)),
        bytes,
        "a",
        { seed, maxTokens: 9 },
      );
    expect((await run(-1)).ids).toEqual((await run(-1)).ids);
    expect((await run(-1)).ids).not.toEqual((await run(1)).ids);
    for (const seed of [0.5, Number.NaN, 2 ** 53]) await expect(run(seed)).rejects.toThrow(/seed/);
  });
});

describe("options", () => {
  const all = {
    temperature: null,
    topK: null,
    stop: null,
    stopIds: null,
    seed: null,
    logitBias: null,
    chain: null,
  };

  test("null is left out", async () => {
    const run = (options: object) => complete(parrot("abc", 1), bytes, "x", { maxTokens: 3, ...options });
    expect(await run({ ...all, signal: null, alternatives: null })).toEqual(await run({}));
    const { stop, stopIds, seed, ...sampling } = all;
    expect(distribution([1, 2], sampling as unknown as SamplingParams)).toEqual(distribution([1, 2]));
  });

  test("logitBias may be an object, as JSON has it", () => {
    expect(distribution([1, 2, 3], { logitBias: { 1: 5, "2": -1 } })).toEqual(
      distribution([1, 2, 3], {
        logitBias: new Map([
          [1, 5],
          [2, -1],
        ]),
      }),
    );
    expect(kept([1, 2], { logitBias: { 1: Number.NEGATIVE_INFINITY } })).toEqual([0]);
    for (const logitBias of [
      { a: 1 },
      { "1.5": 1 },
      { "": 1 },
      { "-1": 1 },
      { "0x1": 1 },
      { "01": 1 },
      { " 1": 1 },
      new Map([[null, 1]]),
      { 0: "5" },
      { 2: 1 },
      new Set([0]),
    ]) {
      expect(() => kept([1, 2], { logitBias: logitBias as never }), JSON.stringify(logitBias)).toThrow(
        InvalidOptionError,
      );
    }
  });

  test.each([
    { penaltyWindow: 1.5 },
    { penaltyWindow: -1 },
    { noRepeatNgram: 2.5 },
    { dryWindow: 0.5 },
    { dryAllowedLength: -1 },
    { dryBase: 0.5 },
    { topK: Number.POSITIVE_INFINITY },
    { typicalP: 2 },
    { xtcProbability: -0.1 },
    { mask: [1] },
    { chain: ["topP", "topQ"] },
    { chain: "constructor" },
    { dryBreakers: [0.5] },
  ])("%j is refused", (params) => {
    const run = () => distribution([1, 2], params as SamplingParams);
    expect(run).toThrow(InvalidOptionError);
    expect(run).toThrow(Object.keys(params)[0]!);
  });

  test.each(["mask", "noRepeatNgram", "dryMultiplier", "topNSigma", "typicalP", "xtcProbability"] as const)(
    "%s without its stage is refused",
    (option) => {
      const params = { [option]: option === "mask" ? Uint32Array.of(1) : 0.5, chain: ["topP"] };
      const whole = option === "noRepeatNgram" ? { ...params, [option]: 2 } : params;
      expect(() => distribution([1, 2], whole as SamplingParams)).toThrow(/has no stage/);
    },
  );
});

describe("penalties", () => {
  const history = { prompt: [0, 0, 1], output: [1, 2] };

  test("repetition counts prompt and output, frequency and presence the output", () => {
    const run = (params: SamplingParams) => distribution([4, 4, 4, 4], params, history).probabilities;
    expect(run({ repetitionPenalty: 2 })).toEqual(distribution([2, 2, 2, 4]).probabilities);
    expect(run({ frequencyPenalty: 1 })).toEqual(distribution([4, 3, 3, 4]).probabilities);
    expect(run({ presencePenalty: 2 })).toEqual(distribution([4, 2, 2, 4]).probabilities);
    expect(run({ frequencyPenalty: 1, chain: "llamacpp" })).toEqual(distribution([2, 2, 3, 4]).probabilities);
    expect(run({ presencePenalty: 2, chain: "llamacpp" })).toEqual(distribution([2, 2, 2, 4]).probabilities);
  });

  test("a window counts what has not left it", () => {
    const run = (params: SamplingParams) => distribution([4, 4, 4, 4], params, history).probabilities;
    expect(run({ frequencyPenalty: 1, penaltyWindow: 1 })).toEqual(distribution([4, 4, 3, 4]).probabilities);
    expect(run({ frequencyPenalty: 1, penaltyWindow: 0 })).toEqual(distribution([4, 4, 4, 4]).probabilities);
    expect(run({ repetitionPenalty: 2, penaltyWindow: 3 })).toEqual(distribution([4, 2, 2, 4]).probabilities);
    const llamacpp = run({ frequencyPenalty: 1, penaltyWindow: 4, chain: "llamacpp" });
    expect(llamacpp).toEqual(distribution([3, 2, 3, 4]).probabilities);
  });

  test.each(["hf", "llamacpp"] as const)("generate counts as distribution does: %s", async (chain) => {
    const logits = (context: readonly number[]) =>
      Float32Array.from({ length: 8 }, (_, id) => Math.sin(id * 3.7 + context.length));
    const tokenizer = { ...bytes, vocabSize: 8 };
    const on = model(logits, { vocabSize: 8, blockSize: 100 });
    const params = {
      repetitionPenalty: 1.3,
      frequencyPenalty: 0.2,
      presencePenalty: 0.3,
      penaltyWindow: 5,
      chain,
    };
    const prompt = [1, 2, 3, 1];
    const { ids } = await complete(on, tokenizer, prompt, { ...params, temperature: 0, maxTokens: 40 });
    for (let i = 0; i < ids.length; i++) {
      const output = ids.slice(0, i);
      const { probabilities } = distribution(logits([...prompt, ...output]), params, { prompt, output });
      expect(ids[i]).toBe(probabilities.indexOf(Math.max(...probabilities)));
    }
  });
});
