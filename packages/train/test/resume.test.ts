import { readFileSync } from "node:fs";
import { Gpt, type GptConfig } from "@llm/gpt";
import { version as tensor, useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { version } from "../package.json";
import {
  adamw,
  averaged,
  type Batches,
  CheckpointError,
  type CheckpointStore,
  DataError,
  OptionsError,
  type Snapshot,
  schedule,
  type TrainOptions,
  type TrainStep,
  tokenArray,
  train,
} from "../src/index.js";
import { memoryStore } from "./memory-store.js";

const tiny: GptConfig = { vocabSize: 12, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 16, dropout: 0.1 };
const ids = Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 12);
const data = tokenArray(ids);
const base: TrainOptions = { steps: 4, batchSize: 4, blockSize: 8, lr: 1e-2, seed: 3 };

beforeAll(() => useEngine("reference"));

async function run(model: Gpt, options: TrainOptions, from: Batches = data): Promise<TrainStep[]> {
  const steps: TrainStep[] = [];
  for await (const step of train(model, from, options)) steps.push(step);
  return steps;
}

const fail = (warning: string) => {
  throw new Error(warning);
};

async function begun(options: Partial<TrainOptions> = {}) {
  const checkpoints = memoryStore();
  await run(Gpt.create(tiny, { seed: 1 }), { ...base, ...options, steps: 2, checkpoints });
  return checkpoints;
}

describe("a run goes on with the settings it began with", () => {
  const changes: [
    field: string,
    options: Partial<TrainOptions>,
    config?: Partial<GptConfig>,
    from?: Batches,
  ][] = [
    ["batchSize", { batchSize: 2 }],
    ["blockSize", { blockSize: 4 }],
    ["accumulation", { accumulation: 2 }],
    ["clip", { clip: Infinity }],
    ["seed", { seed: 4 }],
    ["lr", { lr: 2e-2 }],
    ["lr", { lr: schedule.cosine({ lr: 1e-2, steps: 1000 }) }],
    ["lr", { lr: (update) => (update < 300 ? 1e-2 : 1e-3) }],
    ["optimizer.beta2", { optimizer: adamw({ betas: [0.9, 0.99] }) }],
    ["optimizer.weightDecay", { optimizer: adamw({ weightDecay: 0 }) }],
    ["optimizer.decays", { optimizer: adamw({ decays: () => true }) }],
    ["model.nHead", {}, { nHead: 4 }],
    ["model.activation", {}, { activation: "relu2" }],
    ["model.dropout", {}, { dropout: 0 }],
    ["model.normEps", {}, { normEps: 1e-6 }],
    ["data.hash", {}, {}, tokenArray(ids.map((id) => 11 - id))],
    ["data.windows", {}, {}, tokenArray(ids, { windows: "dealt" })],
    ["data.split", {}, {}, tokenArray(ids, { split: 0.8 })],
  ];
  test.each(changes)("%s", async (field, options, config = {}, from = data) => {
    const checkpoints = await begun();
    const resumed = (allowed: Partial<TrainOptions>) =>
      run(
        Gpt.create({ ...tiny, ...config }, { seed: 9 }),
        { ...base, ...options, ...allowed, checkpoints },
        from,
      );
    await expect(resumed({})).rejects.toThrow(CheckpointError);
    await expect(resumed({})).rejects.toThrow(/ was .* and is .*allowChanges/);
    const message: string = await resumed({}).catch((error) => error.message);
    expect(message).toContain(field);
    // What the message advises works, and says what it lets pass.
    const allowChanges: string[] = JSON.parse(/allowChanges: (\[.*?\])/.exec(message)![1]!);
    const warnings: string[] = [];
    const steps = await resumed({ allowChanges, onWarning: (warning) => warnings.push(warning) });
    expect(steps.map(({ step }) => step)).toEqual([3, 4]);
    expect(warnings.join()).toContain(field);
  });

  test("the engine is one of them", async () => {
    const checkpoints = await begun();
    await useEngine("wasm", { threads: 1 });
    const resumed = run(Gpt.create(tiny, { seed: 1 }), { ...base, checkpoints });
    await expect(resumed).rejects.toThrow(/engine was "reference.*" and is "wasm/);
    await useEngine("reference");
  });

  describe("versions", () => {
    const resumed = async (changed: object, options: Partial<TrainOptions> = {}) => {
      const checkpoints = await begun();
      const [last] = checkpoints.saved.splice(-1);
      const { versions, ...settings } = last!.settings as { versions?: object };
      const others = changed === none ? settings : { ...settings, versions: { ...versions, ...changed } };
      checkpoints.saved.push({ ...last!, settings: others });
      return run(Gpt.create(tiny, { seed: 2 }), { ...base, checkpoints, ...options });
    };
    const none = {};

    test("those of the packages and of Node are in the checkpoint", async () => {
      const { saved } = await begun();
      const { version: node } = process;
      const expected = { train: version, tensor, model: Gpt.create(tiny, { seed: 1 }).version };
      expect(saved[0]!.settings["versions"]).toEqual({ ...expected, node: node.slice(1) });
      for (const name of ["train", "tensor", "gpt"]) {
        const url = new URL(`../../${name}/package.json`, import.meta.url);
        const found: string = JSON.parse(readFileSync(url, "utf8")).version;
        expect(expected[name === "gpt" ? "model" : (name as "train")], name).toBe(found);
      }
    });

    test.each(["train", "tensor", "model"])(
      "another release of %s is refused, unless allowed",
      async (name) => {
        for (const old of ["0.1.0", "1.0.0"]) {
          const attempt = resumed({ [name]: old });
          await expect(attempt).rejects.toThrow(CheckpointError);
          await expect(attempt).rejects.toThrow(
            `versions.${name} was "${old}" and is "${version}". Use those, another folder, or allowChanges: ["versions.${name}"]`,
          );
        }
        const warnings: string[] = [];
        const onWarning = (warning: string) => warnings.push(warning);
        const steps = await resumed({ [name]: "0.1.0" }, { allowChanges: ["versions"], onWarning });
        expect(steps.length).toBe(2);
        expect(warnings.join()).toContain(`versions.${name} was "0.1.0" and is`);
      },
    );

    test.each([
      ["a patch", { tensor: "0.0.7", train: "0.0.1-beta.1" }],
      ["Node", { node: "20.16.0" }],
      ["a version that was not recorded", { model: undefined }],
      ["a checkpoint of before there were versions", none],
    ])("%s is no reason", async (_, changed) => {
      const onWarning = (message: string) => {
        throw new Error(message);
      };
      expect((await resumed(changed, { onWarning })).length).toBe(2);
    });
  });

  test("equal ones made anew are equal, and more steps are no change", async () => {
    const options = { lr: schedule.wsd({ lr: 1e-2, warmup: 1, steps: 9, decay: 3 }), optimizer: adamw() };
    const again = { lr: schedule.wsd({ lr: 1e-2, warmup: 1, steps: 9, decay: 3 }), optimizer: adamw() };
    const checkpoints = await begun(options);
    const onWarning = (message: string) => {
      throw new Error(message);
    };
    const model = Gpt.create(tiny, { seed: 2 });
    expect((await run(model, { ...base, ...again, checkpoints, onWarning }, tokenArray(ids))).length).toBe(2);
  });
});

test("tokens go on growing when the batch changes", async () => {
  const checkpoints = await begun();
  const options = { ...base, batchSize: 2, allowChanges: ["batchSize"], onWarning: () => {} };
  const steps = await run(Gpt.create(tiny, { seed: 2 }), { ...options, checkpoints });
  expect(steps.map(({ tokens }) => tokens)).toEqual([64 + 16, 64 + 32]);
});

test("fewer steps than are done already is an error; as many is nothing to do", async () => {
  const checkpoints = await begun();
  const model = Gpt.create(tiny, { seed: 2 });
  expect(await run(model, { ...base, steps: 2, checkpoints })).toEqual([]);
  await expect(run(model, { ...base, steps: 1, checkpoints })).rejects.toThrow(
    /is of step 2, and steps is 1/,
  );
});

test("a split that is too short is found before the first step", async () => {
  const from = tokenArray(ids, { split: 0.99 });
  const model = Gpt.create(tiny, { seed: 1 });
  const before = await model.parameters()[0]!.data();
  const plan = { ...base, evaluate: { every: 100, batches: 1 } };
  await expect(run(model, plan, from)).rejects.toThrow(DataError);
  expect(await model.parameters()[0]!.data()).toEqual(before);
  const absent = { ...base, evaluate: { every: 100, batches: 1, splits: ["train", "test"] } };
  await expect(run(model, absent)).rejects.toThrow('no split "test"');
});

describe("numbers that cannot be trained with are refused before anything changes", () => {
  const wrong: [string, Partial<TrainOptions> | (() => Partial<TrainOptions>)][] = [
    ["lr", { lr: Number.NaN }],
    ["lr", { lr: -1e-3 }],
    ["lr", { lr: Infinity }],
    ["lr", { lr: undefined as unknown as number }],
    ["lr of train at update 0", { lr: () => Number.NaN }],
    ["betas[0]", () => ({ optimizer: adamw({ betas: [1, 0.9] }) })],
    ["betas[1]", () => ({ optimizer: adamw({ betas: [0.9, 1] }) })],
    ["betas[1]", () => ({ optimizer: adamw({ betas: [0.9, Number.NaN] }) })],
    ["betas", () => ({ optimizer: adamw({ betas: [0.9] as unknown as [number, number] }) })],
    ["eps", () => ({ optimizer: adamw({ eps: 0 }) })],
    ["weightDecay", () => ({ optimizer: adamw({ weightDecay: -0.1 }) })],
    ["lr", () => ({ lr: schedule.cosine({ lr: Infinity, steps: 5 }) })],
  ];
  test.each(wrong)("%s", async (name, options) => {
    const model = Gpt.create(tiny, { seed: 1 });
    const before = await model.parameters()[0]!.data();
    const attempt = async () =>
      run(model, { ...base, ...(typeof options === "function" ? options() : options) });
    await expect(attempt()).rejects.toThrow(OptionsError);
    await expect(attempt()).rejects.toThrow(name);
    expect(await model.parameters()[0]!.data()).toEqual(before);
  });

  test("a schedule that fails later ends the run there, and what was done is saved", async () => {
    const checkpoints = memoryStore();
    const lr = (update: number) => (update < 3 ? 1e-2 : Number.NaN);
    const attempt = run(Gpt.create(tiny, { seed: 1 }), { ...base, lr, checkpoints });
    await expect(attempt).rejects.toThrow("lr of train at update 3 is NaN");
    expect(checkpoints.saved.map(({ step }) => step)).toEqual([3]);
  });
});

test("a checkpoint of many waits for the disk gets on between long steps", async () => {
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 10_000));
  const checkpoints = memoryStore();
  const slow = {
    ...checkpoints,
    async save(snapshot: Snapshot) {
      for (let waits = 0; waits < 50; waits++) await new Promise((resolve) => setImmediate(resolve));
      await checkpoints.save(snapshot);
    },
  };
  const saved: number[] = [];
  const options = { ...base, checkpoints: slow, checkpointEvery: 2 };
  for await (const _ of train(Gpt.create(tiny, { seed: 1 }), data, options)) {
    saved.push(checkpoints.saved.length);
  }
  clock.mockRestore();
  expect(saved).toEqual([0, 0, 1, 1]);
});

describe("however a run ends, its last whole step is saved", () => {
  test("the loop is left", async () => {
    const checkpoints = memoryStore();
    for await (const { step } of train(Gpt.create(tiny, { seed: 1 }), data, { ...base, checkpoints })) {
      if (step === 3) break;
    }
    expect(checkpoints.saved.map(({ step }) => step)).toEqual([3]);
  });

  test("the loop throws", async () => {
    const checkpoints = memoryStore();
    const attempt = async () => {
      for await (const { step } of train(Gpt.create(tiny, { seed: 1 }), data, { ...base, checkpoints })) {
        if (step === 2) throw new Error("mine");
      }
    };
    await expect(attempt).rejects.toThrow("mine");
    expect(checkpoints.saved.map(({ step }) => step)).toEqual([2]);
  });

  test("a callback throws: the step whose gradients it was told is done", async () => {
    const checkpoints = memoryStore();
    const model = Gpt.create(tiny, { seed: 1 });
    const onGradients = (_: ReadonlyMap<string, number>, step: number) => {
      if (step === 2) throw new Error("mine");
    };
    await expect(run(model, { ...base, checkpoints, onGradients })).rejects.toThrow("mine");
    expect(checkpoints.saved.map(({ step }) => step)).toEqual([2]);
    const straight = Gpt.create(tiny, { seed: 1 });
    await run(straight, { ...base, steps: 2 });
    expect(await model.parameters()[0]!.data()).toEqual(await straight.parameters()[0]!.data());
  });

  test("the data fails", async () => {
    const checkpoints = memoryStore();
    const from: Batches = {
      batch(key) {
        if (key.step === 3) throw new DataError("torn shard");
        return data.batch(key);
      },
    };
    const attempt = run(Gpt.create(tiny, { seed: 1 }), { ...base, checkpoints }, from);
    await expect(attempt).rejects.toThrow("torn shard");
    expect(checkpoints.saved.map(({ step }) => step)).toEqual([2]);
  });

  test("where saving fails too, the first error is thrown and the second told", async () => {
    const warnings: string[] = [];
    const checkpoints = { ...memoryStore(), save: async () => Promise.reject(new Error("disk full")) };
    const from: Batches = {
      batch(key) {
        if (key.step === 3) throw new DataError("torn shard");
        return data.batch(key);
      },
    };
    const options = { ...base, checkpoints, onWarning: (message: string) => void warnings.push(message) };
    await expect(run(Gpt.create(tiny, { seed: 1 }), options, from)).rejects.toThrow("torn shard");
    expect(warnings).toEqual(["step 2 could not be saved: disk full"]);
    const every = { ...options, checkpointEvery: 1 };
    await expect(run(Gpt.create(tiny, { seed: 1 }), every)).rejects.toThrow("disk full");
  });
});

describe("evaluation", () => {
  test("comes after the checkpoint of its step, and is made up for where the run was stopped between", async () => {
    const evaluate = { every: 2, batches: 2 };
    const straight = memoryStore();
    await run(Gpt.create(tiny, { seed: 1 }), {
      ...base,
      evaluate,
      checkpointEvery: 1,
      checkpoints: straight,
    });
    expect(straight.saved.map(({ evaluations }) => evaluations.map(({ step }) => step))).toEqual([
      [],
      [2],
      [2],
      [2, 4],
    ]);

    const killed = memoryStore();
    killed.saved.push({ ...straight.saved[1]!, evaluations: [] });
    await run(Gpt.create(tiny, { seed: 5 }), { ...base, evaluate, checkpointEvery: 1, checkpoints: killed });
    expect(killed.saved.at(-1)!.evaluations).toEqual(straight.saved.at(-1)!.evaluations);
  });

  test("patience ends a run whose loss does not fall any more, also when it is resumed", async () => {
    const evaluate = { every: 1, batches: 1, patience: 3 };
    const still = { ...base, steps: 20, lr: 0, evaluate };
    const checkpoints = memoryStore();
    const model = Gpt.create(tiny, { seed: 1 });
    expect((await run(model, { ...still, checkpoints })).length).toBe(4);
    expect(checkpoints.saved.at(-1)!.step).toBe(4);
    expect(await run(model, { ...still, checkpoints })).toEqual([]);
    expect(
      (
        await run(Gpt.create(tiny, { seed: 1 }), {
          ...base,
          steps: 6,
          evaluate: { every: 1, batches: 4, patience: 2 },
        })
      ).length,
    ).toBe(6);
  });

  describe("evaluations that cannot be compared with those before", () => {
    const evaluate = { every: 1, batches: 2 };
    const optimizer = () => averaged(adamw(), { decay: 0.9 });
    const resumed = (checkpoints: CheckpointStore, options: Partial<TrainOptions>) =>
      run(Gpt.create(tiny, { seed: 9 }), { ...base, optimizer: optimizer(), ...options, checkpoints });
    const stepsOf = ({ saved }: { saved: Snapshot[] }) => saved.at(-1)!.evaluations.map(({ step }) => step);

    test.each([
      ["evaluate.batches was 2 and is 3", { evaluate: { ...evaluate, batches: 3 } }],
      ["evaluate.averages was false and is true", { evaluate: { ...evaluate, averages: true } }],
      ["seed was 3 and is 4", { evaluate, seed: 4 }],
    ] as const)(
      "are refused, and where they are allowed patience begins anew: %s",
      async (words, options) => {
        const checkpoints = await begun({ evaluate, optimizer: optimizer() });
        expect(stepsOf(checkpoints)).toEqual([1, 2]);
        await expect(resumed(checkpoints, options)).rejects.toThrow(words);
        const warnings: string[] = [];
        const allowChanges = [words.split(" ", 1)[0]!];
        const onWarning = (warning: string) => warnings.push(warning);
        await resumed(checkpoints, { ...options, allowChanges, onWarning });
        expect(warnings).toEqual([expect.stringContaining(words), expect.stringContaining("begin anew")]);
        expect(stepsOf(checkpoints)).toEqual([3, 4]);
      },
    );

    test("how often, which splits and patience are free to change", async () => {
      const checkpoints = await begun({ evaluate, optimizer: optimizer() });
      const changed = { ...evaluate, every: 2, splits: ["val", "train"], patience: 9 };
      await resumed(checkpoints, { evaluate: changed, onWarning: fail });
      expect(stepsOf(checkpoints)).toEqual([1, 2, 4]);
    });

    test("a run may begin to evaluate; one that pauses it does not forget what it was", async () => {
      const checkpoints = await begun({ optimizer: optimizer() });
      await resumed(checkpoints, { steps: 3, evaluate, onWarning: fail });
      await resumed(checkpoints, { steps: 4, onWarning: fail });
      expect(stepsOf(checkpoints)).toEqual([3]);
      const other = { ...evaluate, batches: 3 };
      await expect(resumed(checkpoints, { steps: 5, evaluate: other })).rejects.toThrow("evaluate.batches");
      await resumed(checkpoints, { steps: 5, evaluate, onWarning: fail });
      expect(stepsOf(checkpoints)).toEqual([3, 4, 5]);
    });

    test("patience goes by the evaluations that have its split", async () => {
      const checkpoints = await begun({
        evaluate: { ...evaluate, splits: ["train"] },
        optimizer: optimizer(),
      });
      const plan = { ...evaluate, splits: ["val"], patience: 2 };
      expect((await resumed(checkpoints, { evaluate: plan })).length).toBe(2);
    });
  });
});
