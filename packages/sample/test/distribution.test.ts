import {
  distribution,
  draw,
  InvalidLogitsError,
  InvalidOptionError,
  logProbability,
  type SamplingParams,
  uniform,
} from "@llm/sample";
import { describe, expect, test } from "vitest";

const kept = (logits: ArrayLike<number>, params: SamplingParams, history: number[] = []) =>
  Array.from(distribution(logits, params, history).ids);

/** The same definitions, written with a full sort: slow and obvious. */
function bySorting(
  logits: readonly number[],
  { temperature = 1, topK = 0, topP = 1, minP = 0 }: SamplingParams,
) {
  let rest = logits.map((logit, id) => ({ id, logit: logit / temperature }));
  rest.sort((a, b) => b.logit - a.logit || a.id - b.id);
  const probability = (list: typeof rest) => {
    const weights = list.map(({ logit }) => Math.exp(logit - list[0]!.logit));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  };
  if (topK > 0) rest = rest.slice(0, topK);
  let sum = 0;
  const p = probability(rest);
  const end = p.findIndex((value) => {
    sum += value;
    return sum >= topP - 1e-12;
  });
  if (topP < 1) rest = rest.slice(0, end + 1);
  rest = rest.filter(({ logit }) => Math.exp(logit - rest[0]!.logit) >= minP);
  const final = probability(rest);
  return rest.map(({ id }, i) => ({ id, p: final[i]! })).sort((a, b) => a.id - b.id);
}

describe("chains", () => {
  test("Hugging Face cools before top-p, llama.cpp after it", () => {
    const params = { topP: 0.8, temperature: 0.5 };
    expect(kept([3, 2, 1], { ...params, chain: "hf" })).toEqual([0]);
    const { ids, probabilities } = distribution([3, 2, 1], { ...params, chain: "llamacpp" });
    expect(Array.from(ids)).toEqual([0, 1]);
    expect(probabilities[0]).toBeCloseTo(0.8808, 4);
    expect(probabilities[1]).toBeCloseTo(0.1192, 4);
  });

  test("top-k keeps ties in hf and exactly k, lowest ids first, in llamacpp", () => {
    expect(kept([1, 2, 2, 2, 0], { topK: 2, chain: "hf" })).toEqual([1, 2, 3]);
    expect(kept([1, 2, 2, 2, 0], { topK: 2, chain: "llamacpp" })).toEqual([1, 2]);
    expect(kept([1, 2, 0, 2, 1], { topK: 3, chain: "llamacpp" })).toEqual([0, 1, 3]);
  });

  test("a list of stages is followed in its order", () => {
    const params = { topP: 0.8, temperature: 0.5 };
    expect(kept([3, 2, 1], { ...params, chain: ["topP", "temperature"] })).toEqual([0, 1]);
    expect(kept([3, 2, 1], { ...params, chain: ["temperature", "topP"] })).toEqual([0]);
  });

  test("an option whose stage is missing is an error, not ignored", () => {
    expect(() => distribution([1, 2], { topK: 1, chain: ["temperature"] })).toThrow(InvalidOptionError);
    expect(() => distribution([1, 2], { logitBias: new Map([[0, 1]]), chain: ["topK"] })).toThrow(/bias/);
    expect(kept([1, 2], { topK: 0, topP: 1, chain: ["temperature"] })).toEqual([0, 1]);
  });
});

describe("filters", () => {
  test("top-p is the smallest prefix that reaches p, also where p is reached exactly", () => {
    const even = new Array(10).fill(0);
    for (let n = 1; n <= 10; n++) expect(kept(even, { topP: n / 10 })).toHaveLength(n);
    expect(kept(even, { topP: 0.8001 })).toHaveLength(9);
    expect(kept([0, 5], { topP: 0 })).toEqual([1]);
  });

  test("min-p is relative to the best token", () => {
    const logits = [0.5, 0.25, 0.2, 0.05].map(Math.log);
    expect(kept(logits, { minP: 0.3 })).toEqual([0, 1, 2]);
    expect(kept(logits, { minP: 1 })).toEqual([0]);
  });

  test("temperature 0 takes the best token, the lowest id among equals", () => {
    expect(kept([1, 3, 3], { temperature: 0 })).toEqual([1]);
    expect(kept([1, 3, 3], { temperature: 0, topK: 2, topP: 0.9, chain: "llamacpp" })).toEqual([1]);
  });

  test("agree with a full sort on random logits with ties", () => {
    let position = 0;
    const random = () => uniform({ seed: 9, position: position++ });
    for (let round = 0; round < 400; round++) {
      const size = 1 + Math.floor(random() * 60);
      const logits = Array.from({ length: size }, () => Math.round(random() * 40) / 5);
      const params: SamplingParams = {
        temperature: 0.25 + random(),
        topK: random() < 0.5 ? 0 : 1 + Math.floor(random() * size),
        topP: random() < 0.3 ? 1 : random(),
        minP: random() < 0.5 ? 0 : random() / 2,
        chain: ["temperature", "topK", "topP", "minP"],
      };
      const ours = distribution(logits, params);
      const theirs = bySorting(logits, params);
      expect(Array.from(ours.ids)).toEqual(theirs.map(({ id }) => id));
      theirs.forEach(({ p }, i) => {
        expect(Math.abs(ours.probabilities[i]! - p)).toBeLessThan(1e-13);
      });
    }
  });

  test("a vocabulary of 50,257 is filtered without sorting it", () => {
    const logits = Float32Array.from({ length: 50_257 }, (_, position) => 8 * uniform({ seed: 3, position }));
    const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
    expect(kept(logits, { topK: 40, chain: "llamacpp" })).toEqual(order.slice(0, 40).sort((a, b) => a - b));
  });
});

describe("penalties", () => {
  test("repetition divides positive and multiplies negative logits, once per distinct token", () => {
    const { probabilities } = distribution([2, -1, 1], { repetitionPenalty: 2 }, [0, 0, 1]);
    const expected = distribution([1, -2, 1]).probabilities;
    expect(Array.from(probabilities)).toEqual(Array.from(expected));
  });

  test("frequency counts, presence does not", () => {
    const params = { frequencyPenalty: 0.5, presencePenalty: 0.25 };
    expect(distribution([2, 1, 0], params, [0, 0, 1])).toEqual(distribution([0.75, 0.25, 0]));
  });

  test("llama.cpp looks at the last 64 tokens, Hugging Face at all", () => {
    const history = [0, ...new Array(64).fill(1)];
    const own = distribution([1, -50, 1]).probabilities;
    const llamacpp = distribution([1, -50, 1], { repetitionPenalty: 1.5, chain: "llamacpp" }, history);
    const hf = distribution([1, -50, 1], { repetitionPenalty: 1.5, chain: "hf" }, history);
    expect(llamacpp.probabilities[0]).toBeCloseTo(own[0]!, 12);
    expect(hf.probabilities[0]).toBeLessThan(0.45);
    expect(distribution([1, -50, 1], { repetitionPenalty: 1.5, penaltyWindow: 1 }, [2, 0]).ids).toHaveLength(
      3,
    );
  });

  test("a bias of -Infinity forbids a token", () => {
    const { ids } = distribution([5, 1], { logitBias: new Map([[0, Number.NEGATIVE_INFINITY]]) });
    expect(Array.from(ids)).toEqual([1]);
    const all = new Map([0, 1].map((id) => [id, Number.NEGATIVE_INFINITY]));
    expect(() => distribution([5, 1], { logitBias: all })).toThrow(InvalidLogitsError);
  });
});

describe("numbers", () => {
  test("impossible tokens are left out; impossible logits are errors that name the token", () => {
    expect(kept([0, Number.NEGATIVE_INFINITY, 0], {})).toEqual([0, 2]);
    expect(() => distribution([0, Number.NaN])).toThrow(/token 1 is NaN/);
    expect(() => distribution([Number.POSITIVE_INFINITY, 0])).toThrow(InvalidLogitsError);
    expect(() => distribution([Number.NEGATIVE_INFINITY])).toThrow(/all 1 logits/);
    expect(() => distribution([])).toThrow(InvalidLogitsError);
  });

  test("huge logits neither overflow nor vanish", () => {
    const { probabilities } = distribution([1e30, 1e30, -1e30]);
    expect(Array.from(probabilities)).toEqual([0.5, 0.5, 0]);
  });

  test.each([
    [{ temperature: -1 }, "temperature"],
    [{ temperature: Number.NaN }, "temperature"],
    [{ topK: 1.5 }, "topK"],
    [{ topP: 1.1 }, "topP"],
    [{ minP: -0.1 }, "minP"],
    [{ repetitionPenalty: 0 }, "repetitionPenalty"],
    [{ chain: "vllm" as "hf" }, "chain"],
  ])("%j is refused", (params, option) => {
    try {
      distribution([1, 2], params);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionError);
      expect((error as InvalidOptionError).option).toBe(option);
    }
  });

  test("log-probabilities are the model's", () => {
    expect(logProbability([3, 2, 1], 1)).toBeCloseTo(-1.40760596, 8);
    expect(logProbability([0, Number.NEGATIVE_INFINITY], 1)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("draw", () => {
  test("is the inverse of the cumulative distribution", () => {
    const three = { ids: Uint32Array.of(4, 7, 9), probabilities: Float64Array.of(0.25, 0.5, 0.25) };
    expect([0, 0.2499, 0.25, 0.74, 0.75, 1 - 2 ** -53].map((u) => draw(three, u))).toEqual([
      4, 4, 7, 7, 9, 9,
    ]);
    const hole = { ids: Uint32Array.of(0, 1), probabilities: Float64Array.of(0, 1) };
    expect(draw(hole, 0)).toBe(1);
  });

  test("frequencies of 100,000 draws pass a chi-square test", () => {
    const logits = [2, 1.5, 1, 0.5, 0, -0.5, -1, -1.5];
    const { ids, probabilities } = distribution(logits, { temperature: 0.9 });
    const counts = new Array(logits.length).fill(0);
    const n = 100_000;
    for (let position = 0; position < n; position++) {
      counts[draw({ ids, probabilities }, uniform({ seed: 2024, row: 3, position }))]++;
    }
    const chiSquare = counts.reduce((sum, count, i) => {
      const expected = n * probabilities[i]!;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(chiSquare).toBeLessThan(24.3); // the 99.9% quantile for 7 degrees of freedom
  });
});
