import type { Kinds } from "@llm/platform/options";
import { accumulate, type Parameter, parameter, randomUniform, scope, type Tensor, write } from "@llm/tensor";
import { check, checkArgument } from "../check.js";
import type { CompleteGptConfig } from "../config.js";
import { ConfigError, OptionsError, WeightsError } from "../errors.js";
import { writeConfig } from "../families/index.js";
import { Gpt, madeOf, multiplying } from "../gpt.js";
import type { ForwardOptions, LossOptions, OutputHead } from "../model-options.js";
import { chosen, type ParameterChoice } from "../parameter-choice.js";
import type { GptSession, SessionOptions } from "../session.js";
import { type Adapter, adapted, change } from "./adapter.js";
import { type AdapterFiles, type AdapterSettings, adapterFiles, readAdapter, writeAdapter } from "./files.js";
import { type Module, modulesOf, named, usual } from "./modules.js";

/** Options of {@link lora}. */
export interface LoraOptions {
  /** Width of an adapter: it has rank (in + out) weights. */
  rank: number;
  /** Adapters are multiplied by alpha / rank. */
  alpha: number;
  /** Draws the initial weights. */
  seed: number;
  /**
   * The matrices that get an adapter, by the ends of their names: ours (`attn.c_proj`) or those of the family's files
   * (`q_proj`); `"all-linear"` is every one but the head. Default as in PEFT: `q_proj` and `v_proj`, or `c_attn`.
   */
  targets?: readonly string[] | "all-linear";
  /** Share of an adapter's inputs dropped in training. Default 0. */
  dropout?: number;
  /** Adapters are multiplied by alpha / sqrt(rank) instead (Kalajdzievski, 2023). Default false. */
  useRslora?: boolean;
}

const LORA: Kinds<LoraOptions> = {
  rank: "count!",
  alpha: "number!",
  seed: "number!",
  targets: "string|array",
  dropout: "number",
  useRslora: "boolean",
};

/**
 * A model with low-rank adapters (Hu et al., 2021), which are all that is trained: y = x W + b + alpha / rank (x A') B'. B is 0
 * at first, and A uniform in +-1 / sqrt(in), as in PEFT. The model's own weights are shared, not copied.
 * @throws {OptionsError} for options it does not have, lacks or cannot use, and for targets that no matrix is named
 */
export function lora(model: Gpt, options: LoraOptions): LoraModel {
  checkModel("lora", model);
  check("lora", options, LORA);
  const { rank, alpha, seed, targets, dropout = 0, useRslora = false } = options;
  if (!(dropout >= 0 && dropout < 1)) {
    throw new OptionsError(`dropout of lora is ${dropout}; it must be at least 0 and below 1`);
  }
  if (typeof targets === "string" && targets !== "all-linear") {
    throw new OptionsError(`targets of lora is "${targets}"; it must be a list of names, or "all-linear"`);
  }
  const all = modulesOfModel(model);
  let wanted = usual(all);
  if (targets === "all-linear") wanted = all.filter(({ matrix }) => matrix !== "lm_head");
  else if (targets) wanted = named(all, targets);
  if (wanted.length === 0) throw new OptionsError("targets of lora is empty; name a matrix, or leave it out");
  const weights = (module: Module, stream: number) => {
    const { a, b } = emptyAdapter(module, rank);
    const limit = 1 / Math.sqrt(module.inputs);
    scope(() => accumulate(a, randomUniform(a.shape, { low: -limit, high: limit, seed, stream })));
    return { a, b };
  };
  return new LoraModel(model, wanted, weights, { rank, alpha, dropout, useRslora });
}

/**
 * A model with the adapters of a folder in PEFT's layout (in the browser: of its URL), or of the bytes of its
 * `adapter_config.json` and `adapter_model.safetensors`.
 * @throws {ConfigError} for a setting that is not computed here
 * @throws {WeightsError} when a file is absent, or a tensor is missing, mis-shaped or not the model's
 */
export async function loadAdapter(model: Gpt, source: string | AdapterFiles): Promise<LoraModel> {
  checkModel("loadAdapter", model);
  checkArgument("source of loadAdapter", source, "string|object");
  const { settings, modules, values, head } = await readAdapter(source, modulesOfModel(model));
  const own = head && (await madeOf(model).weights.get("lm_head.weight")?.data());
  if (own?.some((value, i) => value !== head![i])) {
    throw new WeightsError(
      "adapter_model.safetensors has a head of its own, which differs from the model's; merge the adapter with PEFT and load the merged model",
    );
  }
  const weights = (module: Module) => {
    const { a, b } = emptyAdapter(module, settings.rank);
    write(a, values(module, "A"));
    write(b, values(module, "B"));
    return { a, b };
  };
  return new LoraModel(model, modules, weights, settings);
}

function checkModel(of: string, model: Gpt): void {
  if (!(model instanceof Gpt)) throw new OptionsError(`model of ${of} must be a Gpt`);
}

/** A model is adapted as what it would be saved as. */
function modulesOfModel(model: Gpt): Module[] {
  return modulesOf(model.config, writeConfig(model.config, madeOf(model).family).family);
}

function emptyAdapter({ name, inputs, outputs }: Module, rank: number): { a: Parameter; b: Parameter } {
  const zeros = (end: string, shape: [number, number]) =>
    parameter(`${name}.${end}.weight`, new Float32Array(shape[0] * shape[1]), shape);
  return { a: zeros("lora_A", [rank, inputs]), b: zeros("lora_B", [outputs, rank]) };
}

/** A model and its adapters: to `train`, sample and score like a `Gpt`. */
export class LoraModel {
  /** The model that is adapted, with weights of its own. */
  readonly base: Gpt;
  readonly #settings: AdapterSettings;
  readonly #adapters: readonly Adapter[];
  readonly #byMatrix: ReadonlyMap<string, readonly Adapter[]>;
  /** The base, multiplying with adapters. */
  readonly #adapted: Gpt;
  #isMerged = false;

  /** Made by `lora` and `loadAdapter`. */
  constructor(
    base: Gpt,
    modules: readonly Module[],
    weights: (module: Module, index: number) => { a: Parameter; b: Parameter },
    settings: AdapterSettings,
  ) {
    this.base = base;
    this.#settings = settings;
    const first = 3 * base.config.nLayer + 1; // the streams before are the network's
    this.#adapters = modules.map((module, i) => ({ module, ...weights(module, i), stream: first + i }));
    const matrices = new Set(modules.map(({ matrix }) => matrix));
    this.#byMatrix = new Map(
      [...matrices].map((name) => [name, this.#adapters.filter(({ module }) => module.matrix === name)]),
    );
    const adaptersOf = (matrix: string) => (this.#isMerged ? [] : (this.#byMatrix.get(matrix) ?? []));
    this.#adapted = multiplying(base, (own) =>
      adapted(own, adaptersOf, { scaling: this.#scaling, p: settings.dropout }),
    );
  }

  get #scaling(): number {
    const { rank, alpha, useRslora } = this.#settings;
    return alpha / (useRslora ? Math.sqrt(rank) : rank);
  }

  /** That of the base. */
  get config(): CompleteGptConfig {
    return this.base.config;
  }

  /** Number of token ids the model knows. */
  get vocabSize(): number {
    return this.base.vocabSize;
  }

  /** The most positions of one sequence. */
  get blockSize(): number {
    return this.base.blockSize;
  }

  /** Weights of the adapters. */
  get numParameters(): number {
    return this.#adapters.reduce((total, { a, b }) => total + a.size + b.size, 0);
  }

  /**
   * The weights of the adapters, `lora_A` and `lora_B` of each: what is trained. The base costs no gradient and no moments.
   * @throws {OptionsError} for a pattern that no weight has
   */
  parameters(choice: ParameterChoice = {}): Parameter[] {
    check("parameters", choice, { only: "any", except: "any" });
    if (this.#isMerged)
      throw new Error("the adapters are merged into their model; unmerge() before you train");
    return chosen(
      this.#adapters.flatMap(({ a, b }) => [a, b]),
      choice,
    );
  }

  /** As {@link Gpt.forward}. */
  forward(ids: Tensor, options?: ForwardOptions): Tensor {
    return this.#adapted.forward(ids, options);
  }

  /** As {@link Gpt.hidden}. */
  hidden(ids: Tensor, options?: ForwardOptions): Tensor {
    return this.#adapted.hidden(ids, options);
  }

  /** As {@link Gpt.loss}. */
  loss(ids: Tensor, targets: Tensor, options?: LossOptions): Tensor {
    return this.#adapted.loss(ids, targets, options);
  }

  /** As {@link Gpt.session}. */
  session(rows?: number, options?: SessionOptions): GptSession {
    return this.#adapted.session(rows, options);
  }

  /** As {@link Gpt.cacheBytes}. */
  cacheBytes(rows: number, positions: number): number {
    return this.#adapted.cacheBytes(rows, positions);
  }

  /** As {@link Gpt.head}. It cannot be had while the head has an adapter. */
  get head(): OutputHead {
    if (!this.#isMerged && this.#byMatrix.has("lm_head")) {
      throw new Error(
        "the head has an adapter, so that it is no matrix of its own; merge() first, or use loss",
      );
    }
    return this.base.head;
  }

  /** Operations of training on one token at context length T: frozen weights cost no gradient, which is a third of theirs. */
  flopsPerToken(T: number): number {
    const products = this.base.flopsPerToken(0);
    return this.base.flopsPerToken(T) - products / 3 + 6 * this.numParameters;
  }

  /** Whether the adapters are part of the base's weights. */
  get isMerged(): boolean {
    return this.#isMerged;
  }

  /**
   * Adds the adapters to the base's weights, which costs nothing from then on, and answers the base: to `save`, for one.
   * @throws {ConfigError} when the base's weights are not in float32
   */
  merge(): Gpt {
    if (!this.#isMerged) this.#add(1);
    this.#isMerged = true;
    return this.base;
  }

  /** Takes the adapters out of the base's weights again, but for rounding: about 1e-7 of each weight. */
  unmerge(): void {
    if (this.#isMerged) this.#add(-1);
    this.#isMerged = false;
  }

  #add(sign: 1 | -1): void {
    const { weights } = madeOf(this.base);
    const matrices = [...this.#byMatrix].map(([matrix, adapters]) => {
      const weight = weights.get(`${matrix}.weight`);
      if (weight?.dtype === "float32") return { weight, adapters, isHead: matrix === "lm_head" };
      throw new ConfigError(
        `${matrix}.weight is not in float32, and cannot take an adapter in; load the base in float32 to merge`,
      );
    });
    for (const { weight, adapters, isHead } of matrices) {
      const outputs = weight.shape[isHead ? 0 : 1]!;
      scope(() => accumulate(weight, change(adapters, outputs, isHead), sign * this.#scaling));
    }
  }

  /** The bytes of `adapter_config.json` and `adapter_model.safetensors`, as PEFT opens them. */
  async toFiles(): Promise<AdapterFiles> {
    const { family } = writeConfig(this.config, madeOf(this.base).family);
    return adapterFiles(this.#settings, this.#adapters, modulesOf(this.config, family), family);
  }

  /** Writes {@link LoraModel.toFiles} to a folder: the adapters alone, without the base. */
  async saveAdapter(folder: string): Promise<void> {
    checkArgument("folder of saveAdapter", folder, "string");
    await writeAdapter(folder, await this.toFiles());
  }

  /** Frees the adapters, not the base. */
  dispose(): void {
    for (const { a, b } of this.#adapters) {
      a.dispose();
      b.dispose();
    }
  }
}
