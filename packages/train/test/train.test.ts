import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Gpt, type GptConfig } from "@llm/gpt";
import {
  add,
  type Parameter,
  parameter,
  profile,
  scale,
  sum,
  type Tensor,
  tensor,
  useEngine,
} from "@llm/tensor";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  adamw,
  type Batches,
  CheckpointError,
  DivergedError,
  evaluate,
  OptionsError,
  schedule,
  type TrainOptions,
  type TrainStep,
  tokenArray,
  train,
} from "../src/index.js";
import { memoryStore } from "./memory-store.js";

const tiny: GptConfig = { vocabSize: 12, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 16, dropout: 0.1 };
const data = tokenArray(Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 12));
const base: TrainOptions = { steps: 20, batchSize: 4, blockSize: 8, lr: 1e-2, seed: 3 };

async function run(model: Gpt, options: TrainOptions, from: Batches = data): Promise<TrainStep[]> {
  const steps: TrainStep[] = [];
  for await (const step of train(model, from, options)) steps.push(step);
  return steps;
}

const weightsOf = (model: Gpt) => Promise.all(model.parameters().map((p) => p.data()));

describe("ten updates as PyTorch makes them (golden/make.py)", () => {
  interface Golden {
    steps: { lr: number; loss: number; gradNorm: number; batches: { ids: number[]; targets: number[] }[] }[];
    final: Record<string, [norm: number, first: number]>;
  }
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const golden: Golden = JSON.parse(readFileSync(path("./golden/run.json"), "utf8"));
  const batches: Batches = {
    batch({ step, micro }) {
      const { ids, targets } = golden.steps[step - 1]!.batches[micro]!;
      return { ids: Int32Array.from(ids), targets: Int32Array.from(targets) };
    },
  };

  test.each([
    ["float64", 1e-8],
    ["float32", 1e-5],
  ] as const)("%s, to %s", async (precision, tolerance) => {
    await useEngine("reference", { precision });
    const model = await Gpt.load(path("../../gpt/test/golden/tanh"));
    const steps = await run(
      model,
      {
        steps: 10,
        batchSize: 3,
        blockSize: 12,
        accumulation: 2,
        clip: 0.5,
        optimizer: adamw({ betas: [0.9, 0.99], weightDecay: 0.1 }),
        lr: schedule.cosine({ lr: 1e-2, minLr: 1e-3, warmup: 3, steps: 10 }),
      },
      batches,
    );
    for (const [i, { lr, loss, gradNorm }] of golden.steps.entries()) {
      expect(Math.abs(steps[i]!.lr - lr)).toBeLessThan(1e-12);
      expect(Math.abs(steps[i]!.loss - loss), `loss of step ${i + 1}`).toBeLessThan(tolerance);
      expect(Math.abs(steps[i]!.gradNorm - gradNorm)).toBeLessThan(10 * tolerance);
    }
    for (const p of model.parameters()) {
      const [norm, first] = golden.final[p.name]!;
      const values = Float64Array.from(await p.data());
      expect(Math.abs(Math.hypot(...values) - norm), p.name).toBeLessThan(100 * tolerance);
      expect(Math.abs(values[0]! - first), p.name).toBeLessThan(100 * tolerance);
    }
  });
});

describe("on the reference engine", () => {
  beforeAll(() => useEngine("reference"));

  test("begins at about ln(vocabSize) and overfits one batch", async () => {
    // Rows begin differently, so that every target can be told from the ids before it.
    const at = (row: number, t: number) => (t === 0 ? row : (5 * row + t * t + 3 * t) % 12);
    const cut = (from: number) => Int32Array.from({ length: 32 }, (_, i) => at(i >> 3, (i & 7) + from));
    const one = { ids: cut(0), targets: cut(1) };
    const model = Gpt.create({ ...tiny, dropout: 0 }, { seed: 1 });
    const steps = await run(model, { ...base, steps: 80 }, { batch: () => one });
    expect(Math.abs(steps[0]!.loss - Math.log(12))).toBeLessThan(0.1);
    expect(steps.at(-1)!.loss).toBeLessThan(0.05);
  });

  test("the numbers of a step", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const rate = schedule.linear({ lr: 1e-2, steps: 3 });
    const options = { ...base, steps: 3, accumulation: 2, lr: rate, peakFlops: 1e12 };
    const steps = await run(model, options);
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(steps.map(({ lr }) => lr)).toEqual([rate(0), rate(1), rate(2)]);
    expect(steps.map(({ tokens }) => tokens)).toEqual([64, 128, 192]);
    for (const { seconds, tokensPerSecond, mfu, gradNorm } of steps) {
      expect(tokensPerSecond).toBeCloseTo(64 / seconds, 6);
      expect(mfu).toBeCloseTo((tokensPerSecond * model.flopsPerToken(8)) / 1e12, 12);
      expect(gradNorm).toBeGreaterThan(0);
    }
  });

  test("two accumulated batches equal one of twice the rows", async () => {
    const model = () => Gpt.create({ ...tiny, dropout: 0 }, { seed: 1 });
    const rows = (batchSize: number, micro: number) => ({
      split: "train",
      step: 1,
      micro,
      batchSize,
      blockSize: 8,
      seed: 9,
    });
    const halves = [data.batch(rows(2, 0)), data.batch(rows(2, 1))];
    const join = (part: "ids" | "targets") => Int32Array.from([...halves[0]![part], ...halves[1]![part]]);
    const [whole, parts] = [model(), model()];
    const options = { ...base, steps: 5, clip: 0.3 };
    const a = await run(
      whole,
      { ...options, batchSize: 4 },
      { batch: () => ({ ids: join("ids"), targets: join("targets") }) },
    );
    const b = await run(
      parts,
      { ...options, batchSize: 2, accumulation: 2 },
      { batch: ({ micro }) => halves[micro]! },
    );
    for (const [i, { loss, gradNorm }] of a.entries()) {
      expect(b[i]!.loss).toBeCloseTo(loss, 4);
      expect(b[i]!.gradNorm).toBeCloseTo(gradNorm, 3);
    }
  });

  test("equal seeds give equal runs, bit for bit; others do not", async () => {
    const losses = async (seed: number) =>
      (await run(Gpt.create(tiny, { seed: 1 }), { ...base, steps: 4, seed })).map(({ loss }) => loss);
    const first = await losses(3);
    expect(await losses(3)).toEqual(first);
    expect(await losses(4)).not.toEqual(first);
  });

  test("recompute reaches the model and changes no bit of a run with dropout", async () => {
    const trained = async (options: Partial<TrainOptions>) => {
      const model = Gpt.create(tiny, { seed: 1 });
      const asked = new Set<boolean | undefined>();
      const loss = model.loss.bind(model);
      model.loss = (ids, targets, rest) => {
        asked.add(rest?.recompute);
        return loss(ids, targets, rest);
      };
      await run(model, { ...base, steps: 3, ...options });
      return { asked: [...asked], weights: await weightsOf(model) };
    };
    const [kept, recomputed] = [await trained({}), await trained({ recompute: true })];
    expect([kept.asked, recomputed.asked]).toEqual([[false], [true]]);
    expect(recomputed.weights).toEqual(kept.weights);
  });

  test("evaluates every n steps and after the last, on the same batches each time", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    const options = { batches: 3, splits: ["val", "train"] };
    const steps = await run(model, { ...base, steps: 5, evaluate: { every: 2, ...options } });
    expect(steps.map(({ evaluation }) => evaluation !== undefined)).toEqual([false, true, false, true, true]);
    const again = await evaluate(model, data, { ...options, batchSize: 4, blockSize: 8, seed: 3 });
    expect(steps.at(-1)!.evaluation).toEqual(again);
    expect(Object.keys(again)).toEqual(["val", "train"]);
    expect(again.val).not.toBe(again.train);
  });

  test("matrices decay, vectors do not, a tied weight does once", async () => {
    const matrix = parameter("matrix", [1, 1, 1, 1], [2, 2]);
    const vector = parameter("vector", [1, 1], [2]);
    const model = {
      parameters: () => [matrix, vector, matrix],
      loss: () => scale(sum(matrix), 0),
    };
    for await (const _ of train(model, data, {
      ...base,
      steps: 2,
      lr: 0.5,
      optimizer: adamw({ weightDecay: 0.2 }),
    }));
    for (const value of await matrix.data()) expect(value).toBeCloseTo(0.81, 6);
    expect([...(await vector.data())]).toEqual([1, 1]);
  });

  test("a loss that is not finite stops the run before it can spoil the weights", async () => {
    const w = parameter("w", [1, 2], [2]);
    const model = (factor: () => number) => ({
      parameters: (): Parameter[] => [w],
      loss: (): Tensor => scale(sum(w), factor()),
    });
    let calls = 0;
    const failing = model(() => (++calls < 3 ? 0.1 : Number.MAX_VALUE));
    const before: number[][] = [];
    const consume = async () => {
      for await (const _ of train(failing, data, base)) before.push([...(await w.data())]);
    };
    await expect(consume()).rejects.toThrow(DivergedError);
    expect(before.length).toBe(2);
    expect([...(await w.data())]).toEqual(before.at(-1));
  });

  test.each([
    ["is not finite", (w: Parameter) => add(sum(w), tensor([Number.NaN], []))],
    ["is finite, while the norm of its gradient is not", (w: Parameter) => scale(sum(w), 1e30)],
  ])("a loss that %s: neither weights nor moments change, with accumulation too", async (_, loss) => {
    const w = parameter("w", [1, -0.5, 5], [3]);
    const checkpoints = memoryStore();
    let calls = 0;
    const model = {
      parameters: () => [w],
      loss: (): Tensor => (++calls === 4 ? loss(w) : scale(sum(w), 0.1)),
    };
    const options = { ...base, accumulation: 2, checkpointEvery: 1, checkpoints };
    await expect(run(model as unknown as Gpt, options)).rejects.toThrow(/at step 2 the loss is .* norm/);
    expect(await w.data()).toEqual(checkpoints.saved[0]!.weights.get("w")!.data);
    expect(checkpoints.saved.length).toBe(1);
  });

  test("a step waits once, and calls the kernels of the optimiser once for all tensors", async () => {
    // As many tensors as GPT-2 124M has.
    const model = Gpt.create({ ...tiny, nLayer: 12, dropout: 0 }, { seed: 1 });
    const stored = new Set(["allocate", "free", "upload", "fill", "download"]);
    for (const [accumulation, most] of [
      [1, 312],
      [2, 312 + 309 + 148], // forward and backward once more, and the sum of the gradients
    ] as const) {
      const { kernels } = await profile(() => run(model, { ...base, steps: 1, accumulation }));
      const calls = Object.fromEntries(kernels.map(({ kernel, calls }) => [kernel, calls]));
      expect(calls).toMatchObject({ adamw: 1, sums: 1, clipScale: 1, download: 1 });
      const all = kernels
        .filter(({ kernel }) => !stored.has(kernel))
        .reduce((sum, each) => sum + each.calls, 0);

      expect(all).toBeLessThanOrEqual(most);
    }
  });

  test("options that cannot be carried out", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    for (const wrong of [
      { steps: 0 },
      { accumulation: 1.5 },
      { clip: 0 },
      { checkpointEvery: -1 },
      { evaluate: { every: 0, batches: 1 } },
    ]) {
      await expect(run(model, { ...base, ...wrong })).rejects.toThrow(OptionsError);
    }
    const [p] = model.parameters();
    const twins = { parameters: () => [p!, parameter(p!.name, [1], [1])], loss: () => sum(p!) };
    await expect(train(twins, data, base).next()).rejects.toThrow("wte.weight");
  });
});

describe.each(["reference", "auto"] as const)("stopping and going on, engine %s", (engine) => {
  beforeEach(() => useEngine(engine));
  afterAll(async () => (await useEngine(engine)).close());
  const options: TrainOptions = {
    ...base,
    accumulation: 2,
    lr: schedule.cosine({ lr: 1e-2, warmup: 4, steps: 20 }),
    evaluate: { every: 5, batches: 2 },
  };
  const plain = ({ step, loss, gradNorm, lr, evaluation }: TrainStep) => ({
    step,
    loss,
    gradNorm,
    lr,
    evaluation,
  });

  test("20 steps equal 10, a snapshot, another model, and 10 more: exactly", async () => {
    const straight = Gpt.create(tiny, { seed: 1 });
    const all = (await run(straight, options)).map(plain);

    const checkpoints = memoryStore();
    const stop = new AbortController();
    const first = Gpt.create(tiny, { seed: 1 });
    const steps: TrainStep[] = [];
    for await (const step of train(first, data, { ...options, checkpoints, signal: stop.signal })) {
      steps.push(step);
      if (step.step === 10) stop.abort();
    }
    expect(steps.length).toBe(10);
    expect(checkpoints.saved.map(({ step }) => step)).toEqual([10]);

    const second = Gpt.create(tiny, { seed: 77 });
    steps.push(...(await run(second, { ...options, checkpoints })));
    expect(steps.map(plain)).toEqual(all);
    expect(await weightsOf(second)).toEqual(await weightsOf(straight));
    expect(checkpoints.saved.map(({ step }) => step)).toEqual([10, 20]);
    expect(await run(second, { ...options, checkpoints })).toEqual([]);
  });

  test("a signal aborted beforehand trains nothing; one aborted during a step drops it and saves the one before", async () => {
    const model = Gpt.create(tiny, { seed: 1 });
    expect(await run(model, { ...options, signal: AbortSignal.abort() })).toEqual([]);
    const stop = new AbortController();
    const checkpoints = memoryStore();
    const from: Batches = {
      batch(key) {
        if (key.split === "train" && key.step === 3) stop.abort();
        return data.batch(key);
      },
    };
    const steps = await run(model, { ...options, checkpoints, signal: stop.signal }, from);
    expect(steps.map(({ step }) => step)).toEqual([1, 2]);
    expect(checkpoints.saved.map(({ step }) => step)).toEqual([2]);
    const saved = [...checkpoints.saved[0]!.weights.values()].map(({ data }) => data);
    expect(await weightsOf(model)).toEqual(saved);
  });
});

describe("a checkpoint that does not fit", () => {
  beforeEach(() => useEngine("reference"));
  const options = { ...base, steps: 2, checkpointEvery: 1 };
  const store = async () => {
    const checkpoints = memoryStore();
    await run(Gpt.create(tiny, { seed: 1 }), { ...options, checkpoints });
    expect(checkpoints.saved.length).toBe(2);
    return checkpoints;
  };

  test("another model's or optimiser's is refused, and nothing is changed", async () => {
    const checkpoints = await store();
    for (const change of [{ nEmbd: 8 }, { nLayer: 1 }, { nLayer: 3 }]) {
      const other = Gpt.create({ ...tiny, ...change }, { seed: 1 });
      const before = await weightsOf(other);
      await expect(run(other, { ...options, checkpoints })).rejects.toThrow(CheckpointError);
      expect(await weightsOf(other)).toEqual(before);
    }
    const optimizer = adamw({ betas: [0.8, 0.95] });
    const same = Gpt.create(tiny, { seed: 1 });
    await expect(run(same, { ...options, optimizer, checkpoints })).rejects.toThrow("0.8");
  });

  test("float64 state is not rounded in secret", async () => {
    await useEngine("reference", { precision: "float64" });
    const model = Gpt.create(tiny, { seed: 1 });
    await expect(run(model, { ...options, checkpoints: memoryStore() })).rejects.toThrow("float32");
  });
});
