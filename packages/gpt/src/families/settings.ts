import { ConfigError } from "../errors.js";

/** Names that transformers has for our activations; the first is the one written. */
const ACTIVATIONS = {
  gelu: ["gelu_new", "gelu_pytorch_tanh", "gelu_fast"],
  "gelu-erf": ["gelu", "gelu_python"],
  silu: ["silu", "swish"],
  relu2: ["relu2"],
} as const;

/** A `config.json` being read: each setting is checked, and a refusal names key, value and the way out. */
export class Settings {
  readonly #json: Readonly<Record<string, unknown>>;

  constructor(json: Readonly<Record<string, unknown>>) {
    this.#json = json;
  }

  /** Whether there is a value, and not null. */
  has(key: string): boolean {
    return this.#json[key] !== undefined && this.#json[key] !== null;
  }

  /** Whether the key is there and says null, which often means "none". */
  isNull(key: string): boolean {
    return this.#json[key] === null;
  }

  value(key: string): unknown {
    return this.#json[key] ?? undefined;
  }

  refuse(key: string, accepted: string): never {
    throw new ConfigError(`config.json: ${key} is ${JSON.stringify(this.#json[key])}; ${accepted}`);
  }

  /** A number; the fallback where there is none, or null. */
  number(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value)) this.refuse(key, "a number is needed");
    return value as number;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.value(key) ?? fallback;
    if (typeof value !== "boolean") this.refuse(key, "true or false is needed");
    return value as boolean;
  }

  numbers(key: string): readonly number[] {
    const value = this.value(key);
    if (!Array.isArray(value) || !value.every((each) => typeof each === "number")) {
      this.refuse(key, "a list of numbers is needed");
    }
    return value as readonly number[];
  }

  /** The settings inside a setting. */
  inside(key: string): Settings {
    const value = this.value(key) ?? {};
    if (typeof value !== "object" || Array.isArray(value)) this.refuse(key, "an object is needed");
    return new Settings(value as Record<string, unknown>);
  }

  /** Refuses a setting that changes what is computed, unless it has one of the values that are. */
  only(key: string, ...accepted: readonly (string | number | boolean | null)[]): void {
    const value = this.#json[key];
    if (value === undefined || accepted.includes(value as null)) return;
    this.refuse(key, `only ${accepted.map((each) => JSON.stringify(each)).join(" or ")} is computed here`);
  }

  activation(key: string, fallback: string): keyof typeof ACTIVATIONS {
    const name = String(this.value(key) ?? fallback);
    for (const [ours, theirs] of Object.entries(ACTIVATIONS)) {
      if ((theirs as readonly string[]).includes(name)) return ours as keyof typeof ACTIVATIONS;
    }
    return this.refuse(key, `known are ${Object.values(ACTIVATIONS).flat().join(", ")}`);
  }

  /** The kind of attention of each layer. */
  layerTypes(nLayer: number, fallback: (layer: number) => string): readonly string[] {
    const given = this.value("layer_types") ?? Array.from({ length: nLayer }, (_, layer) => fallback(layer));
    const known = ["full_attention", "sliding_attention"];
    if (!Array.isArray(given) || given.length !== nLayer || !given.every((each) => known.includes(each))) {
      this.refuse("layer_types", `a list of ${nLayer} is needed, each ${known.join(" or ")}`);
    }
    return given as readonly string[];
  }

  /** The id that ends a text, where the vocabulary has it: the first of a list. */
  endOfText(vocabSize: number): { endOfText?: number } {
    const value = this.value("eos_token_id");
    const first = Array.isArray(value) ? value[0] : value;
    const inside =
      typeof first === "number" && Number.isSafeInteger(first) && first >= 0 && first < vocabSize;
    return inside ? { endOfText: first } : {};
  }
}

/** transformers' name for an activation. */
export function activationName(activation: keyof typeof ACTIVATIONS): string {
  return ACTIVATIONS[activation][0];
}
