import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Gpt, type GptConfig } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  CheckpointError,
  CheckpointVersionError,
  type Snapshot,
  schedule,
  type TrainOptions,
  tokenArray,
  train,
} from "../../src/index.js";
import { checkpoints, WriteError } from "../../src/node/index.js";

let root: string;
let folder: string;
let count = 0;
beforeAll(async () => {
  await useEngine("reference");
  root = await mkdtemp(join(tmpdir(), "llm-checkpoints-"));
});
beforeEach(() => {
  folder = join(root, String(count++));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const snapshot = (step: number, val?: number): Snapshot => ({
  step,
  weights: new Map([["w", { shape: [2, 2], data: Float32Array.of(step, -0, 1e-45, 3.4e38) }]]),
  optimizer: new Map([["m", { shape: [1], data: Float32Array.of(step / 3) }]]),
  settings: { seed: 1, optimizer: { name: "x" } },
  tokens: 10 * step,
  evaluations: val === undefined ? [] : [{ step, losses: { val } }],
});
const names = async () => (await readdir(folder)).sort();

test("a snapshot comes back bit for bit", async () => {
  const store = checkpoints(folder);
  expect(await store.latest()).toBeUndefined();
  const path = await store.save(snapshot(7, 1.5));
  expect(path).toBe(join(folder, "step-00000007"));
  expect(await checkpoints(folder).latest()).toEqual(snapshot(7, 1.5));
  expect(await names()).toEqual(["step-00000007"]);
});

test("keeps the last k and the best", async () => {
  const store = checkpoints(folder, { keep: 2 });
  const losses = [3, 1, 2, undefined, 2.5];
  for (const [i, loss] of losses.entries()) await store.save(snapshot((i + 1) * 10, loss));
  expect((await store.list()).map((path) => basename(path))).toEqual([
    "step-00000020",
    "step-00000040",
    "step-00000050",
  ]);
  expect((await store.latest())?.step).toBe(50);
  expect((await store.best())?.step).toBe(20);
  await store.save(snapshot(60, 0.5));
  expect(await names()).toEqual(["step-00000050", "step-00000060"]);
});

test("the best is of those that were evaluated as the last one was", async () => {
  const store = checkpoints(folder, { keep: 1 });
  const other = (step: number, val?: number) => ({
    ...snapshot(step, val),
    settings: { ...snapshot(step).settings, evaluate: { batches: 9 } },
  });
  for (const [step, val] of [
    [1, 3],
    [2, 1],
    [3, 2],
  ] as const) {
    await store.save(snapshot(step, val));
  }
  await store.save(other(4)); // not evaluated yet
  expect((await store.best())?.step).toBe(2);
  await store.evaluated!(4, { val: 5 });
  expect((await store.best())?.step).toBe(4);
  await store.save(other(5, 6));
  expect(await names()).toEqual(["step-00000004", "step-00000005"]);
});

test("files of the caller lie beside", async () => {
  const path = await checkpoints(folder, { files: { "config.json": "{}" } }).save(snapshot(1));
  expect(await readFile(join(path, "config.json"), "utf8")).toBe("{}");
});

describe("a damaged checkpoint is passed over with a warning", () => {
  const damage: [string, (path: string) => Promise<unknown>][] = [
    ["weights cut short", (path) => truncate(join(path, "model.safetensors"), 60)],
    ["state cut short", (path) => truncate(join(path, "optimizer.safetensors"), 0)],
    ["manifest cut short", (path) => truncate(join(path, "checkpoint.json"), 30)],
    ["manifest gone", (path) => rm(join(path, "checkpoint.json"))],
    ["weights gone", (path) => rm(join(path, "model.safetensors"))],
    [
      "one bit flipped",
      async (path) => {
        const bytes = await readFile(join(path, "model.safetensors"));
        bytes[bytes.length - 1]! ^= 1;
        await writeFile(join(path, "model.safetensors"), bytes);
      },
    ],
    [
      "a digit of the manifest changed",
      async (path) => {
        const text = await readFile(join(path, "checkpoint.json"), "utf8");
        await writeFile(join(path, "checkpoint.json"), text.replace('"step":2', '"step":3'));
      },
    ],
  ];
  test.each(damage)("%s", async (_, harm) => {
    const warnings: string[] = [];
    const store = checkpoints(folder, { onWarning: (message) => warnings.push(message) });
    await store.save(snapshot(1, 5));
    await harm(await store.save(snapshot(2, 4)));
    expect((await store.latest())?.step).toBe(1);
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toContain("step-00000002");
    expect((await store.best())?.step).toBe(1);
    await store.save(snapshot(2, 4)); // the run goes on and makes it anew
    expect((await store.latest())?.step).toBe(2);
  });

  test("when none is whole, that is an error rather than a silent start from nothing", async () => {
    const store = checkpoints(folder, { onWarning: () => {} });
    await truncate(join(await store.save(snapshot(1)), "model.safetensors"), 1);
    await expect(store.latest()).rejects.toThrow(CheckpointError);
  });

  test("what a crash left half written is not a checkpoint", async () => {
    const store = checkpoints(folder);
    await store.save(snapshot(1));
    await mkdir(join(folder, ".step-2.99.tmp"));
    await writeFile(join(folder, ".step-2.99.tmp", "model.safetensors"), "half");
    expect((await store.latest())?.step).toBe(1);
  });
});

test("20 steps straight equal 13, a loop that is left, and 7 more: exactly", async () => {
  const config: GptConfig = { vocabSize: 12, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 16, dropout: 0.1 };
  const data = tokenArray(Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 12));
  const options: TrainOptions = {
    steps: 20,
    batchSize: 4,
    blockSize: 8,
    seed: 3,
    lr: schedule.cosine({ lr: 1e-2, warmup: 4, steps: 20 }),
  };
  const losses = async (model: Gpt, more: Partial<TrainOptions>, until = 20) => {
    const seen: number[] = [];
    for await (const { step, loss } of train(model, data, { ...options, ...more })) {
      seen.push(loss);
      if (step === until) break;
    }
    return seen;
  };
  const weights = (model: Gpt) => Promise.all(model.parameters().map((p) => p.data()));

  const straight = Gpt.create(config, { seed: 1 });
  const all = await losses(straight, {});
  const kept = { checkpointEvery: 5 };
  const before = await losses(
    Gpt.create(config, { seed: 1 }),
    { ...kept, checkpoints: checkpoints(folder) },
    13,
  );
  const second = Gpt.create(config, { seed: 2 });
  const after = await losses(second, { ...kept, checkpoints: checkpoints(folder) });
  expect(before).toEqual(all.slice(0, 13));
  expect(after).toEqual(all.slice(13)); // leaving the loop saves
  expect(await weights(second)).toEqual(await weights(straight));
  expect(await names()).toEqual(["step-00000015", "step-00000020"]);
});

test("a checkpoint with the model's config.json is a model folder", async () => {
  const model = Gpt.create(
    { vocabSize: 12, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 8, bias: false },
    { seed: 1 },
  );
  const { "config.json": config } = await model.toFiles();
  const store = checkpoints(folder, { files: { "config.json": config } });
  const data = tokenArray(Array.from({ length: 100 }, (_, i) => i % 12));
  for await (const _ of train(model, data, {
    steps: 1,
    batchSize: 2,
    blockSize: 8,
    lr: 1e-3,
    checkpoints: store,
  }));
  const loaded = await Gpt.load((await store.list())[0]!);
  const weights = (model: Gpt) => Promise.all(model.parameters().map((p) => p.data()));
  expect(await weights(loaded)).toEqual(await weights(model));
  expect((await stat(join(folder, "step-00000001"))).isDirectory()).toBe(true);
});

describe("faults that lost something once", () => {
  const warnings: string[] = [];
  const quiet = { onWarning: (message: string) => void warnings.push(message) };

  test("what was just written stays, though damaged ones of later steps are there", async () => {
    const store = checkpoints(folder, { keep: 1, ...quiet });
    await store.save(snapshot(10));
    for (const step of [20, 30]) {
      await mkdir(join(folder, `step-000000${step}`));
      await writeFile(join(folder, `step-000000${step}`, "checkpoint.json"), "torn");
    }
    expect((await store.latest())?.step).toBe(10);
    await store.save(snapshot(15));
    expect((await store.latest())?.step).toBe(15);
    await store.save(snapshot(25)); // the damaged one before it is none of the ones to keep
    await store.save(snapshot(35));
    expect(await names()).toEqual(["step-00000035"]);
  });

  test("a damaged one does not take the place of a whole one", async () => {
    const store = checkpoints(folder, { keep: 2, ...quiet });
    await store.save(snapshot(10));
    await truncate(join(await store.save(snapshot(20)), "model.safetensors"), 10);
    await store.save(snapshot(30));
    await rm(join(folder, "step-00000030", "model.safetensors"));
    expect((await store.latest())?.step).toBe(10);
  });

  test.each([Number.NaN, Infinity, -Infinity])("a loss of %s is never the best", async (loss) => {
    const store = checkpoints(folder, { keep: 1 });
    for (const [i, val] of [2, loss, 3, loss, 2.5].entries()) await store.save(snapshot(i + 1, val));
    expect((await store.best())?.step).toBe(1);
    expect(await names()).toEqual(["step-00000001", "step-00000005"]);
  });

  test("an evaluation reaches the checkpoint of its step, and decides which is the best", async () => {
    const store = checkpoints(folder, { keep: 1 });
    for (const [step, val] of [
      [1, 2],
      [2, 1],
      [3, 4],
    ] as const) {
      await store.save(snapshot(step));
      await store.evaluated!(step, { val });
    }
    expect((await store.best())?.evaluations).toEqual([{ step: 2, losses: { val: 1 } }]);
    expect(await names()).toEqual(["step-00000002", "step-00000003"]);
    await store.evaluated!(99, { val: 0 }); // a step that was not saved
    expect((await store.best())?.step).toBe(2);
  });

  test("what killed runs left is cleared away, and what a running one writes is not", async () => {
    const store = checkpoints(folder);
    await mkdir(join(folder, ".step-2.999999999.tmp"), { recursive: true });
    await mkdir(join(folder, `.step-3.${process.ppid}.tmp`));
    await store.prepare!();
    expect(await names()).toEqual([`.step-3.${process.ppid}.tmp`]);
  });

  test("one of a newer version is no damaged one: the way out is to update", async () => {
    const store = checkpoints(folder, quiet);
    await store.save(snapshot(1));
    const path = join(await store.save(snapshot(2)), "checkpoint.json");
    const [json = ""] = (await readFile(path, "utf8")).split("\n");
    const newer = json.replace('"version":2', '"version":3');
    await writeFile(path, `${newer}\n${createHash("sha256").update(newer).digest("hex")}\n`);
    await expect(store.latest()).rejects.toThrow(CheckpointVersionError);
    await expect(store.latest()).rejects.toThrow("update @llm/train");
  });

  test("a folder that cannot be written is found before anything is trained", async () => {
    await writeFile(folder, "a file");
    const model = Gpt.create({ vocabSize: 12, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 8 }, { seed: 1 });
    const from = tokenArray(Array.from({ length: 400 }, (_, i) => i % 12));
    const before = await model.parameters()[0]!.data();
    const options = {
      steps: 2,
      batchSize: 1,
      blockSize: 8,
      lr: 1,
      checkpoints: checkpoints(join(folder, "run")),
    };
    await expect(train(model, from, options).next()).rejects.toThrow(WriteError);
    expect(await model.parameters()[0]!.data()).toEqual(before);
  });
});
