import { completeConfig } from "../../complete-config.js";
import type { CompleteGptConfig } from "../../config.js";
import { ConfigError } from "../../errors.js";
import type { Architecture, TensorFacts } from "./architecture.js";
import { gpt2 } from "./gpt2.js";
import { llama } from "./llama.js";
import { type GGUFValue, Metadata } from "./metadata.js";
import { completeScaling } from "./rope.js";

const architectures: readonly Architecture[] = [gpt2, llama];

/** The architecture that a file names. @throws {ConfigError} for one that is not known here */
export function architectureOf(metadata: Metadata): Architecture {
  const name = metadata.text("general.architecture");
  const found = architectures.find(({ modelType }) => modelType === name);
  return (
    found ??
    metadata.refuse(
      "general.architecture",
      "gpt2 and llama are read from GGUF; Gpt.load reads more families from their Hugging Face folders",
    )
  );
}

/** The architecture that can say a configuration. @throws {ConfigError} naming what none can */
export function architectureFor(config: CompleteGptConfig): Architecture {
  const refused = architectures.map((architecture) => ({
    architecture,
    fields: unsaid(architecture, config),
  }));
  const able = refused.find(({ fields }) => fields.length === 0);
  if (able) return able.architecture;
  const { architecture, fields } = refused.reduce((a, b) => (b.fields.length < a.fields.length ? b : a));
  const values = fields.map((field) => `${field} ${shown(config[field])}`).join(", ");
  throw new ConfigError(
    `GGUF's ${architecture.modelType} cannot say ${values}; gpt2 and llama are written. Save the model as a folder, and convert it with llama.cpp's convert_hf_to_gguf.py if it knows the family`,
  );
}

/** A value in few words: once where it is the same for all layers. */
function shown(value: unknown): string {
  const texts = [value].flat().map((each) => JSON.stringify(each));
  const text = new Set(texts).size === 1 ? texts[0]! : `[${texts}]`;
  return text.length > 200 ? `${text.slice(0, 200)}..` : text;
}

/** Of training, of the tokenizer, or said by something else: a head's own tensor, biases' tensors, the order of rows. */
const ELSEWHERE = new Set<keyof CompleteGptConfig>(["dropout", "endOfText"]);

/** The fields of a configuration that come back as something else. */
function unsaid(architecture: Architecture, config: CompleteGptConfig): (keyof CompleteGptConfig)[] {
  const pairs = architecture.write(config).map(([key, , value]) => [key, value as GGUFValue] as const);
  const { qkv, attention, mlp } = config.bias;
  const factors = architecture.ropeFactors?.(config);
  const facts: TensorFacts = {
    some: (name) =>
      (qkv && name.test("blk.0.attn_q.bias")) ||
      (attention && name.test("blk.0.attn_output.bias")) ||
      (mlp && name.test("blk.0.ffn_up.bias")),
    vocabSize: config.vocabSize,
    tied: config.tied,
    ...(factors && { ropeFactors: factors }),
  };
  const fields = Object.keys(config) as (keyof CompleteGptConfig)[];
  const wanted = comparable(config, !!factors);
  let read: Record<string, string>;
  try {
    read = comparable(completeConfig(architecture.read(new Metadata("", new Map(pairs)), facts)), !!factors);
  } catch {
    return fields; // its own words make no model
  }
  return fields.filter((field) => {
    if (ELSEWHERE.has(field) || (field === "bias" && architecture.alwaysBiased && !config.bias.head))
      return false;
    return read[field] !== wanted[field];
  });
}

/** Each field as a text that is the same where the model is: numbers as float32, whichever columns are pairs. */
function comparable(config: CompleteGptConfig, hasFactors: boolean): Record<string, string> {
  const rope = config.rope.map(({ interleaved: _, scaling, ...rest }) => ({
    ...rest,
    ...(hasFactors || !scaling ? {} : { scaling: Object.entries(completeScaling(scaling)).sort() }),
  }));
  return Object.fromEntries(
    Object.entries({ ...config, rope }).map(([field, value]) => [
      field,
      JSON.stringify(value, (_, each) => (typeof each === "number" ? Math.fround(each) : each)),
    ]),
  );
}
