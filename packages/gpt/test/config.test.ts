import { describe, expect, test } from "vitest";
import { fromHuggingFaceConfig, toHuggingFaceConfig } from "../src/huggingface.js";
import { ConfigError, completeConfig, type GptConfig, presets } from "../src/index.js";

const small: GptConfig = { vocabSize: 10, blockSize: 4, nLayer: 1, nHead: 2, nEmbd: 8 };

describe("completeConfig", () => {
  test("fills in GPT-2's defaults", () => {
    expect(completeConfig(small)).toEqual({
      ...small,
      activation: "gelu",
      bias: true,
      dropout: 0,
      normEps: 1e-5,
    });
  });

  test.each([
    [{ vocabSize: 0 }, "vocabSize of the configuration is 0"],
    [{ nLayer: 1.5 }, "nLayer of the configuration is 1.5"],
    [{ nHead: 3 }, "nHead = 3"],
    [{ dropout: 1 }, "dropout is 1"],
    [{ normEps: 0 }, "normEps is 0"],
    [{ endOfText: 10 }, "endOfText is 10"],
    [{ activation: "relu" as "gelu" }, '"relu"'],
  ])("refuses %o", (wrong, message) => {
    expect(() => completeConfig({ ...small, ...wrong })).toThrow(ConfigError);
    expect(() => completeConfig({ ...small, ...wrong })).toThrow(message);
  });
});

describe("config.json", () => {
  test.each(Object.entries(presets))("%s survives the way there and back", (_, preset) => {
    const config = completeConfig(preset);
    expect(fromHuggingFaceConfig(JSON.parse(JSON.stringify(toHuggingFaceConfig(config))))).toEqual(config);
  });

  test.each([
    ["model_type", "llama"],
    ["activation_function", "relu"],
    ["n_inner", 100],
    ["scale_attn_by_inverse_layer_idx", true],
    ["scale_attn_weights", false],
    ["tie_word_embeddings", false],
    ["n_head", undefined],
  ])("refuses %s = %o", (key, value) => {
    const json = { ...toHuggingFaceConfig(completeConfig(small)), [key]: value };
    expect(() => fromHuggingFaceConfig(json)).toThrow(ConfigError);
  });
});
