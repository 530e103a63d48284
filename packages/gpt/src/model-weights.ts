import { accumulate, embedding, linear, type Parameter, parameter, type Tensor, write } from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";
import { ConfigError, WeightsError } from "./errors.js";
import type { FrozenWeight, WeightDType } from "./frozen.js";
import { layout } from "./layout.js";
import type { OutputHead } from "./model-options.js";
import { chosen, type ParameterChoice } from "./parameter-choice.js";
import type { LookUpOptions, Pass, ProductOptions } from "./pass.js";

type Weights = ReadonlyMap<string, Parameter>;
type Frozen = ReadonlyMap<string, FrozenWeight>;

/** The weights of a model, in the order of the forward pass: those that can be trained, and matrices in fewer bits. */
export class ModelWeights {
  readonly trained: Weights;
  readonly frozen: Frozen;
  readonly #config: CompleteGptConfig;

  constructor(config: CompleteGptConfig, trained: Weights, frozen: Frozen = new Map()) {
    const names = layout(config).map(({ name }) => name);
    this.trained = new Map(
      names.filter((name) => !frozen.has(name)).map((name) => [name, trained.get(name)!]),
    );
    this.frozen = frozen;
    this.#config = config;
  }

  /**
   * Weights that there are already, under their names.
   * @throws {WeightsError} for one that is missing, mis-shaped or not the configuration's
   */
  static of(config: CompleteGptConfig, weights: Iterable<Parameter>): ModelWeights {
    const given = new Map([...weights].map((weight) => [weight.name, weight]));
    const shapes = new Map(layout(config).map(({ name, shape }) => [name, shape]));
    for (const name of new Set([...shapes.keys(), ...given.keys()])) {
      const [wanted, found] = [shapes.get(name)?.join(", "), given.get(name)?.shape.join(", ")];
      if (wanted === found) continue;
      throw new WeightsError(
        `${name} is ${found ? `(${found})` : "missing"} where the config wants ${wanted ? `(${wanted})` : "none"}`,
      );
    }
    return new ModelWeights(config, given);
  }

  /** The weight of this name. */
  get(name: string): Parameter | FrozenWeight {
    return this.trained.get(name) ?? this.frozen.get(name)!;
  }

  /** What a pass through the network takes of them. */
  readonly pass: Pick<Pass, "weight" | "product" | "lookUp"> = {
    weight: (name) => this.trained.get(name) ?? this.frozen.get(name)!.tensor!,
    product: (x, name, options) => this.#multiply(x, name, options),
    lookUp: (ids, options) => this.#lookUp(ids, options),
  };

  #multiply(x: Tensor, name: string, options: ProductOptions): Tensor {
    const frozen = this.frozen.get(`${name}.weight`);
    if (frozen) return frozen.multiply(x, options);
    const { bias, activation, transposed = false } = options;
    const weight = this.trained.get(`${name}.weight`)!;
    return linear(x, weight, bias, activation ? { transposed, activation } : { transposed });
  }

  #lookUp(ids: Tensor, options: LookUpOptions): Tensor {
    const frozen = this.frozen.get("wte.weight");
    return frozen ? frozen.lookUp(ids, options) : embedding(ids, this.trained.get("wte.weight")!, options);
  }

  /** @throws {WeightsError} where its weight is in int8, which no tensor is */
  get head(): OutputHead {
    const { tied, bias, softcap } = this.#config;
    const name = tied ? "wte.weight" : "lm_head.weight";
    const weight = this.trained.get(name) ?? this.frozen.get(name)!.tensor;
    if (!weight) {
      throw new WeightsError(
        `${name} is in int8, and cannot be had as a tensor; use forward or loss, or load the model in bfloat16`,
      );
    }
    return { weight, bias: bias.head ? this.trained.get("lm_head.bias")! : null, softcap };
  }

  /** What matrices are kept in. */
  get dtype(): WeightDType {
    const types = new Set([...this.frozen.values()].map(({ dtype }) => dtype));
    return (["int4", "int8", "bfloat16"] as const).find((each) => types.has(each)) ?? "float32";
  }

  /** @throws {OptionsError} for a pattern that no weight has, {WeightsError} for a weight that cannot be trained */
  parameters(choice: ParameterChoice): Parameter[] {
    const some = chosen(
      layout(this.#config).map(({ name }) => this.get(name)),
      choice,
    );
    refuse(
      "be trained",
      some.find(({ dtype }) => dtype !== "float32"),
    );
    return some as Parameter[];
  }

  /** @throws {WeightsError} where some are in fewer bits than float32, which cannot be done to */
  refuseFrozen(what: string): void {
    refuse(what, [...this.frozen.values()][0]);
  }

  /** Weights of their own with the same values; those in fewer bits are shared. */
  clone(): ModelWeights {
    const copies = [...this.trained].map(([name, weight]) => [name, copyOf(weight)] as const);
    const shared = [...this.frozen].map(([name, weight]) => [name, weight.share()] as const);
    return new ModelWeights(this.#config, new Map(copies), new Map(shared));
  }

  /** @throws {ConfigError} when the others have other shapes */
  copyFrom(other: ModelWeights): void {
    this.refuseFrozen("be copied");
    other.refuseFrozen("be copied");
    for (const name of new Set([...this.trained.keys(), ...other.trained.keys()])) {
      const [here, there] = [this.trained.get(name), other.trained.get(name)];
      if (here?.shape.join() === there?.shape.join()) continue;
      const inWords = (weight?: Parameter) => (weight ? `(${weight.shape.join(", ")})` : "absent");
      throw new ConfigError(
        `${name} is ${inWords(here)} here and ${inWords(there)} there; copy between models of one configuration`,
      );
    }
    if (other === this) return;
    for (const [name, weight] of this.trained) {
      write(weight, new Float32Array(weight.size));
      accumulate(weight, other.trained.get(name)!);
    }
  }

  /** Takes over the beginning of each of the others: rows, where the vocabularies differ. */
  async copyRowsFrom(other: ModelWeights): Promise<void> {
    for (const [name, weight] of other.trained) {
      const data = await weight.data();
      const target = this.trained.get(name)!;
      write(target, data.subarray(0, Math.min(data.length, target.size)));
    }
  }

  dispose(): void {
    for (const each of [...this.trained.values(), ...this.frozen.values()]) each.dispose();
  }
}

function refuse(what: string, weight: { name: string; dtype: string } | undefined): void {
  if (!weight) return;
  throw new WeightsError(
    `${weight.name} is in ${weight.dtype}, and cannot ${what}; load the model in float32, or leave it out`,
  );
}

/** A weight of its own with the same values. */
function copyOf(weight: Parameter): Parameter {
  const copy = parameter(weight.name, new Float32Array(weight.size), weight.shape);
  accumulate(copy, weight);
  return copy;
}
