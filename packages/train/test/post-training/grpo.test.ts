import { Gpt, type GptConfig } from "@llm/gpt";
import { Rests } from "@llm/platform/rest";
import { loglikelihood, sampleBatch, type Tokenizer } from "@llm/sample";
import { scope, tensor, useEngine, write } from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import {
  DivergedError,
  type GrpoOptions,
  type GrpoStep,
  grpo,
  OptionsError,
  type Reward,
  RewardError,
  type TrainingWarning,
} from "../../src/index.js";
import { passesOf } from "../../src/post-training/passes.js";
import { policyGradient, scoreTexts } from "../../src/post-training/policy-gradient.js";
import { memoryStore } from "../memory-store.js";
import { recording } from "./recording.js";

const END = 5;
const tiny: GptConfig = { vocabSize: 6, blockSize: 12, nLayer: 1, nHead: 2, nEmbd: 16, endOfText: END };
const prompts = [[0], [1, 2], [3], [4, 0, 1]];
const base: GrpoOptions = { steps: 1, prompts: 4, samples: 4, maxTokens: 5, lr: 1e-3, seed: 3 };
/** As many tokens as possible that are 1. */
const ones: Reward = ({ ids }) => ids.filter((id) => id === 1).length;
const turns = { rests: new Rests(), signal: undefined };

async function run(model: Gpt, options: Partial<GrpoOptions> = {}, reward: Reward = ones) {
  const steps: GrpoStep[] = [];
  const warnings: TrainingWarning[] = [];
  for await (const event of grpo(model, prompts, reward, { ...base, ...options })) {
    if (event.type === "step") steps.push(event);
    else warnings.push(event);
  }
  return { steps, warnings };
}

beforeEach(() => useEngine("reference"));

test("the gradient is that of the expected reward: all 27 texts of 3 tokens out of 3", async () => {
  await useEngine("reference", { precision: "float64" });
  const model = Gpt.create({ vocabSize: 3, blockSize: 4, nLayer: 1, nHead: 1, nEmbd: 4 }, { seed: 2 });
  const parameters = model.parameters();
  const rewardOf = (ids: number[]) => ids[0]! - 0.3 * ids[1]! * ids[2]! + (ids[2] === 1 ? 2 : 0);
  const all = Array.from({ length: 27 }, (_, i) => [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3]);
  const texts = all.map((ids) => ({ ids: [2, ...ids], mask: [0, 1, 1, 1] }));
  const passes = passesOf(texts, 40);
  const probabilities = async () => {
    const scores = await scoreTexts(model, texts, passes, {}, turns);
    return scores.map((each) => Math.exp(each.reduce((sum, logprob) => sum + logprob, 0)));
  };
  const expected = async () => {
    const p = await probabilities();
    return all.reduce((sum, ids, i) => sum + p[i]! * rewardOf(ids), 0);
  };

  const p = await probabilities();
  expect(p.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  // In expectation over what is drawn, a text's part in the loss is its probability times its reward.
  const judged = texts.map((text, i) => ({ ...text, advantage: rewardOf(all[i]!), weight: p[i]! }));
  const { sums } = await policyGradient(model, parameters, judged, passes, {}, turns);
  for (const [i, parameter] of parameters.entries()) {
    const grad = await sums.grads[i]!.data();
    const values = await parameter.data();
    for (let j = 0; j < values.length; j += 5) {
      const at = async (delta: number) => {
        write(parameter, Float64Array.of(values[j]! + delta), j);
        return expected();
      };
      const slope = ((await at(1e-4)) - (await at(-1e-4))) / 2e-4;
      write(parameter, values.subarray(j, j + 1), j);
      expect(Math.abs(-grad[j]! - slope), `${parameter.name}[${j}]`).toBeLessThan(1e-6);
    }
  }
});

test("log-probabilities of sampling, of training and of loglikelihood agree", async () => {
  const model = Gpt.create(tiny, { seed: 4 });
  const letters: Tokenizer = {
    vocabSize: 6,
    encode: (text) => Uint32Array.from(text, Number),
    decode: (ids) => Array.from(ids).join(""),
    decoder: () => ({ write: String, end: () => "" }),
  };
  for (const temperature of [1, 0.6]) {
    const samples = await sampleBatch(model, prompts, { maxTokens: 6, samples: 3, seed: 1, temperature });
    const texts = samples.map(({ prompt, ids }) => {
      const all = [...prompts[prompt]!, ...ids];
      return { ids: all, mask: all.map((_, t) => Number(t >= prompts[prompt]!.length)) };
    });
    const scores = await scoreTexts(model, texts, passesOf(texts, 20), { temperature }, turns);
    for (const [i, { prompt, ids, logprobs, samplingLogprobs }] of samples.entries()) {
      const before = prompts[prompt]!.length;
      for (const [t, logprob] of samplingLogprobs.entries()) {
        expect(Math.abs(scores[i]![before + t]! - logprob)).toBeLessThan(1e-5);
      }
      const likely = await loglikelihood(model, letters, prompts[prompt]!.join(""), Array.from(ids).join(""));
      for (const [t, logprob] of logprobs.entries()) {
        expect(Math.abs(likely.logprobs[t]! - logprob)).toBeLessThan(1e-5);
      }
    }
  }
});

describe("what is trained", () => {
  /** The loss of a step from its own report, with the model before it. */
  async function lossOf(
    model: Gpt,
    { samples }: GrpoStep,
    weight: (sample: GrpoStep["samples"][number]) => number,
  ) {
    let loss = 0;
    for (const sample of samples) {
      const prompt = prompts[sample.index]!;
      const all = [...prompt, ...sample.ids];
      const logits = scope(() => model.forward(tensor(all.slice(0, -1), [1, all.length - 1], "int32")));
      const values = Float64Array.from(await logits.data());
      for (const [t, id] of sample.ids.entries()) {
        if (sample.forced[t]) continue;
        const row = values.subarray((prompt.length + t - 1) * 6, (prompt.length + t) * 6);
        const total = Math.log(row.reduce((sum, each) => sum + Math.exp(each), 0));
        loss -= sample.advantage * weight(sample) * (row[id]! - total);
      }
    }
    return loss;
  }

  test("by default: reward less the group's mean, over the tokens of the step, the end token included", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const before = model.clone();
    const { steps } = await run(model, { passTokens: 30 });
    const [step] = steps as [GrpoStep];
    const drawn = step.samples.reduce((sum, { ids }) => sum + ids.length, 0);
    expect(step.samples).toHaveLength(16);
    expect(step.samples.some(({ ids }) => ids.at(-1) === END)).toBe(true);
    expect(step.tokens).toBe(drawn);
    for (const { index, reward, advantage } of step.samples) {
      const group = step.samples.filter((each) => each.index === index);
      expect(group).toHaveLength(4);
      expect(advantage).toBeCloseTo(reward - group.reduce((sum, each) => sum + each.reward, 0) / 4, 12);
    }
    expect(step.loss).toBeCloseTo(await lossOf(before, step, () => 1 / drawn), 5);
    expect(step.reward).toBeCloseTo(step.samples.reduce((sum, { reward }) => sum + reward, 0) / 16, 12);
    expect(step.entropy).toBeGreaterThan(1);
    expect(step.entropy).toBeLessThan(2.5);
    expect(step.clipped).toBe(0);
    expect(step.kl).toBeUndefined();
  });

  test("what is put in is read, and neither trained nor counted", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const before = model.clone();
    const asked = new Set<number>();
    const forced: NonNullable<GrpoOptions["forced"]> = ({ prompt, ids }) => {
      asked.add(prompt);
      return ids.length === 1 ? [2, 3] : undefined;
    };
    const seen: number[][] = [];
    const reward: Reward = (text) => {
      seen.push([...text.forced]);
      expect(text.prompt).toBe(prompts[text.index]);
      return ones(text) as number;
    };
    const { steps } = await run(model, { forced, stopIds: [] }, reward);
    const [step] = steps as [GrpoStep];
    expect(seen).toEqual(Array(16).fill([0, 1, 1, 0, 0]));
    expect(asked).toEqual(new Set([0, 1, 2, 3]));
    expect(step.tokens).toBe(16 * 3);
    expect(step.truncated).toBe(1);
    expect(step.endedLength).toBeNaN();
    expect(step.loss).toBeCloseTo(await lossOf(before, step, () => 1 / 48), 5);
  });

  test("each prompt comes once before any comes again; each text of a run draws by its own number", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const { steps } = await run(model, { prompts: 2, steps: 4, lr: 0 });
    const order = steps.map(({ samples }) => [...new Set(samples.map(({ index }) => index))]);
    expect([...order[0]!, ...order[1]!].sort()).toEqual([0, 1, 2, 3]);
    expect([...order[2]!, ...order[3]!].sort()).toEqual([0, 1, 2, 3]);
    const all = steps.flatMap(({ samples }) => samples.map(({ index, ids }) => `${index}: ${ids.join()}`));
    expect(new Set(all).size).toBeGreaterThan(24); // of 32; the same draws again would make 16
  });

  test("texts of groups without variance cost nothing, and a step without any changes nothing", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const before = await model.parameters()[0]!.data();
    const { steps, warnings } = await run(model, { steps: 5, lr: 1 }, () => 0);
    expect(steps.map(({ gradNorm }) => gradNorm)).toEqual([0, 0, 0, 0, 0]);
    expect(steps[0]).toMatchObject({ loss: 0, zeroVariance: 1, rewardStd: 0 });
    expect(await model.parameters()[0]!.data()).toEqual(before);
    expect(warnings.map(({ kind, step }) => [kind, step])).toEqual([
      ["zero-variance", 3],
      ["no-reward", 5],
    ]);
  });
});

describe("updates, clip and kl", () => {
  test("the first update of ratios has REINFORCE's gradient, and later ones are clipped", async () => {
    const plain = recording();
    await run(Gpt.create(tiny, { seed: 1 }), { optimizer: plain });
    const ratios = recording();
    const { steps } = await run(Gpt.create(tiny, { seed: 1 }), { optimizer: ratios, updates: 2, clip: 0.2 });
    expect(ratios.updates).toHaveLength(2);
    for (const [i, grad] of plain.updates[0]!.entries()) {
      const [a, b] = [await grad.data(), await ratios.updates[0]![i]!.data()];
      for (let j = 0; j < a.length; j++) expect(Math.abs(a[j]! - b[j]!)).toBeLessThan(1e-6);
    }
    expect(steps[0]!.clipped).toBe(0); // nothing has moved

    const { steps: moved } = await run(Gpt.create(tiny, { seed: 1 }), { updates: 3, clip: 0.05, lr: 0.05 });
    expect(moved[0]!.clipped).toBeGreaterThan(0);
  });

  test("a reference holds the policy back", async () => {
    const reference = Gpt.create(tiny, { seed: 1 });
    const far = async (weight: number) => {
      const { steps } = await run(reference.clone(), { kl: { weight, reference }, steps: 5, lr: 0.03 });
      expect(steps[0]!.kl).toBe(0);
      return steps.at(-1)!.kl!;
    };
    expect(await far(10)).toBeLessThan((await far(0)) / 4);
  });
});

test("a run does not go on with another reference", async () => {
  const checkpoints = memoryStore();
  const [first, second] = [Gpt.create(tiny, { seed: 1 }), Gpt.create(tiny, { seed: 2 })];
  await run(first.clone(), { kl: { weight: 1, reference: first }, checkpoints });
  const other = run(first, { kl: { weight: 1, reference: second }, checkpoints, steps: 2 });
  await expect(other).rejects.toThrow(/kl\.reference was/);
});

test.each(["wasm", "auto"] as const)("%s learns what the reference engine learns", async (name) => {
  const learned = async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const { steps } = await run(model, { steps: 2, updates: 2, clip: 0.2, temperature: 0.9 });
    return { steps, weights: await Promise.all(model.parameters().map((p) => p.data())) };
  };
  const wanted = await learned();
  await useEngine(name, { threads: 1 });
  const found = await learned();
  const texts = (steps: GrpoStep[]) => steps.map(({ samples }) => samples.map(({ ids }) => [...ids]));
  expect(texts(found.steps)).toEqual(texts(wanted.steps));
  for (const [i, values] of wanted.weights.entries()) {
    for (const [j, value] of values.entries()) {
      expect(Math.abs(found.weights[i]![j]! - value)).toBeLessThan(1e-4);
    }
  }
});

describe("warnings", () => {
  test("texts that are all the same", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const { warnings } = await run(model, { steps: 20, samples: 8, lr: 0.05 });
    expect(warnings.map(({ kind }) => kind)).toContain("collapse");
    expect(warnings.find(({ kind }) => kind === "collapse")!.message).toMatch(
      /% of the texts are the same .* 0\.05/,
    );
  });

  test("a reward that falls", async () => {
    let asked = 0;
    const falling: Reward = ({ ids }) => (asked++ < 4 * 16 ? 1 : 0.1) * ids.length;
    const { warnings } = await run(Gpt.create(tiny, { seed: 1 }), { steps: 8, lr: 0 }, falling);
    expect(warnings.map(({ kind, message }) => `${kind} ${message}`)).toEqual([
      expect.stringMatching(/^collapse step [67]: the reward is .* and was .*; lower the learning rate 0/),
    ]);
  });
});

describe("refused", () => {
  const refuse = (options: object) => run(Gpt.create(tiny, { seed: 1 }), options);

  test.each(["topK", "topP", "minP", "logitBias", "vocabSize", "repetitionPenalty"])("%s", async (name) => {
    await expect(refuse({ [name]: 1 })).rejects.toThrow(
      new RegExp(`grpo takes no ${name}: texts must be drawn from the very distribution`),
    );
  });

  test.each([
    [{ temperature: 0 }, "temperature of grpo is 0"],
    [{ samples: 1 }, "samples is 1"],
    [{ clip: 0 }, "clip of grpo"],
    [{ clip: { low: 0.2, hihg: 0.3 } }, 'did you mean "high"'],
    [{ normalize: "token" }, 'did you mean "tokens"'],
    [{ maxGradNorm: 0 }, "maxGradNorm of grpo is 0"],
    [{ kl: { weight: 0.1 } }, "needs the option reference"],
    [{ lr: -1 }, "lr of grpo is -1"],
  ])("%o", async (options, message) => {
    const error = await refuse(options).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(OptionsError);
    expect((error as Error).message).toContain(message);
  });

  test("no prompts, and what is no model", async () => {
    await expect(grpo(Gpt.create(tiny, { seed: 1 }), [], ones, base).next()).rejects.toThrow(
      /prompts of grpo/,
    );
    await expect(grpo({} as Gpt, prompts, ones, base).next()).rejects.toThrow(/no parameters\(\)/);
  });
});

describe("a reward that", () => {
  const second = ({ index, sample }: { index: number; sample: number }) => index === 1 && sample === 2;
  const error = async (reward: Reward, options: Partial<GrpoOptions> = {}) => {
    const model = Gpt.create(tiny, { seed: 1 });
    const before = await model.parameters()[0]!.data();
    const found = await run(model, options, reward).catch((error: unknown) => error);
    expect(found).toBeInstanceOf(RewardError);
    expect(found).toMatchObject({ prompt: 1, sample: 2 });
    expect(await model.parameters()[0]!.data()).toEqual(before);
    return found as RewardError;
  };

  test.each([
    [
      "throws",
      () => {
        throw new TypeError("no tool");
      },
      "failed: no tool",
    ], // prettier-ignore
    ["rejects", () => Promise.reject(new Error("no tool")), "failed: no tool"],
    ["is NaN", () => Number.NaN, "is NaN; it must be a finite number"],
    ["is infinite, later", async () => Infinity, "is Infinity"],
    ["is no number", () => "1" as unknown as number, "is 1"],
  ])("%s", async (_, fault, message) => {
    const { message: found } = await error((text) => (second(text) ? fault() : ones(text)));
    expect(found).toContain(`the reward of prompt 1, sample 2 ${message}`);
  });

  test("hangs: the others are told", async () => {
    const told: boolean[] = [];
    const { message } = await error(
      (text) => {
        if (!second(text)) return ones(text);
        text.signal.addEventListener("abort", () => told.push(true));
        return new Promise<number>(() => {});
      },
      { rewardTimeout: 30 },
    );
    expect(message).toMatch(/took more than 30 ms; make it faster, or raise rewardTimeout/);
    expect(told).toEqual([true]);
  });

  test("is slow: no more than rewardsAtOnce are asked for at a time", async () => {
    let [open, most] = [0, 0];
    const slow: Reward = async (text) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open--;
      return ones(text);
    };
    await run(Gpt.create(tiny, { seed: 1 }), { rewardsAtOnce: 3 }, slow);
    expect(most).toBe(3);
  });

  test("is waited for when the signal is aborted: the run ends, and nothing has changed", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const before = await model.parameters()[0]!.data();
    const stop = new AbortController();
    const { steps } = await run(model, { signal: stop.signal }, () => {
      stop.abort();
      return new Promise<number>(() => {});
    });
    expect(steps).toEqual([]);
    expect(await model.parameters()[0]!.data()).toEqual(before);
  });
});

test("a gradient that is not finite ends the run, and changes nothing", async () => {
  const model = Gpt.create(tiny, { seed: 1 });
  const before = await model.parameters()[0]!.data();
  await expect(run(model, {}, ({ ids }) => 1e38 * ids.length)).rejects.toThrow(DivergedError);
  expect(await model.parameters()[0]!.data()).toEqual(before);
});
