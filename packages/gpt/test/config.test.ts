import { describe, expect, test } from "vitest";
import { readConfig, writeConfig } from "../src/families/index.js";
import { ConfigError, completeConfig, type GptConfig, presets } from "../src/index.js";

const small: GptConfig = { vocabSize: 10, blockSize: 4, nLayer: 1, nHead: 2, nEmbd: 8 };

describe("completeConfig", () => {
  test("fills in GPT-2's defaults", () => {
    expect(completeConfig(small)).toEqual({
      ...small,
      nKvHead: 2,
      headDim: 4,
      norm: "layer",
      normEps: 1e-5,
      normWeight: true,
      normOffset: 0,
      embeddingNorm: false,
      postNorm: false,
      parallel: false,
      position: "learned",
      rope: [],
      qkNorm: "none",
      qkScale: 1,
      attentionScale: 0.5,
      attentionSoftcap: 0,
      windows: [0],
      valueEmbeddings: [false],
      residualScalars: false,
      activation: "gelu",
      mlp: { kind: "plain", width: 32 },
      bias: { norm: true, qkv: true, attention: true, mlp: true, head: false },
      embeddingScale: 1,
      tied: true,
      softcap: 0,
      init: "gpt2",
      dropout: 0,
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
    const { json } = writeConfig(config);
    expect(readConfig(JSON.parse(JSON.stringify(json)))).toMatchObject({
      config,
      family: { modelType: "gpt2" },
    });
  });

  test.each([
    ["model_type", "gpt_neo"],
    ["activation_function", "relu"],
    ["n_inner", "wide"],
    ["scale_attn_by_inverse_layer_idx", true],
    ["scale_attn_weights", false],
    ["tie_word_embeddings", "no"],
    ["n_head", undefined],
  ])("refuses %s = %o", (key, value) => {
    const json = { ...writeConfig(completeConfig(small)).json, [key]: value };
    expect(() => readConfig(json)).toThrow(ConfigError);
  });
});
