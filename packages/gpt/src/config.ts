import { checkOptions, type Kinds, nearest, shown } from "@llm/platform/options";
import { ConfigError } from "./errors.js";
import { presets } from "./presets.js";

/** What a GPT is made of. Field names are those of the literature and of nanoGPT. */
export interface GptConfig {
  /** Number of token ids: rows of the embedding, columns of the logits. */
  vocabSize: number;
  /** The most positions one sequence may have (GPT-2: 1,024). */
  blockSize: number;
  /** Transformer blocks. */
  nLayer: number;
  /** Attention heads per block; divides `nEmbd`. */
  nHead: number;
  /** Width of the residual stream. The MLP is four times as wide. */
  nEmbd: number;
  /** `"gelu"` is the tanh form GPT-2's weights want, `"gelu-erf"` the exact one nanoGPT trains with. Default `"gelu"`. */
  activation?: "gelu" | "gelu-erf";
  /** Biases in linear layers and LayerNorms. Default true, as in GPT-2. */
  bias?: boolean;
  /** Share dropped of the embedding, of attention's weights and of each branch's result, in training only. Default 0. */
  dropout?: number;
  /** Added to the variance in LayerNorm. Default 1e-5. */
  normEps?: number;
  /** Id of `<|endoftext|>`, carried to and from `config.json` for the tools that look for it. */
  endOfText?: number;
}

/** A checked {@link GptConfig} with nothing left open. */
export type CompleteGptConfig = Readonly<Required<Omit<GptConfig, "endOfText">>> & {
  readonly endOfText?: number;
};

const CONFIG: Kinds<GptConfig> = {
  vocabSize: "count!",
  blockSize: "count!",
  nLayer: "count!",
  nHead: "count!",
  nEmbd: "count!",
  activation: ["gelu", "gelu-erf"],
  bias: "boolean",
  dropout: "number",
  normEps: "number",
  endOfText: "number",
};

/**
 * Fills in defaults and refuses what cannot be built.
 * @throws {ConfigError} naming the field, its value and what would be accepted
 */
export function completeConfig(config: GptConfig): CompleteGptConfig {
  checkConfig(config);
  const { activation = "gelu", bias = true, dropout = 0, normEps = 1e-5, endOfText } = config;
  if (config.nEmbd % config.nHead !== 0) {
    throw new ConfigError(
      `nEmbd is ${config.nEmbd}, which nHead = ${config.nHead} does not divide; heads must be equally wide`,
    );
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new ConfigError(`dropout is ${dropout}; it must be at least 0 and below 1`);
  }
  if (!(normEps > 0)) {
    throw new ConfigError(`normEps is ${normEps}; it must be above 0`);
  }
  if (
    endOfText !== undefined &&
    !(Number.isSafeInteger(endOfText) && endOfText >= 0 && endOfText < config.vocabSize)
  ) {
    throw new ConfigError(
      `endOfText is ${endOfText}; it must be an id below vocabSize = ${config.vocabSize}`,
    );
  }
  return Object.freeze({
    vocabSize: config.vocabSize,
    blockSize: config.blockSize,
    nLayer: config.nLayer,
    nHead: config.nHead,
    nEmbd: config.nEmbd,
    activation,
    bias,
    dropout,
    normEps,
    ...(endOfText === undefined ? {} : { endOfText }),
  });
}

/** Refuses a configuration with a field that does not exist, is missing, or of the wrong kind. */
function checkConfig(config: GptConfig): void {
  if (typeof config === "string") {
    const near = nearest(config, Object.keys(presets satisfies Record<string, GptConfig>)) ?? "gpt2";
    throw new ConfigError(
      `the configuration is ${shown(config)}, a name: pass an object, such as presets["${near}"].`,
    );
  }
  checkOptions("the configuration", config, CONFIG, (message) => new ConfigError(message));
}
