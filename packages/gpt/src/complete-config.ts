import { checkOptions, type Kinds, nearest, shown } from "@llm/platform/options";
import type { Biases, CompleteGptConfig, CompleteRope, GptConfig, Rope } from "./config.js";
import { ConfigError } from "./errors.js";
import { presets } from "./presets.js";
import { checkScaling } from "./rope.js";

type Check = [accepts: (value: number) => boolean, rule: string];
const positive: Check = [(value) => value > 0 && Number.isFinite(value), "above 0"];
const cap: Check = [(value) => value >= 0 && Number.isFinite(value), "0 for none, or above"];
const share: Check = [(value) => value >= 0 && value < 1, "at least 0 and below 1"];
const finite: Check = [Number.isFinite, "a number"];
const window: Check = [
  (value) => Number.isSafeInteger(value) && value >= 0,
  "a whole number of positions, or 0 for all",
];

function checkNumber(name: string, value: number, [accepts, rule]: Check): void {
  if (!accepts(value)) throw new ConfigError(`${name} is ${value}; it must be ${rule}`);
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  const known = choices.map((choice) => `"${choice}"`).join(", ");
  throw new ConfigError(`${name} is "${String(value)}"; known are ${known}`);
}

/** One value a layer. */
function perLayer<T>(name: string, given: T | readonly T[], nLayer: number): readonly T[] {
  if (!Array.isArray(given)) return Object.freeze(Array<T>(nLayer).fill(given as T));
  if (given.length !== nLayer) {
    throw new ConfigError(
      `${name} has ${given.length} entries; give one for all layers, or one for each of the ${nLayer}`,
    );
  }
  return Object.freeze([...(given as readonly T[])]);
}

function biasesOf(given: GptConfig["bias"] = true): Biases {
  if (typeof given === "boolean") {
    return { norm: given, qkv: given, attention: given, mlp: given, head: false };
  }
  return { norm: false, qkv: false, attention: false, mlp: false, head: false, ...given };
}

function checkRope(rope: Rope, name: string, headDim: number): CompleteRope {
  checkOptions(name, rope, ROPE, fail);
  const { base = 10_000, rotaryDim = headDim, interleaved = false, scaling } = rope;
  checkNumber(`${name}.base`, base, positive);
  if (!Number.isSafeInteger(rotaryDim) || rotaryDim < 2 || rotaryDim % 2 !== 0 || rotaryDim > headDim) {
    throw new ConfigError(
      `${name}.rotaryDim is ${rotaryDim}; it must be even and at most headDim = ${headDim}`,
    );
  }
  if (scaling) checkScaling(scaling, `${name}.scaling`, rotaryDim);
  return Object.freeze({ base, rotaryDim, interleaved, ...(scaling && { scaling }) });
}

const FIELDS: Kinds<GptConfig> = {
  vocabSize: "count!",
  blockSize: "count!",
  nLayer: "count!",
  nHead: "count!",
  nEmbd: "count!",
  nKvHead: "count",
  headDim: "count",
  norm: ["layer", "rms"],
  normEps: "number",
  normWeight: "boolean",
  normOffset: "number",
  embeddingNorm: "boolean",
  postNorm: "boolean",
  parallel: "boolean",
  position: "string|array",
  rope: "object|array",
  qkNorm: ["none", "before-rope", "after-rope"],
  qkScale: "number",
  attentionScale: "number",
  attentionSoftcap: "number",
  windows: "number|array",
  valueEmbeddings: "boolean|array",
  residualScalars: "boolean",
  activation: ["gelu", "gelu-erf", "relu2", "silu"],
  mlp: "object",
  bias: "boolean|object",
  embeddingScale: "number",
  tied: "boolean",
  softcap: "number",
  init: ["gpt2", "nanochat"],
  dropout: "number",
  endOfText: "number",
};
const MLP: Kinds<NonNullable<GptConfig["mlp"]>> = { kind: ["plain", "gated"], width: "count" };
const BIASES: Kinds<Partial<Biases>> = {
  norm: "boolean",
  qkv: "boolean",
  attention: "boolean",
  mlp: "boolean",
  head: "boolean",
};
const ROPE: Kinds<Rope> = { base: "number", rotaryDim: "count", interleaved: "boolean", scaling: "object" };

/** GPT-2's values, where they are one for all. */
const DEFAULTS = {
  norm: "layer",
  normEps: 1e-5,
  normWeight: true,
  normOffset: 0,
  embeddingNorm: false,
  postNorm: false,
  parallel: false,
  qkNorm: "none",
  qkScale: 1,
  attentionSoftcap: 0,
  residualScalars: false,
  activation: "gelu",
  embeddingScale: 1,
  tied: true,
  softcap: 0,
  init: "gpt2",
  dropout: 0,
} as const;

const fail = (message: string) => new ConfigError(message);

/** Refuses a configuration with a field that does not exist, is missing, or of the wrong kind. */
function checkConfig(config: GptConfig): void {
  if (typeof config === "string") {
    const near = nearest(config, Object.keys(presets)) ?? "gpt2";
    throw new ConfigError(
      `the configuration is ${shown(config)}, a name: pass an object, such as presets["${near}"].`,
    );
  }
  checkOptions("the configuration", config, FIELDS, fail);
  if (config.mlp) checkOptions("mlp", config.mlp, MLP, fail);
  if (typeof config.bias === "object") checkOptions("bias", config.bias, BIASES, fail);
}

/**
 * Fills in defaults and refuses what cannot be built.
 * @throws {ConfigError} naming the field, its value and what would be accepted
 */
export function completeConfig(config: GptConfig): CompleteGptConfig {
  checkConfig(config);
  const { vocabSize, nLayer, nHead, nEmbd, nKvHead = nHead, endOfText } = config;
  if (config.headDim === undefined && nEmbd % nHead !== 0) {
    throw new ConfigError(
      `nEmbd is ${nEmbd}, which nHead = ${nHead} does not divide; heads must be equally wide, or headDim be given`,
    );
  }
  if (nHead % nKvHead !== 0) {
    throw new ConfigError(`nKvHead is ${nKvHead}; it must divide nHead = ${nHead}`);
  }
  const headDim = config.headDim ?? nEmbd / nHead;

  const { position: where = "learned", windows = 0, valueEmbeddings = false, mlp = {}, rope = {} } = config;
  const position = where === "learned" ? where : perLayer("position", where, nLayer);
  for (const each of position === "learned" ? [] : position) checkChoice("position", each, ["rope", "none"]);
  const rotates = position !== "learned" && position.includes("rope");
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  const complete: CompleteGptConfig = {
    ...DEFAULTS,
    attentionScale: 1 / Math.sqrt(headDim),
    ...(Object.fromEntries(given) as unknown as GptConfig),
    nKvHead,
    headDim,
    position,
    rope: rotates
      ? perLayer("rope", rope, nLayer).map((each, layer) =>
          checkRope(each, Array.isArray(rope) ? `rope[${layer}]` : "rope", headDim),
        )
      : [],
    windows: perLayer("windows", windows, nLayer),
    valueEmbeddings: perLayer("valueEmbeddings", valueEmbeddings, nLayer),
    mlp: Object.freeze({ kind: mlp.kind ?? "plain", width: mlp.width ?? 4 * nEmbd }),
    bias: Object.freeze(biasesOf(config.bias)),
  };

  checkNumber("normEps", complete.normEps, positive);
  checkNumber("normOffset", complete.normOffset, finite);
  for (const field of ["qkScale", "attentionScale", "embeddingScale"] as const) {
    checkNumber(field, complete[field], positive);
  }
  for (const field of ["attentionSoftcap", "softcap"] as const) checkNumber(field, complete[field], cap);
  for (const each of complete.windows) checkNumber("windows", each, window);
  for (const each of complete.valueEmbeddings) {
    if (typeof each === "boolean") continue;
    throw new ConfigError(`valueEmbeddings has ${shown(each)}; each must be true or false`);
  }
  checkNumber("dropout", complete.dropout, share);
  if (complete.norm === "rms" && complete.bias.norm && config.bias !== undefined && config.bias !== true) {
    throw new ConfigError('bias.norm is true; RMSNorm has no bias: leave it out, or choose norm "layer"');
  }
  if (complete.postNorm && complete.parallel) {
    throw new ConfigError("postNorm and parallel are both true; a block has one form or the other");
  }
  if (
    endOfText !== undefined &&
    !(Number.isSafeInteger(endOfText) && endOfText >= 0 && endOfText < vocabSize)
  ) {
    throw new ConfigError(`endOfText is ${endOfText}; it must be an id below vocabSize = ${vocabSize}`);
  }
  const bias = complete.norm === "rms" ? Object.freeze({ ...complete.bias, norm: false }) : complete.bias;
  return Object.freeze({ ...complete, bias });
}
