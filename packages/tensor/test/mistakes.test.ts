import { beforeAll, expect, test } from "vitest";
import { testMistakes } from "../../../.config/mistakes.js";
import {
  adamw,
  cachedAttention,
  clipScale,
  crossEntropy,
  dropout,
  EngineError,
  embedding,
  gelu,
  layerNorm,
  linear,
  linearCrossEntropy,
  linearLogProbabilities,
  logProbabilities,
  matmul,
  muon,
  parameter,
  quantize,
  quantizedLinear,
  randomNormal,
  randomUniform,
  rangeSource,
  residualLayerNorm,
  residualRmsNorm,
  rmsNorm,
  rope,
  ropeQkv,
  ropeTable,
  SafetensorsError,
  ShapeError,
  selfAttention,
  softmax,
  swiglu,
  tensor,
  useEngine,
  writeRows,
} from "../src/index.js";

beforeAll(() => useEngine("reference"));

/** What a program without types may pass. */
const wrong = (value: unknown) => value as never;
const x = () => tensor([1, 2, 3, 4], [2, 2]);
const ids = () => tensor([0, 1], [2], "int32");
const p = () => parameter("p", [1, 2, 3, 4], [2, 2]);
const momentum = () => ({ momentum: x() });
const key = { seed: 1, step: 1, stream: 1 };
const heads = () => tensor([1, 2, 3, 4], [1, 1, 2, 2]);
const qkv = () => tensor([1, 2, 3], [1, 1, 3]);
const cache = () => ({ k: tensor([0], [1, 1, 1]), v: tensor([0], [1, 1, 1]) });
const table = () => ropeTable(1, 2);

testMistakes(ShapeError, [
  ["selfAttention", () => selfAttention(qkv(), wrong({ nHeads: 1 })), 'did you mean "nHead"?'],
  ["selfAttention", () => selfAttention(qkv(), wrong({})), "selfAttention needs the option nHead"],
  ["cachedAttention", () => cachedAttention(qkv(), cache(), 0, wrong({ nHead: 1, windows: 1 })), '"window"?'],
  [
    "cachedAttention",
    () => cachedAttention(qkv(), cache(), wrong({ start: ids() }), { nHead: 1 }),
    '"starts"?',
  ],
  ["writeRows", () => writeRows(qkv(), qkv(), wrong({ start: ids() })), '"starts"?'],
  ["crossEntropy", () => crossEntropy(x(), ids(), wrong({ masks: x() })), 'did you mean "mask"?'],
  ["logProbabilities", () => logProbabilities(x(), ids(), wrong({ ignoreindex: 1 })), '"ignoreIndex"?'],
  [
    "linearLogProbabilities",
    () => linearLogProbabilities(x(), x(), ids(), wrong({ softCap: 1 })),
    'did you mean "softcap"?',
  ],
  ["quantizedLinear", () => quantizedLinear(x(), quantize(x()), null, wrong({ inputs: "int4" })), '"int8"?'],
  ["adamw", () => adamw([], wrong({ learningRate: 1 })), 'no option "learningRate"'],
  ["clipScale", () => clipScale([x()], wrong({ limits: 1 })), 'did you mean "limit"?'],
  ["gelu", () => gelu(x(), wrong({ aproximate: "none" })), 'did you mean "approximate"?'],
  ["gelu", () => gelu(x(), { approximate: wrong("erf") }), 'approximate of gelu is "erf"'],
  ["swiglu", () => swiglu(x(), wrong({ activations: "gelu" })), 'did you mean "activation"?'],
  ["swiglu", () => swiglu(x(), { activation: wrong("gelu_erf") }), 'did you mean "gelu-erf"?'],
  ["dropout", () => dropout(x(), 0.5, wrong({ ...key, steps: 1 })), 'did you mean "step"?'],
  ["dropout", () => dropout(x(), 0.5, wrong({ seed: 1, step: 1 })), "dropout needs the option stream"],
  ["dropout", () => dropout(x(), 0.5, wrong(undefined)), "dropout needs its options"],
  ["embedding", () => embedding(ids(), x(), wrong({ postion: x() })), 'did you mean "position"?'],
  ["embedding", () => embedding(ids(), x(), { offset: wrong("1") }), 'offset of embedding is "1"'],
  ["embedding", () => embedding(wrong([0, 1]), x()), "ids is an array of 2: it must be a Tensor"],
  ["linear", () => linear(x(), x(), null, wrong({ transpose: true })), 'did you mean "transposed"?'],
  ["linear", () => linear(x(), x(), null, { activation: wrong("relu3") }), 'did you mean "relu2"?'],
  ["linear", () => linear(wrong([[1]]), x()), "x is an array of 1: it must be a Tensor"],
  ["matmul", () => matmul(x(), x(), wrong({ transposeb: true })), 'did you mean "transposeB"?'],
  [
    "matmul",
    () => matmul(x(), x(), { transposeA: wrong(1) }),
    "transposeA of matmul is 1: it must be true or false.",
  ],
  ["matmul", () => matmul(x(), wrong([1])), "b is an array of 1: it must be a Tensor"],
  [
    "linearCrossEntropy",
    () => linearCrossEntropy(x(), x(), ids(), wrong({ ignoreindex: 0 })),
    'did you mean "ignoreIndex"?',
  ],
  [
    "linearCrossEntropy",
    () => linearCrossEntropy(x(), x(), ids(), { chunk: wrong({ row: 1 }) }),
    'did you mean "rows"?',
  ],
  ["layerNorm", () => layerNorm(x(), null, null, wrong({ epsilon: 1 })), 'layerNorm has no option "epsilon"'],
  ["layerNorm", () => layerNorm(x(), null, null, wrong(1e-5)), "the options of layerNorm are 0.00001"],
  ["rmsNorm", () => rmsNorm(x(), null, wrong({ ep: 1 })), 'did you mean "eps"?'],
  [
    "residualLayerNorm",
    () => residualLayerNorm(x(), x(), null, null, wrong({ esp: 1 })),
    'did you mean "eps"?',
  ],
  ["residualRmsNorm", () => residualRmsNorm(x(), x(), null, wrong({ esp: 1 })), 'did you mean "eps"?'],
  ["softmax", () => softmax(wrong([1, 2])), "x is an array of 2: it must be a Tensor"],
  [
    "ropeTable",
    () => ropeTable(2, 2, wrong({ theta: 1e4 })),
    'ropeTable has no option "theta": it takes base, frequencies.',
  ],
  [
    "ropeTable",
    () => ropeTable(2, 2, { frequencies: wrong(1) }),
    "frequencies of ropeTable is 1: it must be a list of numbers.",
  ],
  ["rope", () => rope(heads(), table(), wrong({ interleave: true })), 'did you mean "interleaved"?'],
  ["rope", () => rope(heads(), table(), { inverse: wrong("yes") }), 'inverse of rope is "yes"'],
  ["ropeQkv", () => ropeQkv(x(), table(), wrong({ nHeads: 1 })), 'did you mean "nHead"?'],
  ["ropeQkv", () => ropeQkv(x(), table(), wrong({})), "ropeQkv needs the option nHead"],
  [
    "muon",
    () => muon(p(), x(), momentum(), wrong({ lr: 1, weight_decay: 1 })),
    'did you mean "weightDecay"?',
  ],
  ["muon", () => muon(p(), x(), momentum(), wrong({})), "muon needs the option lr"],
  ["randomNormal", () => randomNormal([2], wrong({ seed: 1, stdev: 2 })), 'did you mean "std"?'],
  ["randomNormal", () => randomNormal([2], wrong({})), "randomNormal needs the option seed"],
  ["randomUniform", () => randomUniform([2], wrong({ seed: 1, lo: 2 })), 'did you mean "low"?'],
  ["randomUniform", () => randomUniform([2], { seed: wrong("1") }), 'seed of randomUniform is "1"'],
]);

testMistakes(SafetensorsError, [
  ["rangeSource", () => rangeSource("a", wrong({ header: {} })), 'did you mean "headers"?'],
  ["rangeSource", () => rangeSource("a", { fetch: wrong("a") }), 'fetch of rangeSource is "a"'],
]);

testMistakes(EngineError, [
  ["engine", () => useEngine(wrong("wsam")), 'There is no engine "wsam": did you mean "wasm"?'],
  ["useEngine", () => useEngine("auto", wrong({ thread: 2 })), 'did you mean "threads"?'],
  [
    "useEngine",
    () => useEngine("auto", { precision: wrong("double") }),
    'precision of useEngine is "double"',
  ],
  ["useEngine", () => useEngine(wrong(Promise.resolve())), "useEngine got an object (Promise)"],
]);

test("a mistake leaves the engine in use", async () => {
  await expect(useEngine("auto", wrong({ thread: 2 }))).rejects.toThrow(EngineError);
  expect(gelu(x()).shape).toEqual([2, 2]);
});
