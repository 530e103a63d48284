import { type Completion, complete, type GenerateOptions, generate, type SpeculateOption } from "@llm/sample";
import { describe, expect, test } from "vitest";
import { bytes, model, parrot } from "../models.js";

const prompt = "abcabdabcaabcabd";

/** Probable and improbable bytes among eight, told by the last two: its texts come back to what they have said. */
const babbling = (blockSize = 256, key = 0) =>
  model(
    (context) => {
      const seen = context.at(-1)! * 7 + (context.at(-2) ?? 0) * 3 + key;
      const logits = new Float32Array(256).fill(Number.NEGATIVE_INFINITY);
      for (let id = 97; id < 105; id++) logits[id] = 3 * Math.sin(seen + id * 2.4);
      return logits;
    },
    { blockSize },
  );

/** Never what stood in the text before. */
const counting = (vocabSize = 256) =>
  model(
    (context) =>
      Float32Array.from({ length: vocabSize }, (_, id) => (id === (context.at(-1)! + 1) % 256 ? 9 : 0)),
    { vocabSize, blockSize: 2000 },
  );

const sources: Record<string, () => SpeculateOption> = {
  '"prompt"': () => "prompt",
  "n-grams of 1 to 5": () => ({ ngram: 5, minNgram: 1, tokens: 5 }),
  "single tokens, long drafts": () => ({ ngram: 1, tokens: 40 }),
  "the model itself": () => ({ draft: babbling(256) }),
  "another model": () => ({ draft: babbling(256, 1), tokens: 5 }),
  "a model with a small block": () => ({ draft: babbling(7), tokens: 20 }),
};

const plain = ({ speculation: _, ...rest }: Completion) => rest;

const settings: Record<string, GenerateOptions> = {
  "temperature 1": {},
  greedy: { temperature: 0, maxTokens: 40 },
  filters: { temperature: 0.7, topK: 5, topP: 0.9, minP: 0.05, chain: "llamacpp", alternatives: 2 },
  penalties: { repetitionPenalty: 1.2, frequencyPenalty: 0.3, presencePenalty: 0.2, penaltyWindow: 9 },
  "no window": { frequencyPenalty: 0.3, penaltyWindow: 0 },
  "DRY and n-grams": { temperature: 0.5, dryMultiplier: 0.8, dryAllowedLength: 1, noRepeatNgram: 6 },
  XTC: { xtcProbability: 0.5, xtcThreshold: 0.2 },
  bias: { logitBias: { 97: 2, 99: Number.NEGATIVE_INFINITY } },
  mask: { mask: new Uint32Array(8).fill(0x5a5a5a5a) },
  "a stop string": { stop: ["abdab", "ee", "cfa"], maxTokens: 200 },
  "a stop id": { stopIds: [104], temperature: 0.8, maxTokens: 200 },
  "a full block": { overflow: "stop", maxTokens: 500 },
  "a block that slides": { overflow: "slide", maxTokens: 120 },
};

test.each(Object.keys(settings))("the text is the same as without: %s", async (name) => {
  const target = babbling(name.includes("block") ? 40 : 256);
  for (let seed = 0; seed < 6; seed++) {
    const options = { maxTokens: 60, ...settings[name], seed, row: seed % 3 };
    const expected = await complete(target, bytes, prompt, options);
    for (const [source, make] of Object.entries(sources)) {
      const result = await complete(target, bytes, prompt, { ...options, speculate: make() });
      expect(plain(result), source).toEqual(expected);
    }
  }
});

test("events come one by one, each before the next is drawn", async () => {
  const mask = new Uint32Array(8);
  const allow = (count: number) => {
    mask.fill(0);
    mask[3] = 0b1111110 & ~(1 << (1 + (count % 5))); // a to f, without one
  };
  const run = async (speculate?: SpeculateOption) => {
    const ids: number[] = [];
    allow(0);
    const options = { mask, seed: 3, maxTokens: 80, ...(speculate && { speculate }) };
    for await (const { id } of generate(babbling(), bytes, prompt, options)) allow(ids.push(id));
    return ids;
  };
  const expected = await run();
  for (const source of Object.values(sources)) expect(await run(source())).toEqual(expected);
});

describe("steps of the model", () => {
  const script = "the quick brown";
  const repeating = () => parrot(script, script.length, 400);
  const prompted = { maxTokens: 101, temperature: 0 };

  test("a text that repeats itself takes a step for up to 17 tokens", async () => {
    const target = repeating();
    const { ids, speculation } = await complete(target, bytes, script + script.slice(0, 3), {
      ...prompted,
      speculate: "prompt",
    });
    expect(ids).toHaveLength(101);
    // A prompt, then drafts of 2, 4, 8, 16 .. with one token more each; the last one is as long as what is left.
    expect(target.log.steps.map(({ length }) => length)).toEqual([18, 3, 5, 9, 17, 17, 17, 17, 15]);
    expect(speculation).toEqual({ drafted: 92, accepted: 92, steps: 9 });
  });

  test("a draft model that is the model itself is always right", async () => {
    const [target, draft] = [babbling(), babbling()];
    const { speculation } = await complete(target, bytes, prompt, {
      seed: 5,
      maxTokens: 60,
      frequencyPenalty: 0.1,
      speculate: { draft },
    });
    expect(speculation!.accepted).toBe(speculation!.drafted);
    expect(target.log.steps.map(({ length }) => length)).toEqual([16, 3, 5, 9, 9, 9, 9, 9, 6]);
    // It reads the prompt, then each token of the text once, but for the last ones.
    expect(draft.log.steps[0]).toHaveLength(17);
    expect(draft.log.steps.flat()).toHaveLength(16 + 58);
    expect([target.log.disposed, draft.log.disposed]).toEqual([1, 1]);
  });

  test("a text that never repeats takes the steps it takes without", async () => {
    const target = counting();
    const { speculation } = await complete(target, bytes, [0, 1, 2], {
      temperature: 0,
      maxTokens: 200,
      speculate: "prompt",
    });
    expect(speculation).toEqual({ drafted: 0, accepted: 0, steps: 200 });
    expect(target.log.steps.slice(1).every(({ length }) => length === 1)).toBe(true);
  });

  test("after 3 drafts in vain there is a pause of 32 tokens, and longer ones later", async () => {
    const target = counting();
    const draft = model(() => Float32Array.of(9, 0, 0, ...new Float32Array(253)), { blockSize: 2000 });
    const { ids, speculation } = await complete(target, bytes, [0, 1, 2], {
      temperature: 0,
      maxTokens: 600,
      speculate: { draft },
    });
    expect(ids).toHaveLength(600);
    const rounds = target.log.steps.flatMap(({ length }, at) => (at > 0 && length === 3 ? [at] : []));
    expect(rounds.slice(0, 6)).toEqual([1, 2, 3, 36, 101, 230]);
    expect(speculation!.steps).toBe(600 - speculation!.accepted);
    // The draft model rests meanwhile, and then reads at once what it has missed.
    expect(draft.log.steps.map(({ length }) => length).slice(0, 8)).toEqual([4, 1, 1, 1, 1, 1, 33, 1]);
  });

  test("copying that begins late is found", async () => {
    const novel = Uint8Array.from({ length: 150 }, (_, i) => (i * 37) % 251);
    const text = [...novel, ...novel, ...novel, ...novel];
    const target = model(
      (context) => Float32Array.from({ length: 256 }, (_, id) => (id === text[context.length] ? 9 : 0)),
      { blockSize: 700 },
    );
    const { speculation } = await complete(target, bytes, text.slice(0, 2), {
      temperature: 0,
      maxTokens: 598,
      speculate: "prompt",
    });
    expect(speculation!.steps).toBeLessThan(150 + 40);
  });
});

describe("ends", () => {
  test("inside an accepted run: a stop string, and what is shown of it", async () => {
    const target = parrot("one two one two one two. one", 0, 200);
    const without = await complete(target, bytes, "one two one", { stop: ["e two. o"], maxTokens: 100 });
    const result = await complete(target, bytes, "one two one", {
      stop: ["e two. o"],
      maxTokens: 100,
      speculate: "prompt",
    });
    expect(plain(result)).toEqual(without);
    expect(result.stoppedBy).toBe("e two. o");
    expect(result.speculation!.steps).toBeLessThan(without.ids.length);
  });

  test("no position beyond the block is asked for, and no token beyond maxTokens drafted", async () => {
    const target = parrot("ab", 0, 30);
    const full = await complete(target, bytes, "abab", { speculate: "prompt" });
    expect([full.finishReason, full.ids.length]).toEqual(["context", 27]);
    target.log.steps.length = 0;
    const short = await complete(target, bytes, "abab", { maxTokens: 6, speculate: "prompt" });
    expect([short.finishReason, short.ids.length]).toEqual(["length", 6]);
    expect(target.log.steps.flat()).toHaveLength(4 + 5);
    await expect(complete(target, bytes, "abab", { overflow: "error", speculate: "prompt" })).rejects.toThrow(
      /31 positions are needed, and the model has 30/,
    );
  });

  test("a signal inside an accepted run keeps the text so far, and frees both sessions", async () => {
    const [target, draft] = [parrot("abcdefgh", 0, 400), parrot("abcdefgh", 0, 400)];
    const abort = new AbortController();
    const events: number[] = [];
    await expect(async () => {
      const options = { signal: abort.signal, speculate: { draft }, maxTokens: 300 };
      for await (const { id } of generate(target, bytes, "abcdefgh", options)) {
        if (events.push(id) === 12) abort.abort(new Error("enough"));
      }
    }).rejects.toThrow("enough");
    expect(events).toHaveLength(12);
    expect(target.log.steps.length).toBeLessThan(6);
    expect([target.log.disposed, draft.log.disposed]).toEqual([1, 1]);
    for await (const _ of generate(target, bytes, "abcdefgh", { speculate: { draft } })) break;
    expect([target.log.disposed, draft.log.disposed]).toEqual([2, 2]);
  });

  test("a draft model that fails ends the text with its error, and both sessions are freed", async () => {
    const target = babbling();
    const broken = model(() => {
      throw new Error("no memory");
    });
    await expect(complete(target, bytes, prompt, { speculate: { draft: broken } })).rejects.toThrow(
      "no memory",
    );
    expect([target.log.disposed, broken.log.disposed]).toEqual([1, 1]);
  });
});

test("mistakes are named", async () => {
  const run = (speculate: unknown) =>
    complete(babbling(), bytes, prompt, { speculate: speculate as SpeculateOption, maxTokens: 2 });
  await expect(run("promt")).rejects.toThrow('speculate of complete is "promt": it must be "prompt"');
  await expect(run(true)).rejects.toThrow("speculate of complete is true");
  await expect(run([3])).rejects.toThrow("speculate of complete is an array");
  await expect(run({ ngrams: 3 })).rejects.toThrow('did you mean "ngram"?');
  await expect(run({ ngram: 0 })).rejects.toThrow("ngram of speculate of complete is 0");
  await expect(run({ ngram: 2, minNgram: 3 })).rejects.toThrow("minNgram is 3: it must be at most ngram, 2");
  await expect(run({ tokens: 1.5 })).rejects.toThrow("tokens of speculate of complete is 1.5");
  await expect(run({ draft: {} })).rejects.toThrow("which has no session()");
  await expect(run({ draft: babbling(), ngram: 3 })).rejects.toThrow('no option "ngram"');
  await expect(run({ draft: counting(100) })).rejects.toThrow(
    "knows ids below 100, and the text has ids below 256",
  );
  expect((await run(null)).speculation).toBeUndefined();
  expect((await run({ ngram: null })).speculation).toBeDefined();
});
