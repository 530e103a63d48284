import { completeConfig } from "../complete-config.js";
import type { CompleteGptConfig } from "../config.js";
import type { Family } from "./family.js";
import { gemma2, gemma3 } from "./gemma.js";
import { gpt2 } from "./gpt2.js";
import { llama, mistral, qwen2, qwen3 } from "./llama.js";
import { own } from "./own.js";
import { phi } from "./phi.js";
import { Settings } from "./settings.js";

const families: readonly Family[] = [gpt2, llama, qwen2, qwen3, mistral, gemma2, gemma3, phi, own];

/** A model as a `config.json` describes it. */
export interface Described {
  readonly config: CompleteGptConfig;
  readonly family: Family;
}

/**
 * Reads a `config.json`.
 * @throws {ConfigError} for a family that is not known here, or a setting of it that is not computed
 */
export function readConfig(json: Readonly<Record<string, unknown>>): Described {
  const settings = new Settings(json);
  const family = families.find(({ modelType }) => modelType === json["model_type"]);
  if (!family) {
    const known = families.map(({ modelType }) => modelType).join(", ");
    return settings.refuse("model_type", `known are ${known}`);
  }
  return { config: completeConfig(family.read(settings)), family };
}

/** The content of `config.json` for a model, and the family it is saved as. */
export function writeConfig(
  config: CompleteGptConfig,
  preferred?: Family,
): { json: Record<string, unknown>; family: Family } {
  const family = [...(preferred ? [preferred] : []), ...families].find((each) => canSay(each, config))!;
  const { architecture, modelType } = family;
  return { json: { architectures: [architecture], model_type: modelType, ...family.write(config) }, family };
}

/** Whether what a family writes of a model is read back as the same model. */
function canSay(family: Family, config: CompleteGptConfig): boolean {
  try {
    const read = completeConfig(family.read(new Settings(family.write(config))));
    return JSON.stringify(sorted({ ...read, init: config.init })) === JSON.stringify(sorted(config));
  } catch {
    return false;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
