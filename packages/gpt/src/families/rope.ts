// Rotary embedding in config.json: `rope_parameters` as transformers 5 writes it, `rope_theta` and `rope_scaling` as 4.x did.
import type { Rope, RopeScaling } from "../config.js";
import type { Settings } from "./settings.js";

/** What the model has outside of its rope settings and they need. */
interface Around {
  headDim: number;
  blockSize: number;
  /** Where no `rope_theta` is given. */
  base: number;
  /** Where no `partial_rotary_factor` is given. */
  share?: number;
}

/** Reads the settings of one kind of layer. */
export function readRope(settings: Settings, around: Around): Rope {
  const given = settings.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
  return readParameters(settings, settings.inside(given), around);
}

/** Reads the parameters inside `parameters`; theta and share may stand beside them in `settings`. */
export function readParameters(settings: Settings, parameters: Settings, around: Around): Rope {
  const base = parameters.number("rope_theta", settings.number("rope_theta", around.base));
  const share = parameters.number(
    "partial_rotary_factor",
    settings.number("partial_rotary_factor", around.share ?? 1),
  );
  const rotaryDim = Math.trunc(around.headDim * share);
  const original = () =>
    settings.has("original_max_position_embeddings")
      ? settings.number("original_max_position_embeddings")
      : parameters.number("original_max_position_embeddings", around.blockSize);
  const scaling = readScaling(parameters, original);
  return { base, rotaryDim, ...(scaling && { scaling }) };
}

function readScaling(parameters: Settings, original: () => number): RopeScaling | undefined {
  const key = parameters.has("rope_type") ? "rope_type" : "type";
  const type = String(parameters.value(key) ?? "default");
  const optional = (name: string) => (parameters.has(name) ? parameters.number(name) : undefined);
  switch (type) {
    // "dynamic" stretches only what is longer than the model's own context, and nothing here is.
    case "default":
    case "dynamic":
      return undefined;
    case "linear":
      return { type: "linear", factor: parameters.number("factor") };
    case "llama3":
      return {
        type: "llama3",
        factor: parameters.number("factor"),
        lowFreqFactor: parameters.number("low_freq_factor"),
        highFreqFactor: parameters.number("high_freq_factor"),
        originalBlockSize: original(),
      };
    case "yarn": {
      const factor = parameters.number("factor");
      const attentionFactor = optional("attention_factor") ?? mscale(parameters, factor);
      const betaFast = optional("beta_fast");
      const betaSlow = optional("beta_slow");
      return {
        type: "yarn",
        factor,
        originalBlockSize: original(),
        ...(betaFast ? { betaFast } : {}),
        ...(betaSlow ? { betaSlow } : {}),
        ...(attentionFactor === undefined ? {} : { attentionFactor }),
        ...(parameters.flag("truncate", true) ? {} : { truncate: false }),
      };
    }
    case "longrope": {
      const attentionFactor = optional("attention_factor") ?? longropeFactor(parameters, original());
      return {
        type: "longrope",
        shortFactor: parameters.numbers("short_factor"),
        longFactor: parameters.numbers("long_factor"),
        originalBlockSize: original(),
        ...(attentionFactor === undefined ? {} : { attentionFactor }),
      };
    }
    default:
      return parameters.refuse(key, "known are default, dynamic, linear, llama3, longrope and yarn");
  }
}

const logScale = (factor: number, by: number) => (factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1);

/** DeepSeek's form of yarn's attention factor. */
function mscale(parameters: Settings, factor: number): number | undefined {
  if (!parameters.value("mscale") || !parameters.value("mscale_all_dim")) return undefined;
  return (
    logScale(factor, parameters.number("mscale")) / logScale(factor, parameters.number("mscale_all_dim"))
  );
}

/** An explicit `factor` stands in for the ratio of the two context lengths. */
function longropeFactor(parameters: Settings, original: number): number | undefined {
  if (!parameters.has("factor")) return undefined;
  const factor = parameters.number("factor");
  return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
}

/** One kind of layer's settings in transformers 5's form. */
export function writeParameters(rope: Rope, headDim: number): Record<string, unknown> {
  const { base = 10_000, rotaryDim = headDim, scaling } = rope;
  const share = rotaryDim === headDim ? {} : { partial_rotary_factor: shareOf(rotaryDim, headDim) };
  return { rope_theta: base, ...share, ...(scaling ? writeScaling(scaling) : { rope_type: "default" }) };
}

/** A share that gives `rotaryDim` again when it is multiplied and cut, as transformers does. */
function shareOf(rotaryDim: number, headDim: number): number {
  const share = rotaryDim / headDim;
  return Math.trunc(headDim * share) === rotaryDim ? share : (rotaryDim + 0.5) / headDim;
}

function writeScaling(scaling: RopeScaling): Record<string, unknown> {
  const given = (values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  switch (scaling.type) {
    case "linear":
      return { rope_type: "linear", factor: scaling.factor };
    case "llama3":
      return {
        rope_type: "llama3",
        factor: scaling.factor,
        low_freq_factor: scaling.lowFreqFactor,
        high_freq_factor: scaling.highFreqFactor,
        original_max_position_embeddings: scaling.originalBlockSize,
      };
    case "yarn":
      return given({
        rope_type: "yarn",
        factor: scaling.factor,
        original_max_position_embeddings: scaling.originalBlockSize,
        beta_fast: scaling.betaFast,
        beta_slow: scaling.betaSlow,
        attention_factor: scaling.attentionFactor,
        truncate: scaling.truncate,
      });
    case "longrope":
      return given({
        rope_type: "longrope",
        short_factor: scaling.shortFactor,
        long_factor: scaling.longFactor,
        original_max_position_embeddings: scaling.originalBlockSize,
        attention_factor: scaling.attentionFactor,
      });
  }
}

/** The settings of a model with one table, in both forms: transformers 5's, and 4.x's beside it. */
export function writeRope(rope: Rope, headDim: number): Record<string, unknown> {
  const parameters = writeParameters(rope, headDim);
  const { rope_theta, partial_rotary_factor, rope_type, ...scaling } = parameters;
  return {
    rope_parameters: parameters,
    rope_theta,
    ...(partial_rotary_factor === undefined ? {} : { partial_rotary_factor }),
    rope_scaling: rope_type === "default" ? null : { rope_type, ...scaling },
  };
}
