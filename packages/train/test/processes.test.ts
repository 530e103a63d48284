// Several processes, played by runs that take turns in this one: they share nothing but sums.
import { Gpt, type GptConfig } from "@llm/gpt";
import { rng, useEngine, write } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Batch,
  type Batches,
  type CheckpointStore,
  DataError,
  type Optimizer,
  OptionsError,
  ProcessError,
  type Snapshot,
  type TrainOptions,
  type TrainStep,
  tokenArray,
  train,
} from "../src/index.js";
import { together } from "./together.js";

const tiny: GptConfig = { vocabSize: 12, blockSize: 6, nLayer: 1, nHead: 2, nEmbd: 16 };
const base: TrainOptions = { steps: 3, batchSize: 2, blockSize: 6, lr: 1e-2, clip: 0.5, seed: 3 };

interface Run {
  model: Gpt;
  steps: TrainStep[];
  error?: unknown;
}

async function run(
  data: Batches,
  options: TrainOptions,
  during?: (step: TrainStep) => unknown,
): Promise<Run> {
  const model = Gpt.create({ ...tiny, dropout: options.seed === 7 ? 0.1 : 0 }, { seed: 1 });
  const steps: TrainStep[] = [];
  try {
    for await (const step of train(model, data, options)) {
      steps.push(step);
      if ((await during?.(step)) === "break") break;
    }
  } catch (error) {
    return { model, steps, error };
  }
  return { model, steps };
}

/** The same run in each of several processes; `differing` is what one of them has of its own. */
function runs(
  world: number,
  data: Batches,
  options: TrainOptions,
  differing: (rank: number) => Partial<TrainOptions> & { during?: (step: TrainStep) => unknown } = () => ({}),
): Promise<Run[]> {
  return Promise.all(
    together(world).map((processes) => {
      const { during, ...own } = differing(processes.rank);
      return run(data, { ...options, ...own, processes }, during);
    }),
  );
}

const weightsOf = async ({ model }: Run) =>
  (await Promise.all(model.parameters().map((p) => p.data()))).map((data) => [...data]);

/** Rows with 6, 5, .. 1 counted targets and then none; a step's rows go round them. */
const unequal: Batches = {
  batch({ split, step, micro, accumulation = 1, batchSize, blockSize, rank = 0, world = 1, seed }) {
    const first = (((step - 1) * accumulation + micro) * world + rank) * batchSize;
    const draw = (row: number, i: number) => Math.floor(rng(seed, split.length, row, i)() * 12);
    const rows = Array.from({ length: batchSize }, (_, i) => first + i);
    const each = (at: (row: number, i: number) => number) =>
      rows.flatMap((row) => Array.from({ length: blockSize }, (_, i) => at(row, i)));
    return {
      ids: Int32Array.from(each(draw)),
      targets: Int32Array.from(each((row, i) => draw(row, i + 1))),
      mask: each((row, i) => Number(i >= row % 8)),
    };
  },
};
const even = tokenArray(
  Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 12),
  { windows: "dealt" },
);

function memory(): CheckpointStore & { saved: Snapshot[] } {
  const saved: Snapshot[] = [];
  return { saved, save: async (snapshot) => saved.push(snapshot), latest: async () => saved.at(-1) };
}

describe("a hand-made batch of unequal masks", () => {
  test("has the same gradient for accumulation 1, 2, 4 and for 2 and 4 processes, to 1e-6", async () => {
    await useEngine("reference", { precision: "float32" });
    const gradients = async (accumulation: number, world: number) => {
      const seen: Promise<number[]>[] = [];
      const watching: Optimizer = {
        description: {},
        start: () => ({
          needsNumbers: true,
          update(grads, { gradScale }) {
            const all = Promise.all(grads.map((grad) => grad.data()));
            seen.push(
              all.then((lists) => lists.flatMap((list) => Array.from(list, (x) => x * Number(gradScale)))),
            );
          },
          tensors: () => new Map(),
          dispose() {},
        }),
      };
      const batchSize = 8 / accumulation / world;
      const options = { ...base, steps: 1, batchSize, accumulation, clip: Infinity, optimizer: watching };
      const [first] = world > 1 ? await runs(world, unequal, options) : [await run(unequal, options)];
      return { gradient: await seen[0]!, loss: first!.steps[0]!.loss };
    };
    const one = await gradients(1, 1);
    expect(Math.max(...one.gradient)).toBeGreaterThan(1e-3);
    for (const [accumulation, world] of [
      [2, 1],
      [4, 1],
      [1, 2],
      [2, 2],
      [1, 4],
    ] as const) {
      const parts = await gradients(accumulation, world);
      expect(Math.abs(parts.loss - one.loss)).toBeLessThan(1e-6);
      expect(parts.gradient).toHaveLength(one.gradient.length);
      expect(Math.max(...parts.gradient.map((x, i) => Math.abs(x - one.gradient[i]!)))).toBeLessThan(1e-6);
    }
  });
});

describe.each([
  ["unequal masks", unequal],
  ["no masks", even],
])("two processes, %s", (_, data) => {
  beforeAll(() => useEngine("reference", { precision: "float32" }));

  test("equal one with twice the accumulation to 1e-5 over 50 steps, dropout and evaluation included", async () => {
    const options = { ...base, steps: 50, accumulation: 2, seed: 7, evaluate: { every: 25, batches: 3 } };
    const norms: Record<string, number>[][] = [[], [], []];
    const hear = (who: number) => (heard: ReadonlyMap<string, number>) =>
      void norms[who]!.push(Object.fromEntries(heard));
    const one = await run(data, { ...options, accumulation: 4, onGradients: hear(2) });
    const [a, b] = await runs(2, data, options, (rank) => ({ onGradients: hear(rank) }));
    // Of the whole batch's gradients, in every process.
    expect(norms.map((each) => each.length)).toEqual([50, 50, 50]);
    expect(norms[1]).toEqual(norms[0]);
    for (const [i, expected] of norms[2]!.entries()) {
      for (const [name, norm] of Object.entries(expected)) {
        expect(Math.abs(norms[0]![i]![name]! - norm)).toBeLessThan(1e-5);
      }
    }
    expect([a!.error, b!.error]).toEqual([undefined, undefined]);
    expect(a!.steps).toHaveLength(50);
    for (const [i, { loss, gradNorm, tokens, evaluation }] of one.steps.entries()) {
      const two = a!.steps[i]!;
      expect(Math.abs(two.loss - loss)).toBeLessThan(1e-5);
      expect(Math.abs(two.gradNorm - gradNorm)).toBeLessThan(1e-5);
      expect(two.tokens).toBe(tokens);
      if (evaluation) expect(Math.abs(two.evaluation!.val! - evaluation.val!)).toBeLessThan(1e-5);
      expect(b!.steps[i]!.loss).toBe(two.loss);
    }
    expect(await weightsOf(a!)).toEqual(await weightsOf(b!));
  });
});

describe("processes that do not go on", () => {
  beforeAll(() => useEngine("reference", { precision: "float32" }));
  const at =
    (step: number, act: () => unknown) =>
    ({ step: now }: TrainStep) =>
      now === step ? act() : undefined;

  test.each([0, 1])("the signal of process %i ends both at the same step", async (stopped) => {
    const controller = new AbortController();
    const store = memory();
    const both = await runs(2, unequal, { ...base, steps: 50, checkpoints: store }, (rank) =>
      rank === stopped ? { signal: controller.signal, during: at(4, () => controller.abort()) } : {},
    );
    expect(both.map(({ steps, error }) => [steps.length, error])).toEqual([
      [4, undefined],
      [4, undefined],
    ]);
    expect(store.saved.map(({ step }) => step)).toEqual([4]);
  });

  test("an evaluation that one is called away from is dropped by both", async () => {
    const controller = new AbortController();
    const data: Batches = {
      batch(key) {
        if (key.split === "val" && key.micro === 3) controller.abort();
        return unequal.batch(key);
      },
    };
    const options = { ...base, steps: 50, evaluate: { every: 2, batches: 6 } };
    const both = await runs(2, data, options, (rank) => (rank === 1 ? { signal: controller.signal } : {}));
    expect(both.map(({ steps, error }) => [steps.length, steps.at(-1)?.evaluation, error])).toEqual([
      [2, undefined, undefined],
      [2, undefined, undefined],
    ]);
  });

  test.each([0, 1])("`break` in process %i ends both, and the step is saved once", async (left) => {
    const store = memory();
    const both = await runs(2, unequal, { ...base, steps: 50, checkpoints: store }, (rank) =>
      rank === left ? { during: at(3, () => "break") } : {},
    );
    expect(both.map(({ steps, error }) => [steps.length, error])).toEqual([
      [3, undefined],
      [3, undefined],
    ]);
    expect(store.saved.map(({ step }) => step)).toEqual([3]);
  });

  test.each([0, 1])("what process %i throws ends both with its message", async (broken) => {
    const store = memory();
    const faulty: Batches = {
      batch(key) {
        const batch: Batch = unequal.batch(key);
        if (key.step === 3 && key.rank === broken)
          return { ...batch, mask: [...(batch.mask as number[])].fill(Number.NaN) };
        return batch;
      },
    };
    const both = await runs(2, faulty, { ...base, checkpoints: store });
    expect(both[broken]!.error).toBeInstanceOf(DataError);
    expect(both[1 - broken]!.error).toBeInstanceOf(ProcessError);
    expect(String(both[1 - broken]!.error)).toContain(
      `process ${broken} of 2 ended the run: DataError: mask of batch 0 of step 3 is NaN`,
    );
    expect(both.map(({ steps }) => steps.length)).toEqual([2, 2]);
    expect(store.saved.map(({ step }) => step)).toEqual([2]);
  });

  test("a full disk in process 0 ends both", async () => {
    const full = { ...memory(), save: () => Promise.reject(new Error("no space left")) };
    const both = await runs(2, unequal, {
      ...base,
      steps: 9,
      checkpoints: full,
      checkpointEvery: 2,
      onWarning: () => {},
    });
    expect(String(both[0]!.error)).toContain("no space left");
    expect(String(both[1]!.error)).toContain("process 0 of 2 ended the run: Error: no space left");
  });

  test("a step in which nothing counts anywhere is an error of both; one where only some count is not", async () => {
    const empty = (isEmpty: (rank: number) => boolean): Batches => ({
      batch(key) {
        const batch = even.batch(key);
        return isEmpty(key.rank ?? 0) ? { ...batch, mask: new Uint8Array(batch.ids.length) } : batch;
      },
    });
    for (const { error } of await runs(
      2,
      empty(() => true),
      base,
    )) {
      expect(String(error)).toContain("no target of step 1 counts");
    }
    for (const silent of [0, 1]) {
      for (const { error, steps } of await runs(
        2,
        empty((rank) => rank === silent),
        base,
      )) {
        expect(error).toBeUndefined();
        expect(steps).toHaveLength(3);
      }
    }
  });
});

describe("processes that differ", () => {
  beforeAll(() => useEngine("reference", { precision: "float32" }));

  test("weights that differ are an error that names the first tensor, at the start and at a checkpoint", async () => {
    const start = await Promise.all(
      together(2).map(async (processes) => {
        const model = Gpt.create(tiny, { seed: 1 });
        const [, second] = model.parameters();
        if (processes.rank === 1) write(second!, [1]);
        await expect(train(model, unequal, { ...base, processes }).next()).rejects.toThrow(
          `${second!.name} differs between the 2 processes at step 0`,
        );
      }),
    );
    expect(start).toHaveLength(2);

    const store = memory();
    const models: Gpt[] = [];
    await Promise.all(
      together(2).map(async (processes) => {
        const model = Gpt.create(tiny, { seed: 1 });
        models.push(model);
        const options = {
          ...base,
          steps: 9,
          processes,
          checkpoints: store,
          checkpointEvery: 4,
          onWarning: () => {},
        };
        const steps = train(model, unequal, options);
        for (let i = 0; i < 3; i++) await steps.next();
        if (processes.rank === 0) write(model.parameters()[0]!, [1]);
        await expect(steps.next()).rejects.toThrow(
          `${model.parameters()[0]!.name} differs between the 2 processes at step 4`,
        );
      }),
    );
  });

  test.each([
    ["lr", { lr: 2e-2 }],
    ["steps", { steps: 4 }],
    ["seed", { seed: 4 }],
    ["evaluate", { evaluate: { every: 2, batches: 1 } }],
    ["checkpointEvery", { checkpointEvery: 2 }],
  ] as [string, Partial<TrainOptions>][])("another %s is an error of both", async (name, own) => {
    for (const { error } of await runs(2, even, base, (rank) => (rank === 1 ? own : {}))) {
      expect(String(error)).toContain(`ProcessError: ${name} differs between the 2 processes`);
    }
  });

  test("all resume from one checkpoint; one that does not see it is an error", async () => {
    const straight = await runs(2, unequal, { ...base, steps: 6 });
    const store = memory();
    await runs(2, unequal, { ...base, steps: 3, checkpoints: store });
    const resumed = await runs(2, unequal, { ...base, steps: 6, checkpoints: store });
    expect(await weightsOf(resumed[1]!)).toEqual(await weightsOf(straight[0]!));
    expect(store.saved.map(({ step }) => step)).toEqual([3, 6]);
    expect(store.saved[0]!.settings).toMatchObject({ processes: 2 });
    await expect(
      train(Gpt.create(tiny, { seed: 1 }), unequal, { ...base, steps: 9, checkpoints: store }).next(),
    ).rejects.toThrow("processes was 2 and is absent");

    for (const { error } of await runs(2, unequal, { ...base, steps: 9, checkpoints: store }, (rank) =>
      rank === 1 ? { checkpoints: memory() } : {},
    )) {
      expect(String(error)).toContain("the number of steps done differs between the 2 processes");
    }
  });

  test("a rank outside of the world is refused; a world of one is a run like any other", async () => {
    const sum = () => Promise.reject(new Error("never called"));
    for (const [rank, world] of [
      [2, 2],
      [-1, 2],
      [0.5, 2],
      [0, 0],
      [Number.NaN, 2],
    ] as const) {
      const { error } = await run(even, { ...base, processes: { rank, world, sum } });
      expect(error).toBeInstanceOf(OptionsError);
    }
    const plain = await run(even, base);
    const alone = await run(even, { ...base, processes: { rank: 0, world: 1, sum } });
    expect(await weightsOf(alone)).toEqual(await weightsOf(plain));
  });
});
