import { Gpt, type GptConfig } from "@llm/gpt";
import { lora } from "@llm/gpt/lora";
import { useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ConversationError,
  type DpoOptions,
  type DpoStep,
  dpo,
  OptionsError,
  type Pair,
  type Policy,
  rewardModel,
} from "../../src/index.js";

const tiny: GptConfig = { vocabSize: 8, blockSize: 6, nLayer: 1, nHead: 2, nEmbd: 16, dropout: 0.2 };
const pairs: Pair[] = [
  { prompt: [1], chosen: [2, 3, 7], rejected: [4, 7] },
  { prompt: [2, 2], chosen: [5, 7], rejected: [6, 6, 7] },
  { prompt: [0], chosen: [1, 7], rejected: [2, 7] },
];
const create = () => Gpt.create(tiny, { seed: 1 });

async function run(of: readonly Pair[], options: Partial<DpoOptions> = {}, model: Policy = create()) {
  const steps: DpoStep[] = [];
  for await (const step of dpo(model, of, { steps: 3, lr: 0.02, batchSize: 3, ...options })) steps.push(step);
  return steps.map(({ seconds, ...rest }) => rest);
}

beforeAll(() => useEngine("reference"));

test("a rendered pair is the pair of its ids; what its mask leaves out does not count", async () => {
  const rendered = pairs.map((pair): Pair => {
    const { prompt, chosen, rejected } = pair as Extract<Pair, { prompt: unknown }>;
    const render = (answer: ArrayLike<number>) => {
      const ids = [...Array.from(prompt), ...Array.from(answer)];
      return { ids, mask: ids.map((_, i) => Number(i >= prompt.length)) };
    };
    return { chosen: render(chosen), rejected: render(rejected) };
  });
  const plain = await run(pairs);
  expect(await run(rendered)).toEqual(plain);
  const [first, ...rest] = rendered as Extract<Pair, { chosen: { ids: unknown } }>[];
  const masked: Pair = { ...first!, chosen: { ...first!.chosen, mask: [0, 0, 1, 1] } };
  expect((await run([masked, ...rest]))[1]!.loss).not.toBe(plain[1]!.loss);
});

test("pairs that lie in other passes have the same losses, up to rounding", async () => {
  const [all, few] = [await run(pairs), await run(pairs, { passTokens: 8, recompute: true })];
  for (const [i, { loss }] of all.entries()) expect(Math.abs(loss - few[i]!.loss)).toBeLessThan(1e-5);
});

test.each([
  ["sigmoid", Math.LN2],
  ["ipo", 25],
] as const)("%s begins at its value for no margin, and the margin grows", async (loss, first) => {
  const steps = await run(pairs, { loss, steps: 12 });
  expect(Math.abs(steps[0]!.loss - first) / first).toBeLessThan(1e-5);
  const { margin, accuracy, chosen, rejected } = steps.at(-1)!;
  expect(margin).toBeGreaterThan(0.3);
  expect(accuracy).toBe(1);
  expect(margin).toBeCloseTo(0.1 * (chosen - rejected), 10);
});

test("adapters alone can be trained", async () => {
  const model = create();
  const before = await Promise.all(model.parameters().map((p) => p.data()));
  const adapted = lora(model, { rank: 2, alpha: 4, seed: 1 });
  const steps = await run(pairs, { steps: 8, lr: 0.05 }, adapted);
  expect(steps.at(-1)!.loss).toBeLessThan(Math.LN2 - 0.02);
  expect(await Promise.all(model.parameters().map((p) => p.data()))).toEqual(before);
});

test("a judge scores the last token of each text, whatever is beside it", async () => {
  const judge = rewardModel(create(), pairs, { steps: 15, lr: 0.02, batchSize: 3 });
  expect(await judge.score([[1, 2, 3, 7]])).toEqual([0]);
  for await (const _ of judge);
  const texts = [
    [1, 2, 3, 7],
    [1, 4, 7],
    [2, 2, 5, 7, 1, 3],
    [0, 1, 7],
  ];
  const together = await judge.score(texts);
  for (const [i, text] of texts.entries()) {
    const [alone] = await judge.score([text]);
    expect(Math.abs(alone! - together[i]!)).toBeLessThan(1e-5);
  }
  expect(together[0]!).toBeGreaterThan(together[1]!);
  const about = { index: 0, sample: 0, forced: new Uint8Array(3), finishReason: "stop" as const };
  const { signal } = new AbortController();
  const reward = await judge.reward({ ...about, prompt: [1], ids: Uint32Array.of(2, 3, 7), signal });
  expect(Math.abs(reward - together[0]!)).toBeLessThan(1e-5);
});

describe("refused", () => {
  test.each<[string, readonly Pair[], string]>([
    ["no pairs", [], "there are no pairs"],
    [
      "an id of no token",
      [pairs[0]!, { prompt: [1], chosen: [2], rejected: [8] }],
      "the rejected text of pair 1",
    ],
    [
      "one that is too long",
      [{ prompt: [1, 2, 3], chosen: [1, 2, 3, 7], rejected: [7] }],
      "the model takes 6",
    ],
    [
      "an empty answer",
      [{ prompt: [1, 2], chosen: [], rejected: [7] }],
      "the chosen text of pair 0 has no token that counts",
    ],
    [
      "no prompt and one id",
      [{ prompt: [], chosen: [2], rejected: [3] }],
      "the chosen text of pair 0 has one token",
    ],
  ])("%s", async (_, of, message) => {
    await expect(run(of)).rejects.toThrow(message);
    await expect(run(of)).rejects.toThrow(ConversationError);
    expect(() => rewardModel(create(), of, { steps: 1, lr: 1 })).toThrow(message);
  });

  test.each([
    [{ beta: 0 }, "beta of dpo is 0"],
    [{ loss: "hinge" }, "loss of dpo"],
    [{ batchsize: 2 }, 'did you mean "batchSize"'],
  ])("%o", async (options, message) => {
    const error = await run(pairs, options as object).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(OptionsError);
    expect((error as Error).message).toContain(message);
  });

  test("a judge's options, and what is no model", () => {
    expect(() => rewardModel(create(), pairs, { steps: 1, lr: 1, centering: -1 })).toThrow(
      /centering of rewardModel is -1/,
    );
    expect(() => rewardModel({} as Gpt, pairs, { steps: 1, lr: 1 })).toThrow(/no parameters\(\)/);
  });
});
