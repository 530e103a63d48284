// A run that was stopped and goes on comes to the bits of one in one piece.
import { Gpt, type GptConfig } from "@llm/gpt";
import { type Parameter, useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  CheckpointError,
  type CheckpointStore,
  dpo,
  grpo,
  type PostTrainingOptions,
  rewardModel,
  schedule,
} from "../../src/index.js";
import { memoryStore } from "../memory-store.js";

const tiny: GptConfig = { vocabSize: 8, blockSize: 12, nLayer: 1, nHead: 2, nEmbd: 16, endOfText: 7 };
const prompts = [[0], [1, 2], [3]];
const pairs = [
  { prompt: [1], chosen: [2, 3, 7], rejected: [4, 7] },
  { prompt: [2, 2], chosen: [5, 7], rejected: [6, 6, 7] },
  { prompt: [0], chosen: [1, 7], rejected: [2, 7] },
];
const base = { steps: 6, lr: schedule.linear({ lr: 0.02, steps: 6 }), seed: 5 };

type Options = PostTrainingOptions & { signal?: AbortSignal };
/** Everything a step says but its times. */
type Event = Readonly<Record<string, unknown>>;
interface Run {
  events: AsyncIterable<object>;
  parameters: readonly Parameter[];
}
const METHODS: Record<string, (options: Options, inside?: () => void) => Run> = {
  grpo(options, inside) {
    const model = Gpt.create(tiny, { seed: 1 });
    let asked = 0;
    const reward = ({ ids }: { ids: Uint32Array }) => {
      if (++asked === 40) inside?.();
      return new Set(ids).size;
    };
    const drawing = { prompts: 2, samples: 8, maxTokens: 6 };
    return {
      events: grpo(model, prompts, reward, { ...drawing, updates: 2, clip: 0.2, ...options }),
      parameters: model.parameters(),
    };
  },
  dpo(options) {
    const model = Gpt.create(tiny, { seed: 1 });
    return {
      events: dpo(model, pairs, { batchSize: 2, ...options }),
      parameters: model.parameters(),
    };
  },
  rewardModel(options) {
    const judge = rewardModel(Gpt.create(tiny, { seed: 1 }), pairs, { batchSize: 2, ...options });
    return { events: judge, parameters: judge.parameters() };
  },
};

async function run(method: string, options: Partial<Options> = {}, inside?: () => void) {
  const { events, parameters } = METHODS[method]!({ ...base, ...options }, inside);
  const seen: Event[] = [];
  for await (const event of events) {
    const { seconds, samplingSeconds, tokensPerSecond, ...rest } = event as Event;
    if (rest["type"] !== "warning") seen.push(rest); // a watch begins anew
  }
  return { seen, weights: await Promise.all(parameters.map((p) => p.data())) };
}

beforeAll(() => useEngine("reference"));

describe.each(Object.keys(METHODS))("%s", (method) => {
  test("left after three steps, it goes on to the same bits", async () => {
    const straight = await run(method);
    expect(straight.seen).toHaveLength(6);
    const store = memoryStore();
    for await (const event of METHODS[method]!({ ...base, checkpoints: store }).events) {
      if ((event as { step: number }).step === 3) break;
    }
    expect(store.saved.map(({ step }) => step)).toEqual([3]);
    const rest = await run(method, { checkpoints: store, checkpointEvery: 2 });
    expect(rest.seen).toEqual(straight.seen.slice(3));
    expect(rest.weights).toEqual(straight.weights);
    expect(store.saved.map(({ step }) => step)).toEqual([3, 4, 6]);
  });

  test("it is refused with other settings, other data, or another method's checkpoint", async () => {
    const store = memoryStore();
    await run(method, { steps: 1, checkpoints: store });
    await expect(run(method, { checkpoints: store, seed: 6 })).rejects.toThrow(/seed was 5 and is 6/);
    await expect(run(method, { checkpoints: store, passTokens: 9 })).rejects.toThrow(CheckpointError);
    const other = method === "dpo" ? "grpo" : "dpo";
    await expect(run(other, { checkpoints: store })).rejects.toThrow(/method was/);
  });
});

test("grpo stopped while rewards are asked for drops that step, and does it again", async () => {
  const straight = await run("grpo");
  const store = memoryStore();
  const stop = new AbortController();
  const first = await run("grpo", { checkpoints: store, signal: stop.signal }, () => stop.abort());
  expect(first.seen).toHaveLength(2);
  expect(store.saved.map(({ step }) => step)).toEqual([2]);
  const rest = await run("grpo", { checkpoints: store });
  expect([...first.seen, ...rest.seen]).toEqual(straight.seen);
  expect(rest.weights).toEqual(straight.weights);
});

test("dpo goes on with the reference of its first step, and begins at ln 2", async () => {
  const { seen } = await run("dpo");
  expect(Math.abs((seen[0]!["loss"] as number) - Math.LN2)).toBeLessThan(1e-6);
  const store = memoryStore();
  await run("dpo", { steps: 3, checkpoints: store, lr: 0.02 });
  const { optimizer } = store.saved.at(-1)!;
  expect(optimizer.get("reference")!.shape).toEqual([3, 2]);
  const { seen: rest } = await run("dpo", { checkpoints: store, lr: 0.02 });
  expect(rest[0]!["loss"]).toBeLessThan(Math.LN2 - 0.01); // a reference of now would be back at ln 2
});

test("a store that cannot save fails the run at its end, and only warns behind another error", async () => {
  const broken: CheckpointStore = {
    latest: async () => undefined,
    save: async () => {
      throw new Error("disk full");
    },
  };
  await expect(run("dpo", { checkpoints: broken })).rejects.toThrow("disk full");
  const warnings: string[] = [];
  let asked = 0;
  const model = Gpt.create(tiny, { seed: 1 });
  const reward = () => {
    if (++asked > 16) throw new Error("no tool");
    return asked % 2;
  };
  const options = { ...base, prompts: 2, samples: 8, maxTokens: 6, checkpoints: broken };
  const events = grpo(model, prompts, reward, { ...options, onWarning: (message) => warnings.push(message) });
  await expect(events.next()).resolves.toBeDefined();
  await expect(events.next()).rejects.toThrow("no tool");
  expect(warnings).toEqual(["step 1 could not be saved: disk full"]);
});
