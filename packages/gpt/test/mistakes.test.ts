import { tensor, useEngine } from "@llm/tensor";
import { beforeAll, expect, test } from "vitest";
import { testMistakes } from "../../../.config/mistakes.js";
import { ConfigError, completeConfig, Gpt, OptionsError } from "../src/index.js";

beforeAll(() => useEngine("reference"));

const config = { vocabSize: 8, blockSize: 4, nLayer: 1, nHead: 1, nEmbd: 4 };
const create = (config: unknown, options: unknown = { seed: 1 }) =>
  Gpt.create(config as never, options as never);

testMistakes(ConfigError, [
  ["the configuration", () => create("gtp2"), 'is "gtp2", a name: pass an object, such as presets["gpt2"].'],
  ["the configuration", () => create("gpt2-lage"), 'presets["gpt2-large"]'],
  [
    "the configuration",
    () => create({ ...config, nLayers: 2 }),
    'has no option "nLayers": did you mean "nLayer"?',
  ],
  ["the configuration", () => create({ ...config, nHead: undefined }), "needs the option nHead"],
  ["the configuration", () => create({ ...config, nHead: "4" }), 'nHead of the configuration is "4"'],
  ["the configuration", () => create({ ...config, activation: "gelu_erf" }), 'did you mean "gelu-erf"?'],
  ["the configuration", () => completeConfig([config] as never), "are an array of 1"],
  ["the configuration", () => completeConfig(undefined as never), "needs its options"],
]);

test("configurations that can be made", () => {
  expect(completeConfig({ ...config, endOfText: undefined }).endOfText).toBe(undefined);
});

const model = () => create(config);
const ids = () => tensor([1, 2], [1, 2], "int32");

testMistakes(OptionsError, [
  ["Gpt.create", () => create(config, { sed: 1 }), 'did you mean "seed"?'],
  ["Gpt.create", () => create(config, {}), "needs the option seed"],
  ["Gpt.create", () => create(config, { seed: "1" }), 'seed of Gpt.create is "1"'],
  ["Gpt.load", () => Gpt.load(undefined as never), "folder of Gpt.load is undefined"],
  ["Gpt.fromFiles", () => Gpt.fromFiles("model" as never), 'files of Gpt.fromFiles is "model"'],
  ["save", () => model().save(5 as never), "folder of save is 5"],
  ["forward", () => model().forward([1, 2] as never), "ids of forward is an array of 2: it must be a Tensor"],
  ["forward", () => model().forward(ids(), { captures: () => {} } as never), 'did you mean "capture"?'],
  ["forward", () => model().forward(ids(), { recompute: 1 } as never), "recompute of forward is 1"],
  [
    "forward",
    () => model().forward(ids(), { training: { seed: 1 } } as never),
    "training of forward needs the option step",
  ],
  ["loss", () => model().loss(ids(), [1, 2] as never), "targets of loss is an array of 2"],
  ["loss", () => model().loss(ids(), ids(), { maks: ids() } as never), 'did you mean "mask"?'],
  ["loss", () => model().loss(ids(), ids(), { mask: true } as never), "mask of loss is true"],
]);
