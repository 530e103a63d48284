import { Gpt, type GptConfig } from "@llm/gpt";
import { lora } from "@llm/gpt/lora";
import { rng, scope, tensor, useEngine, valueAndGrad } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ConversationError,
  DataError,
  evaluate,
  inspect,
  type Optimizer,
  OptionsError,
  packConversations,
  type RenderedConversation,
  type SftOptions,
  type SftPlan,
  type SftStep,
  schedule,
  sft,
  type Trainable,
} from "../../src/index.js";
import { memoryStore } from "../memory-store.js";
import { together } from "../together.js";

/** Conversations of 4 to 15 tokens that are rendered already: some of the last ones are learned, not always in one piece. */
function made(count: number, seed = 7): RenderedConversation[] {
  const draw = rng(seed);
  return Array.from({ length: count }, () => {
    const length = 4 + Math.floor(draw() * 12);
    const asked = 1 + Math.floor(draw() * (length - 2));
    return {
      ids: Uint32Array.from({ length }, () => Math.floor(draw() * 20)),
      mask: Uint8Array.from({ length }, (_, t) => Number(t >= asked && (t === length - 1 || draw() < 0.8))),
    };
  });
}

const list = made(30);
const render = (conversation: RenderedConversation) => conversation;
const tiny: GptConfig = { vocabSize: 20, blockSize: 24, nLayer: 2, nHead: 2, nEmbd: 16 };
const modern: GptConfig = {
  ...{
    ...tiny,
    nHead: 4,
    nKvHead: 2,
    position: "rope",
    norm: "rms",
    activation: "silu",
    mlp: { kind: "gated", width: 24 },
    bias: false,
  },
};
const base = { render, batchSize: 2, blockSize: 24, lr: 1e-2, seed: 3 };

async function run(
  model: Trainable,
  options: Partial<SftOptions<RenderedConversation>> = {},
  conversations: readonly RenderedConversation[] = list,
): Promise<SftStep[]> {
  const steps: SftStep[] = [];
  for await (const step of sft(model, conversations, { ...base, ...options })) steps.push(step);
  return steps;
}

async function weights(model: Trainable): Promise<number[][]> {
  return Promise.all(model.parameters().map(async (p) => [...(await p.data())]));
}

/** The sum of losses, its gradients and the number of learned tokens: every conversation in a row of its own. */
async function rowByRow(
  model: Gpt | ReturnType<typeof lora>,
  conversations: readonly RenderedConversation[],
) {
  const parameters = model.parameters();
  const grads = parameters.map(({ size }) => new Float64Array(size));
  let loss = 0;
  let learned = 0;
  for (const { ids, mask } of conversations) {
    const shape = [1, ids.length - 1] as const;
    const of = scope(() =>
      valueAndGrad(
        () =>
          model.loss(
            tensor(Array.from(ids).slice(0, -1), shape, "int32"),
            tensor(Array.from(ids).slice(1), shape, "int32"),
            { mask: tensor(Array.from(mask).slice(1), shape), reduction: "sum" },
          ),
        parameters,
      ),
    );
    loss += (await of.value.data())[0]!;
    learned += Array.from(mask)
      .slice(1)
      .reduce((sum, one) => sum + one, 0);
    for (const [i, grad] of of.grads.entries()) {
      for (const [k, value] of (await grad.data()).entries()) grads[i]![k]! += value;
    }
  }
  return { loss: loss / learned, grads: grads.map((grad) => grad.map((value) => value / learned)), learned };
}

/** Keeps the gradients of an update instead of making it. */
function keeping(): Optimizer & { kept: Promise<number[]>[] } {
  const kept: Promise<number[]>[] = [];
  return {
    kept,
    description: { name: "keeping" },
    start: () => ({
      needsNumbers: true,
      update(grads, { gradScale }) {
        for (const grad of grads) {
          kept.push(grad.data().then((values) => Array.from(values, (value) => value * Number(gradScale))));
        }
      },
      tensors: () => new Map(),
      dispose() {},
    }),
  };
}

beforeAll(() => useEngine("reference", { precision: "float64" }));

describe("packing", () => {
  const models: [string, () => Gpt | ReturnType<typeof lora>][] = [
    ["learned positions", () => Gpt.create(tiny, { seed: 1 })],
    ["rotary positions, shared key heads, SwiGLU", () => Gpt.create(modern, { seed: 1 })],
    [
      "adapters alone",
      () => lora(Gpt.create(modern, { seed: 1 }), { rank: 2, alpha: 4, seed: 1, targets: "all-linear" }),
    ],
  ];
  test.each(models)("loss and gradient are those of the conversations one by one: %s", async (_, make) => {
    const few = list.slice(0, 12);
    const { rows, padding } = (await packConversations(few, { render, blockSize: 24 })).summary("train", 3);
    expect(rows).toBeLessThan(9);
    expect(padding).toBeGreaterThan(0);
    // An epoch in one step, cut up in two ways; of its batches some count more than others.
    for (const batchSize of [1, rows]) {
      const optimizer = keeping();
      const model = make();
      const expected = await rowByRow(model, few);
      const options = { optimizer, clip: Infinity, batchSize, accumulation: rows / batchSize, steps: 1 };
      const [step] = await run(model, options, few);
      expect(step!.loss).toBeCloseTo(expected.loss, 9);
      const grads = await Promise.all(optimizer.kept);
      expect(grads.length).toBe(expected.grads.length);
      expect(grads.flat().some((value) => value !== 0)).toBe(true);
      for (const [i, grad] of grads.entries()) {
        for (const [k, value] of grad.entries()) expect(value).toBeCloseTo(expected.grads[i]![k]!, 9);
      }
    }
  });

  test("an epoch has every token but the first of each conversation as a target, and the learned ones count", async () => {
    const data = await packConversations(list, { render, blockSize: 24 });
    const { rows, ...summary } = data.summary("train", 5);
    const targets = list.flatMap(({ ids, mask }) => Array.from(ids).filter((_, t) => t > 0 && mask[t]));
    const tokens = list.reduce((sum, { ids }) => sum + ids.length, 0);
    expect(summary).toEqual({
      ...{ conversations: 30, skipped: 0, truncated: 0, tokens, learned: targets.length },
      padding: 1 - (tokens - 30) / (rows * 24),
    });
    const key = { split: "train", step: 1, micro: 0, batchSize: rows, blockSize: 24, seed: 5 };
    const epoch = (step: number) => data.batch({ ...key, step });
    for (const { targets: all, mask } of [epoch(1), epoch(2)]) {
      expect([...all].filter((_, i) => mask![i]).sort()).toEqual([...targets].sort());
    }
    expect(epoch(2).ids).not.toEqual(epoch(1).ids);
    expect(data.batch({ ...key, seed: 6 }).ids).not.toEqual(epoch(1).ids);
    expect(data.batch(key)).toEqual(epoch(1));
  });

  test("the mask goes with its target: a look at one row", async () => {
    const two = [
      { ids: [1, 2, 3, 4], mask: [1, 0, 1, 1] },
      { ids: [5, 6, 7], mask: [0, 0, 1] },
    ];
    const data = await packConversations(two, { render, blockSize: 6 });
    const batch = data.batch({ split: "train", step: 1, micro: 0, batchSize: 1, blockSize: 6, seed: 0 });
    const rows = ["5[ 6] 7|[ 2] 3 4|[·]", "1[ 2] 3 4|[ 6] 7|[·]"];
    expect(rows.map((row) => `row 0, 3 of 6 targets count: ${row}`)).toContain(
      inspect(batch, { blockSize: 6 }),
    );
  });
});

describe("a run", () => {
  test("by epochs: how many steps, what each says, and what it is going to be", async () => {
    let plan: SftPlan | undefined;
    const onPlan = (told: SftPlan) => {
      plan = told;
    };
    const steps = await run(Gpt.create(tiny, { seed: 1 }), { epochs: 3, accumulation: 2, onPlan });
    const { rows } = plan!.train;
    expect(plan).toMatchObject({ steps: Math.ceil((3 * rows) / 4), stepsPerEpoch: rows / 4 });
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: plan!.steps }, (_, i) => i + 1));
    expect(
      steps.every(({ steps, step, epoch }) => steps === plan!.steps && epoch === (4 * step) / rows),
    ).toBe(true);
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss);
    // The rate of the first half, then down to 0.
    const half = steps.slice(0, plan!.steps - Math.floor(plan!.steps / 2));
    expect(half.every(({ lr }) => lr === 1e-2)).toBe(true);
    expect(steps.at(-1)!.lr).toBeCloseTo(1e-2 / Math.floor(plan!.steps / 2), 12);
  });

  test("by steps, and a schedule is taken as it is", async () => {
    const lr = schedule.constant({ lr: 1e-3 });
    const steps = await run(Gpt.create(tiny, { seed: 1 }), { steps: 5, lr });
    expect(steps.map((step) => step.lr)).toEqual(Array(5).fill(1e-3));
  });

  test("conversations come from a stream too, and render may take its time", async () => {
    async function* stream() {
      yield* list;
    }
    const late = async (conversation: RenderedConversation) => conversation;
    const [plain, other] = [Gpt.create(tiny, { seed: 1 }), Gpt.create(tiny, { seed: 1 })];
    await run(plain, { steps: 3 });
    for await (const _ of sft(other, stream(), { ...base, render: late, steps: 3 }));
    expect(await weights(other)).toEqual(await weights(plain));
  });

  test("adapters alone are trained, the model is as it was", async () => {
    const model = Gpt.create(modern, { seed: 1 });
    const before = await weights(model);
    const adapters = lora(model, { rank: 2, alpha: 4, seed: 1 });
    const steps = await run(adapters, { epochs: 6, lr: 5e-2 });
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss);
    expect(await weights(model)).toEqual(before);
  });

  test("held-out conversations count once each, and their loss is that of each by itself", async () => {
    const heldOut = made(7, 8);
    const model = Gpt.create(tiny, { seed: 1 });
    const steps = await run(model, { heldOut, epochs: 2 });
    const evaluated = steps.filter(({ evaluation }) => evaluation);
    const each = Math.ceil(steps[0]!.steps / 2);
    expect(evaluated.map(({ step }) => step)).toEqual([each, steps.length]);
    const { loss, learned } = await rowByRow(model, heldOut);
    expect(evaluated.at(-1)!.evaluation!.val).toBeCloseTo(loss, 9);
    const data = await packConversations(list, { render, blockSize: 24, heldOut });
    expect(data.summary("val").learned).toBe(learned);
    const many = { batches: 9, batchSize: 2, blockSize: 24 };
    expect((await evaluate(model, data, many)).val).toBeCloseTo(loss, 9);
    const [first] = await run(model, { heldOut, evaluate: { every: 1, batches: 1 }, steps: 1 });
    expect(first!.evaluation!.val).not.toBeCloseTo(loss, 3);
  });

  test("stopped and gone on with, it comes to the same bits", async () => {
    await useEngine("reference");
    const make = () => Gpt.create({ ...tiny, dropout: 0.1 }, { seed: 1 });
    const options = { heldOut: made(4, 8), epochs: 2, accumulation: 2, evaluate: { every: 2 } };
    const whole = make();
    const straight = await run(whole, options);
    const checkpoints = memoryStore();
    const seen: SftStep[] = [];
    for (const stop of [1, 3, 4, Infinity]) {
      const model = make();
      for await (const step of sft(model, list, { ...base, ...options, checkpoints })) {
        seen.push(step);
        if (step.step === stop) break;
      }
      if (stop === Infinity) expect(await weights(model)).toEqual(await weights(whole));
    }
    const course = ({ seconds: _, tokensPerSecond: __, ...rest }: SftStep) => rest;
    expect(seen.map(course)).toEqual(straight.map(course));
    // Other conversations are another run.
    const others = run(make(), { ...options, checkpoints }, made(30, 9));
    await expect(others).rejects.toThrow("data.conversations.train.hash");
    await useEngine("reference", { precision: "float64" });
  });

  test("two processes come to what one does with batches twice as many", async () => {
    const options = { heldOut: made(3, 8), epochs: 1 };
    const alone = await run(Gpt.create(tiny, { seed: 1 }), { ...options, accumulation: 2 });
    const both = await Promise.all(
      together(2).map((processes) => run(Gpt.create(tiny, { seed: 1 }), { ...options, processes })),
    );
    for (const steps of both) {
      expect(steps.length).toBe(alone.length);
      for (const [i, { loss, epoch, evaluation }] of steps.entries()) {
        expect(epoch).toBe(alone[i]!.epoch);
        expect(loss).toBeCloseTo(alone[i]!.loss, 5);
        if (evaluation) expect(evaluation.val).toBeCloseTo(alone[i]!.evaluation!.val!, 5);
      }
    }
  });

  test("an aborted signal ends it while it reads, and while it trains", async () => {
    const stop = new AbortController();
    let read = 0;
    async function* stream() {
      for (const conversation of list) {
        if (++read === 4) stop.abort();
        yield conversation;
      }
    }
    const model = Gpt.create(tiny, { seed: 1 });
    for await (const _ of sft(model, stream(), { ...base, signal: stop.signal })) expect.unreachable();
    expect(read).toBe(4);
    const later = new AbortController();
    const seen: number[] = [];
    for await (const { step } of sft(model, list, { ...base, epochs: 9, signal: later.signal })) {
      seen.push(step);
      if (step === 2) later.abort();
    }
    expect(seen).toEqual([1, 2]);
  });
});

describe("mistakes, named", () => {
  const good = { ids: [1, 2, 3, 4], mask: [0, 0, 1, 1] };
  const wrong: [string, unknown, string][] = [
    ["a mask of other length", { ids: [1, 2, 3], mask: [0, 1] }, "has 3 ids and a mask of 2"],
    ["no mask", { ids: [1, 2, 3] }, "has no mask: render answered an object with ids"],
    ["an answer that is none", undefined, "has no ids: render answered undefined"],
    ["no tokens", { ids: [], mask: [] }, "has no tokens"],
    ["one token", { ids: [1], mask: [1] }, "has one token"],
    ["nothing learned", { ids: [1, 2, 3], mask: [0, 0, 0] }, "has nothing to learn from"],
    ["only what nothing comes before", { ids: [1, 2, 3], mask: [1, 0, 0] }, "has nothing to learn from"],
    ["NaN as an id", { ids: [1, Number.NaN, 3], mask: [0, 1, 1] }, "has NaN for a token id at index 1"],
    ["a negative id", { ids: [1, 2, -100], mask: [0, 1, 1] }, "has -100 for a token id at index 2"],
    [
      "an id that the model does not know",
      { ids: [1, 20, 3], mask: [0, 1, 1] },
      "has the token id 20 at index 1; the model knows 20 ids",
    ],
    ["NaN in a mask", { ids: [1, 2, 3], mask: [0, Number.NaN, 1] }, "has NaN in its mask at index 1"],
    ["a weight in a mask", { ids: [1, 2, 3], mask: [0, 0.5, 1] }, "has 0.5 in its mask at index 1"],
    [
      "one that is too long",
      { ids: Array(30).fill(1), mask: Array(30).fill(1) },
      "has 30 tokens, and a row of blockSize = 24 takes 25",
    ],
  ];
  const model = () => Gpt.create(tiny, { seed: 1 });

  test.each(wrong)("%s", async (_, conversation, message) => {
    const conversations = [good, good, conversation as RenderedConversation, good];
    const error = await run(model(), {}, conversations).catch((error) => error);
    expect(error).toBeInstanceOf(ConversationError);
    expect(error.index).toBe(2);
    expect(error.message).toContain(`conversation 2 ${message}`);
    const heldOut = await run(model(), { heldOut: conversations }, [good]).catch((error) => error);
    expect(heldOut).toBeInstanceOf(ConversationError);
    expect(heldOut.message).toContain(`held-out conversation 2 ${message}`);
  });

  test.each([
    ["throws", false],
    ["rejects", true],
  ])("a render that %s", async (_, isAsync) => {
    const cause = new Error("it is the user's turn");
    const render = (conversation: RenderedConversation) => {
      if (conversation !== list[1]) return conversation;
      if (isAsync) return Promise.reject(cause);
      throw cause;
    };
    const error = await run(model(), { render }).catch((error) => error);
    expect(error).toBeInstanceOf(ConversationError);
    expect(error).toMatchObject({ index: 1, cause });
    expect(error.message).toBe("conversation 1 cannot be rendered: it is the user's turn");
  });

  test("how many are too long, and the longest of them", async () => {
    const of = (length: number) => ({ ids: Array(length).fill(1), mask: Array(length).fill(1) });
    const long = run(model(), {}, [of(25), of(26), of(40), good]);
    await expect(long).rejects.toThrow(
      "conversation 1 has 26 tokens, and a row of blockSize = 24 takes 25 (1 more is too long; the longest has 40). Raise blockSize to 39",
    );
  });

  test("too long, nothing to learn: truncated or left out if asked, and counted", async () => {
    const long = {
      ids: Array.from({ length: 30 }, (_, i) => i % 20),
      mask: Array.from({ length: 30 }, (_, i) => Number(i > 9)),
    };
    const late = { ...long, mask: long.mask.map((_, i) => Number(i > 26)) };
    const silent = { ids: [1, 2, 3], mask: [0, 0, 0] };
    const summary = async (options: object, ...of: RenderedConversation[]) =>
      (await packConversations([good, ...of], { render, blockSize: 24, ...options })).summary();
    expect(await summary({ tooLong: "truncate" }, long)).toMatchObject({
      conversations: 2,
      truncated: 1,
      skipped: 0,
      tokens: 29,
      learned: 17,
    });
    expect(await summary({ tooLong: "skip" }, long, late)).toMatchObject({
      conversations: 1,
      truncated: 0,
      skipped: 2,
      tokens: 4,
    });
    expect(await summary({ nothingToLearn: "skip" }, silent)).toMatchObject({ conversations: 1, skipped: 1 });
    const both = { tooLong: "truncate", nothingToLearn: "skip" };
    expect(await summary(both, late, long)).toMatchObject({ conversations: 2, truncated: 1, skipped: 1 });
    await expect(summary({ tooLong: "truncate" }, late)).rejects.toThrow(
      "the mask of the first 25 of its 30 tokens is 0",
    );
  });

  test("no conversations, or none left", async () => {
    await expect(run(model(), {}, [])).rejects.toThrow(DataError);
    const silent = { ids: [1, 2], mask: [0, 0] };
    await expect(run(model(), { nothingToLearn: "skip" }, [silent])).rejects.toThrow(
      "there are no conversations: all 1 were left out",
    );
    await expect(run(model(), { heldOut: [] })).rejects.toThrow("there are no held-out conversations");
  });

  test.each<[string, object]>([
    ["epochs of sft is 0", { epochs: 0 }],
    ["epochs of sft is Infinity", { epochs: Infinity }],
    ["pass one of them", { epochs: 1, steps: 3 }],
    ['tooLong of sft is "crop"', { tooLong: "crop" }],
    ["lr of sft is -1", { lr: -1 }],
    ['did you mean "tooLong"', { toolong: "truncate" }],
    ["pass heldOut", { evaluate: { every: 2 } }],
    ['evaluate of sft has no option "splits"', { evaluate: { splits: ["val"] }, heldOut: list }],
    ["sft needs the option render", { render: undefined }],
  ])("%s", async (message, options) => {
    const error = await run(model(), options).catch((error) => error);
    expect(error).toBeInstanceOf(OptionsError);
    expect(error.message).toContain(message);
  });

  test("what is no list, rows that would cut, a split that is not there", async () => {
    await expect(run(model(), {}, "hello" as never)).rejects.toThrow(OptionsError);
    const data = await packConversations(list, { render, blockSize: 24 });
    const key = { split: "train", step: 1, micro: 0, batchSize: 1, blockSize: 16, seed: 0 };
    expect(() => data.batch(key)).toThrow("would cut them");
    expect(() => data.batch({ ...key, blockSize: 24, split: "val" })).toThrow(DataError);
  });
});
