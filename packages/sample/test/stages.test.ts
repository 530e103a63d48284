import { distribution, draw, generate, logProbability, type SamplingParams, uniform } from "@llm/sample";
import { describe, expect, test } from "vitest";
import { exponential } from "../src/exponential.js";
import { prefixEnd } from "../src/select.js";
import llamacpp from "./golden/llamacpp.json";
import transformers from "./golden/transformers.json";
import { bytes, model } from "./models.js";

type Params = Omit<SamplingParams, "mask"> & { mask?: number[] };
type Case = [logits: number[], history: number[], params: Params, ids: number[], probabilities: number[]];

test.each([
  ["hf", transformers, 1000, 1e-12],
  ["llamacpp", llamacpp, 1100, 1e-6],
] as const)("%s: what the program itself makes of random cases", (chain, cases, count, tolerance) => {
  expect(cases).toHaveLength(count);
  for (const [logits, history, { mask, ...rest }, ids, probabilities] of cases as unknown as Case[]) {
    const params: SamplingParams = { ...rest, chain };
    if (mask) params.mask = Uint32Array.of(mask.reduce((word, id) => word | (1 << id), 0));
    const ours = distribution(logits, params, history);
    const context = JSON.stringify({ logits, history, ...params });
    expect([...ours.ids], context).toEqual(ids);
    probabilities.forEach((expected, i) => {
      expect(Math.abs(ours.probabilities[i]! - expected), context).toBeLessThan(tolerance);
    });
  }
});

let position = 0;
const random = () => uniform({ seed: 4, position: position++ });
const below = (n: number) => Math.floor(n * random());
const kept = (logits: number[], params: SamplingParams, history: number[] = [], chance = 0) => [
  ...distribution(logits, params, history, chance).ids,
];

describe("stages", () => {
  test("mask keeps the ids whose bits are set, and comes first", () => {
    const logits = Array.from({ length: 70 }, (_, id) => id);
    const mask = Uint32Array.of(0b101, 2 ** 31, 0b11);
    expect(kept(logits, { mask })).toEqual([0, 2, 63, 64, 65]);
    expect(kept(logits, { mask: Uint32Array.of(0b101), topK: 1 })).toEqual([2]);
    expect(() => kept(logits, { mask: new Uint32Array(3) })).toThrow(/after stage "mask"/);
  });

  test("no sequence of n tokens comes again", () => {
    expect(kept([0, 0, 0, 0], { noRepeatNgram: 3 }, [1, 2, 3, 1, 2])).toEqual([0, 1, 2]);
    expect(kept([0, 0, 0, 0], { noRepeatNgram: 2 }, [1, 1])).toEqual([0, 2, 3]);
    expect(kept([0, 0, 0, 0], { noRepeatNgram: 1 }, [1, 3])).toEqual([0, 2]);
    expect(kept([0, 0, 0, 0], { noRepeatNgram: 9 }, [1, 3])).toEqual([0, 1, 2, 3]);
  });

  test("DRY: the definition, by comparing every place with the end", () => {
    for (let round = 0; round < 500; round++) {
      const history = Array.from({ length: 1 + below(20) }, () => below(4));
      const dryBreakers = below(2) ? [] : [below(4)];
      const dryAllowedLength = 1 + below(3);
      const dryWindow = 3 + below(20);
      const expected = [0, 0, 0, 0, 0];
      const recent = history.slice(-dryWindow);
      const reach = recent.length - 1 - recent.findLastIndex((id) => dryBreakers.includes(id));
      for (let id = 0; id < 4; id++) {
        let longest = 0;
        recent.forEach((each, at) => {
          let length = 0;
          while (length < at && recent[at - 1 - length] === recent[recent.length - 1 - length]) length++;
          if (each === id) longest = Math.max(longest, Math.min(length, reach));
        });
        if (longest < dryAllowedLength || recent.length <= dryAllowedLength || dryBreakers.includes(id))
          continue;
        expected[id] = -0.5 * 1.5 ** (longest - dryAllowedLength);
      }
      const params = { dryMultiplier: 0.5, dryBase: 1.5, dryAllowedLength, dryWindow, dryBreakers };
      expect(distribution([0, 0, 0, 0, 0], params, history), JSON.stringify({ history, params })).toEqual(
        distribution(expected),
      );
    }
  });

  test("DRY: a very long repetition costs a finite amount", () => {
    const history = new Array(2000).fill(0);
    const { probabilities } = distribution([9, 0, 0], { dryMultiplier: 1 }, history);
    expect(probabilities).toEqual(Float64Array.of(0, 0.5, 0.5));
  });

  test("typical: ties stay together in hf, the lowest ids win in llamacpp", () => {
    const logits = [1, 1, 1, 1].map((logit) => Math.log(logit / 4));
    expect(kept(logits, { typicalP: 0.5 })).toEqual([0, 1, 2, 3]);
    expect(kept(logits, { typicalP: 0.5, chain: "llamacpp" })).toEqual([0, 1]);
    // The best is too sure, and the last too strange: what lies between is typical.
    expect(kept([0.4, 0.3, 0.2, 0.1].map(Math.log), { typicalP: 0.29 })).toEqual([1]);
    expect(kept([0.4, 0.3, 0.2, 0.1].map(Math.log), { typicalP: 0 })).toHaveLength(1);
    for (const p of [0, Number.MIN_VALUE]) {
      expect(kept(new Array(99).fill(3), { typicalP: p, chain: "llamacpp" })).toEqual([0]);
      expect(kept(new Array(99).fill(3), { topP: p })).toEqual([0]);
    }
  });

  test("top-n-sigma keeps the same tokens at every temperature", () => {
    const logits = Array.from({ length: 40 }, () => 6 * random());
    const chain = ["temperature", "topNSigma"] as const;
    for (const temperature of [0.3, 1, 4]) {
      expect(kept(logits, { topNSigma: 1, temperature, chain })).toEqual(kept(logits, { topNSigma: 1 }));
    }
    expect(kept([3, 3, 3], { topNSigma: 1 })).toEqual([0, 1, 2]);
  });

  test("XTC keeps the worst of the top choices, where chance has it", () => {
    const logits = [0.4, 0.3, 0.2, 0.1].map(Math.log);
    const xtc = { xtcProbability: 0.5, xtcThreshold: 0.15 };
    expect(kept(logits, xtc, [], 0.49)).toEqual([2, 3]);
    expect(kept(logits, xtc, [], 0.5)).toEqual([0, 1, 2, 3]);
    expect(kept(logits, { ...xtc, xtcThreshold: 0.35 })).toEqual([0, 1, 2, 3]);
    expect(kept([1, 1, 1, -9], xtc)).toEqual([2, 3]);
  });

  test("agree with full sorts on large vocabularies, with ties and without", () => {
    for (let round = 0; round < 24; round++) {
      const grid = [0, 2, 64][round % 3]!;
      const logits = Array.from({ length: 3000 }, () => {
        const logit = 8 * random() ** (1 + (round % 4));
        return grid ? Math.round(logit * grid) / grid : logit;
      });
      const order = logits.map((_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b);
      const k = 1 + below(2999);
      const first = (n: number) => order.slice(0, n).sort((a, b) => a - b);
      expect(kept(logits, { topK: k, chain: "llamacpp" })).toEqual(first(k));
      const { probabilities } = distribution(logits);
      let sum = 0;
      let n = 0;
      const p = random();
      while (sum < p) sum += probabilities[order[n++]!]!;
      const nucleus = kept(logits, { topP: p, chain: "llamacpp" });
      expect(nucleus).toEqual(first(n));
    }
  });
});

describe("a prefix", () => {
  test("ends where a sorted list ends, whatever the sizes of the keys", () => {
    for (let round = 0; round < 300; round++) {
      const size = 1 + below(400);
      const keys = Float64Array.from({ length: size }, () => {
        const key = random() - 0.5;
        return [key, 1e300 * key, Math.sign(key) * 2 ** (200 * key), Math.round(3 * key)][round % 4]!;
      });
      const order = [...keys.keys()].sort((a, b) => keys[b]! - keys[a]! || a - b);
      const target = 1 + below(size);
      const top = Math.max(...keys);
      expect(prefixEnd(keys, size, target, { top })).toBe(order[target - 1]);
      expect(prefixEnd(keys, size, size + 1, { top })).toBe(order.at(-1));
      const worth = Float64Array.from(keys, () => 1 + below(9));
      let sum = 0;
      const end = order.find((i) => {
        sum += worth[i]!;
        return sum >= target;
      });
      expect(prefixEnd(keys, size, target, { top, worth })).toBe(end ?? order.at(-1));
    }
  });
});

describe("exponential", () => {
  test("is within 2e-15 of the true value, and never rises the wrong way by more", () => {
    for (let i = 0; i < 20_000; i++) {
      const x = -708 * random() ** (1 + (i % 6));
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(2e-15);
    }
  });

  test("at its ends", () => {
    expect([0, -0, -1e-300].map(exponential)).toEqual([1, 1, 1]);
    expect([-746, -1e9, Number.NEGATIVE_INFINITY].map(exponential)).toEqual([0, 0, 0]);
    const last = Array.from({ length: 200 }, (_, i) => -745 - i / 1000); // where the smallest numbers end
    for (const x of [-709, -730, ...last]) {
      expect(Math.abs(exponential(x) - Math.exp(x))).toBeLessThanOrEqual(
        Number.MIN_VALUE + 1e-15 * Math.exp(x),
      );
    }
  });
});

describe("trace", () => {
  test("tells what each stage left and removed; its end is the distribution", () => {
    const logits = [0.4, 0.3, 0.15, 0.1, 0.05].map(Math.log);
    const params = { topK: 4, topP: 0.8, temperature: 0.5, chain: "llamacpp" } as const;
    const trace = distribution.trace(logits, params);
    expect(trace.map(({ stage }) => stage)).toEqual(["model", "topK", "topP", "temperature"]);
    expect(trace.map(({ removed }) => [...removed])).toEqual([[], [4], [3], []]);
    expect(trace.map(({ ids }) => ids.length)).toEqual([5, 4, 3, 3]);
    const { ids, probabilities } = distribution(logits, params);
    expect(trace.at(-1)).toMatchObject({ ids, probabilities });
    expect(trace[1]!.probabilities[0]).toBeCloseTo(0.4 / 0.95, 12);
    for (const step of trace) expect(step.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test("takes every stage, history and chance; impossible tokens are gone from the start", () => {
    const params = { xtcProbability: 0.5, xtcThreshold: 0.2, repetitionPenalty: 2, noRepeatNgram: 1 };
    const trace = distribution.trace([3, 3, 3, Number.NEGATIVE_INFINITY], params, [0], 0.1);
    expect(trace.map(({ stage }) => stage)).toEqual(["model", "penalties", "noRepeatNgram", "xtc"]);
    expect(trace.map(({ removed }) => [...removed])).toEqual([[3], [], [0], [1]]);
    expect(distribution.trace([1, 2], {})).toHaveLength(1);
    expect(() => distribution.trace([1], { top_k: 1 } as never)).toThrow(/distribution.trace has no option/);
  });
});

test("alternatives are the model's most probable tokens, whatever is drawn", async () => {
  const logits = (context: readonly number[]) =>
    Float32Array.from({ length: 256 }, (_, id) => Math.round(4 * Math.sin(id * 3.3 + context.length)));
  const options = { alternatives: 5, maxTokens: 4, topK: 1, logitBias: { 7: 50 } };
  let context = [97];
  for await (const { id, alternatives } of generate(model(logits), bytes, "a", options)) {
    const scores = logits(context);
    const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, 5);
    expect(id).toBe(7);
    expect(alternatives!.map((each) => each.id)).toEqual(order);
    for (const each of alternatives!) expect(each.logprob).toBe(logProbability(scores, each.id));
    context = [...context, id];
  }
});

describe("draws", () => {
  const logits = [2, 1.5, 1, 0.5, 0, -0.5, -1, -1.5];
  const params: [string, SamplingParams][] = [
    ["none", {}],
    ["mask", { mask: Uint32Array.of(0b10110111) }],
    ["bias", { logitBias: { 2: 1, 5: 2 } }],
    ["penalties", { repetitionPenalty: 1.3, frequencyPenalty: 0.2, presencePenalty: -0.3 }],
    ["n-grams", { noRepeatNgram: 2 }],
    ["DRY", { dryMultiplier: 0.5, dryAllowedLength: 1 }],
    ["temperature", { temperature: 1.7 }],
    ["top-n-sigma", { topNSigma: 1.5 }],
    ["top-k", { topK: 5 }],
    ["top-p", { topP: 0.9 }],
    ["min-p", { minP: 0.1 }],
    ["typical", { typicalP: 0.9 }],
    ["XTC", { xtcProbability: 0.4, xtcThreshold: 0.15 }],
  ];

  // 99.99% quantiles of chi-square, by degrees of freedom.
  const quantiles = [0, 15.1, 18.4, 21.1, 23.5, 25.7, 27.9, 29.9];

  test.each(params)("of generate have the frequencies of the distribution: %s", async (_, sampling) => {
    const history = [1, 2, 3, 1, 2, 3, 1, 2];
    const tokenizer = { ...bytes, vocabSize: 8 };
    const on = model(() => logits, { vocabSize: 8, blockSize: 16 });
    const n = 2000;
    const counts = new Float64Array(8);
    for (let row = 0; row < n; row++) {
      const { value } = await generate(on, tokenizer, history, {
        ...sampling,
        seed: 77,
        row,
        maxTokens: 1,
      }).next();
      counts[value!.id]!++;
    }
    const expected = new Float64Array(8);
    const { xtcProbability = 1 } = sampling;
    for (const [chance, share] of [
      [0, xtcProbability],
      [0.999, 1 - xtcProbability],
    ] as const) {
      const { ids, probabilities } = distribution(logits, sampling, { prompt: history, output: [] }, chance);
      ids.forEach((id, i) => {
        expected[id]! += n * share * probabilities[i]!;
      });
    }
    const drawn = [...expected.keys()].filter((id) => expected[id]! > 0);
    expect(counts.reduce((sum, count, id) => sum + (expected[id] === 0 ? count : 0), 0)).toBe(0);
    const chiSquare = drawn.reduce((sum, id) => sum + (counts[id]! - expected[id]!) ** 2 / expected[id]!, 0);
    expect(chiSquare).toBeLessThan(quantiles[drawn.length - 1]!);
  });

  test("generate draws what draw draws from the distribution, to the bit", async () => {
    const wave = (context: readonly number[]) =>
      Float32Array.from({ length: 256 }, (_, id) => 3 * Math.sin(id * 7.7 + context.length));
    for (const [, { mask, ...sampling }] of params) {
      const output: number[] = [];
      const prompt = [65, 66];
      for await (const { id } of generate(model(wave), bytes, prompt, {
        ...sampling,
        seed: 3,
        maxTokens: 12,
      })) {
        if (!sampling.xtcProbability) {
          const own = distribution(wave([...prompt, ...output]), sampling, { prompt, output });
          expect(id).toBe(draw(own, uniform({ seed: 3, position: 2 + output.length })));
        }
        output.push(id);
      }
    }
  });
});
