import {
  adamw,
  add,
  cachedAttention,
  concat,
  crossEntropy,
  doctor,
  type Engine,
  EngineError,
  embedding,
  engine,
  IndexError,
  layerNorm,
  linear,
  linearCrossEntropy,
  linearLogProbabilities,
  logProbabilities,
  matmul,
  max,
  muon,
  orthogonalize,
  parameter,
  permute,
  referenceEngine,
  reshape,
  residualRmsNorm,
  rope,
  ropeQkv,
  ropeTable,
  ShapeError,
  selfAttention,
  slice,
  softcap,
  sum,
  swiglu,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  write,
  zeros,
} from "@llm/tensor";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runToEnd } from "../../../.config/process.js";
import { deviceEngines } from "./engines/device.js";

const engines = { reference: referenceEngine, wasm: wasmEngine, ...deviceEngines };

test("without an engine, operations say how to choose one", async () => {
  // In a process of its own: in this one other tests have chosen an engine.
  const printed = await runToEnd(`
    import { engine, EngineError, zeros } from "@llm/tensor";
    for (const ask of [engine, () => zeros([1])]) {
      try {
        ask();
      } catch (error) {
        console.log(error instanceof EngineError, error.message);
      }
    }
  `);
  const said = 'true No engine was chosen. Call `await useEngine("auto")` first.';
  expect(printed).toBe(`${said}\n${said}\n`);
});

test("engines are chosen by name, and doctor tells all", async () => {
  const found = await doctor();
  const best = found.find(({ available, reason }) => available && !reason.includes("software"))!;
  expect((await useEngine("auto")).name).toBe(best.name);
  expect(await useEngine("auto")).toBe(engine());
  expect((await useEngine("auto", { precision: "float64" })).name).toBe("reference");
  await expect(useEngine("wasm", { precision: "float64" })).rejects.toThrow(EngineError);
  await expect(useEngine("cuda" as "wasm")).rejects.toThrow("wasm, reference");
  expect(found.map(({ name }) => name)).toEqual([
    "tfjs-node-gpu",
    "webgpu",
    "native",
    "tfjs-node",
    "wasm",
    "reference",
  ]);
  const [, webgpu, native] = found.map(({ available }) => available);
  expect(found.map(({ available }) => available)).toEqual([false, webgpu, native, false, true, true]);
  await expect(useEngine("wasm", { threads: 0 })).rejects.toThrow(/threads is 0/);
  await expect(useEngine("wasm", { threads: 1.5 })).rejects.toThrow(/threads is 1.5/);
  for (const { reason } of found) expect(reason).toMatch(/\w/);
});

test("tensors of two engines cannot be mixed", async () => {
  await useEngine(await wasmEngine());
  const x = zeros([2]);
  await useEngine(referenceEngine());
  expect(() => add(x, x)).toThrow('lives on the engine "wasm", and "reference" is in use.');
});

test("two engines of one name are told apart, and the way back is the one that is named", async () => {
  const first = await useEngine(referenceEngine());
  const x = tensor([1, 2], [2]);
  await useEngine(referenceEngine());
  expect(() => add(x, x)).toThrow(
    'add: the tensor of shape (2) lives on another engine "reference" than the one in use: they are two instances',
  );
  expect(() => add(x, x)).toThrow("go back with `await useEngine(first)`");
  await useEngine(first);
  expect(await add(x, x).data()).toEqual(Float32Array.of(2, 4));
});

describe.each(Object.entries(engines))("%s", (_, make) => {
  let made: Engine;
  beforeAll(async () => {
    made = await make();
  });
  beforeEach(() => useEngine(made));

  test.each([
    ["matmul", () => matmul(zeros([2, 3]), zeros([2, 3])), "(2, 3) cannot be multiplied by (2, 3)"],
    ["linear", () => linear(zeros([2, 3]), zeros([4, 5])), "x of shape (2, 3)"],
    ["linear bias", () => linear(zeros([2, 3]), zeros([3, 5]), zeros([4])), "bias has shape (4), but (5)"],
    ["layerNorm", () => layerNorm(zeros([2, 3]), zeros([2])), "gain has shape (2)"],
    ["add", () => add(zeros([2]), zeros([3])), "(2) and (3)"],
    ["selfAttention", () => selfAttention(zeros([1, 2, 7]), { nHead: 2 }), "(1, 2, 7)"],
    ["crossEntropy", () => crossEntropy(zeros([2, 3]), zeros([3], "int32")), "need 2 targets"],
    [
      "logProbabilities",
      () => logProbabilities(zeros([2, 3]), zeros([3], "int32")),
      "logProbabilities: logits of shape (2, 3) need 2 targets",
    ],
    [
      "linearLogProbabilities",
      () => linearLogProbabilities(zeros([2, 3]), zeros([4, 3]), zeros([3], "int32")),
      "linearLogProbabilities: x of shape (2, 3) needs 2 targets",
    ],
    [
      "crossEntropy reduction",
      () => crossEntropy(zeros([2, 3]), zeros([2], "int32"), { reduction: "none" as "sum" }),
      'must be "mean" or "sum"',
    ],
    ["crossEntropy type", () => crossEntropy(zeros([2, 3]), zeros([2])), "must be int32"],
    ["reshape", () => reshape(zeros([2, 3]), [4]), "(2, 3) has 6 elements"],
    ["slice", () => slice(zeros([2, 3]), 1, 2, 4), "[2, 4)"],
    ["concat", () => concat([zeros([2, 3]), zeros([3, 3])], 1), "(2, 3) and (3, 3)"],
    [
      "linear residual",
      () => linear(zeros([2, 3]), zeros([3, 4]), null, { residual: zeros([2, 3]) }),
      "residual has shape (2, 3), but (2, 4)",
    ],
    ["permute", () => permute(zeros([2, 3]), [0, 0]), "(0, 0)"],
    ["tensor", () => tensor([1, 2, 3], [2, 2]), "3 values"],
    ["rope", () => rope(zeros([1, 2, 4]), ropeTable(2, 4)), "(1, 2, 4)"],
    ["rope columns", () => rope(zeros([1, 2, 1, 4]), ropeTable(2, 6)), "(2, 6) does not fit heads of 4"],
    ["rope offset", () => rope(zeros([1, 2, 1, 4]), ropeTable(2, 4), { offset: 1 }), "the 2 positions"],
    ["ropeQkv", () => ropeQkv(zeros([1, 2, 8]), ropeTable(2, 2), { nHead: 2 }), "(1, 2, 8)"],
    ["ropeTable", () => ropeTable(2, 3), "even and positive, not 3"],
    ["ropeTable frequencies", () => ropeTable(2, 4, { frequencies: [1] }), "2 frequencies, not 1"],
    ["window", () => selfAttention(zeros([1, 2, 6]), { nHead: 1, window: 1.5 }), "not 1.5"],
    ["cap of scores", () => selfAttention(zeros([1, 2, 6]), { nHead: 1, softcap: -1 }), "not -1"],
    ["softcap", () => softcap(zeros([2]), 0), "not 0"],
    ["swiglu", () => swiglu(zeros([2, 3])), "(2, 3) has no two halves"],
    ["residualRmsNorm", () => residualRmsNorm(zeros([2, 3]), zeros([3, 2])), "residual has shape (3, 2)"],
    [
      "linearCrossEntropy",
      () => linearCrossEntropy(zeros([2, 3]), zeros([4, 5]), zeros([2], "int32")),
      "(4, 5)",
    ],
    [
      "linearCrossEntropy chunk",
      () => linearCrossEntropy(zeros([2, 3]), zeros([4, 3]), zeros([2], "int32"), { chunk: { classes: 0 } }),
      "chunk.classes must be a positive integer, not 0",
    ],
    ["sum", () => sum(zeros([2, 3]), 2), "(2, 3) has no axis 2"],
    ["max", () => max(zeros([2, 3]), -3), "(2, 3) has no axis -3"],
    ["orthogonalize", () => orthogonalize(zeros([3])), "(3)"],
    [
      "muon",
      () => muon(parameter("p", [1, 2], [1, 2]), zeros([2, 1]), { momentum: zeros([1, 2]) }, { lr: 1 }),
      "grad has shape (2, 1)",
    ],
    ["valueAndGrad", () => valueAndGrad(() => zeros([2]), []), "only a scalar"],
    [
      "embedding",
      () => embedding(zeros([1, 4], "int32"), zeros([5, 2]), { position: zeros([3, 2]) }),
      "reach past",
    ],
    [
      "cachedAttention",
      () => cachedAttention(zeros([1, 2, 6]), { k: zeros([1, 4, 2]), v: zeros([1, 4, 2]) }, 3, { nHead: 1 }),
      "reaches past",
    ],
    [
      "adamw",
      () => {
        const state = { m: zeros([2]), v: zeros([2]) };
        const options = { lr: 1, beta1: 0, beta2: 0, eps: 1, weightDecay: 0, step: 1 };
        adamw(parameter("p", [1, 2], [2]), zeros([3]), state, options);
      },
      "grad has shape (3)",
    ],
  ] as const)("%s names the shapes that do not fit", (_, run, message) => {
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(message);
  });

  test("ids, targets and offsets out of range are typed errors", () => {
    const table = zeros([5, 2]);
    expect(() => embedding(tensor([0, 5], [2], "int32"), table)).toThrow(IndexError);
    expect(() => embedding(tensor([-1], [1], "int32"), table)).toThrow("id -1 is not in a table of 5 rows");
    expect(() => crossEntropy(zeros([1, 3]), tensor([3], [1], "int32"))).toThrow("target 3 is not in [0, 3)");
    expect(() => crossEntropy(zeros([1, 3]), tensor([-1], [1], "int32"))).toThrow(IndexError);
    const [x, w] = [zeros([2, 3]), zeros([4, 3])];
    expect(() => linearCrossEntropy(x, w, tensor([1, 4], [2], "int32"))).toThrow("target 4 is not in [0, 4)");
    expect(() => logProbabilities(x, tensor([1, 3], [2], "int32"))).toThrow("target 3 is not in [0, 3)");
    expect(() => linearLogProbabilities(x, w, tensor([-2, 1], [2], "int32"))).toThrow("target -2 is not in");
    expect(() => write(table, [1, 2], 9)).toThrow(IndexError);
  });
});
