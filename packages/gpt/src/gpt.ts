import type { Kinds } from "@llm/platform/options";
import {
  accumulate,
  add,
  crossEntropy,
  linear,
  type Parameter,
  parameter,
  selfAttention,
  type Tensor,
  write,
} from "@llm/tensor";
import { attentionOptions } from "./attention-options.js";
import { check, checkArgument, checkTensor } from "./check.js";
import { completeConfig } from "./complete-config.js";
import type { CompleteGptConfig, GptConfig } from "./config.js";
import { ConfigError, ContextLengthError, WeightsError } from "./errors.js";
import type { Family } from "./families/family.js";
import type { FrozenWeight, WeightDType } from "./frozen.js";
import { copyOf, initialWeights } from "./initial-weights.js";
import { layout, sizeOf } from "./layout.js";
import { hidden, network } from "./network.js";
import { chosen, type ParameterChoice } from "./parameter-choice.js";
import type { Pass, Product, TrainingKey } from "./pass.js";
import { RopeTables } from "./rope.js";
import type { SaveOptions } from "./saved-model.js";
import { GptSession } from "./session.js";

/** Options of {@link Gpt.load}. */
export interface LoadOptions {
  /**
   * What matrices are kept in: "float32", the default; "bfloat16", which halves them; "int8", with a scale for each output, which
   * quarters those of the blocks and halves tables and head.
   */
  dtype?: WeightDType;
}

/** Options of {@link Gpt.forward}. */
export interface ForwardOptions {
  /** Given in training: turns dropout on, with masks drawn from this key. */
  training?: TrainingKey;
  /**
   * Inside `valueAndGrad`, keep only each block's input and compute the block again in the backward pass: the same
   * gradients to the bit, with a fraction of the memory and about a third more time. Of no effect with `capture`.
   */
  recompute?: boolean;
  /**
   * Called with every activation, as it is made, under the names that `describe` of @llm/gpt/inspect lists. A tensor that it
   * returns stands in for the one it was given from there on.
   */
  capture?: (name: string, tensor: Tensor) => unknown;
}

/** Options of {@link Gpt.loss}. */
export interface LossOptions {
  /** (B, T), 1 where a target counts and 0 where it does not. */
  mask?: Tensor;
  /** "sum": not divided by how many count, so that batches can be added up; the mask may hold any weights then. Default "mean". */
  reduction?: "mean" | "sum";
  /** Given in training: turns dropout on, with masks drawn from this key. */
  training?: TrainingKey;
  /** As in {@link ForwardOptions}: less memory for more time. */
  recompute?: boolean;
}

/** What the hidden states are multiplied with. */
export interface OutputHead {
  /** (vocabSize, nEmbd): the embedding itself where it is tied. */
  readonly weight: Tensor;
  /** (vocabSize) */
  readonly bias: Parameter | null;
  /** 0: none. */
  readonly softcap: number;
}

/** Families and files cost nothing until a model is read or written. */
const folders = () => import("./model-folder.js");
const saving = () => import("./saved-model.js");

const LOAD: Kinds<LoadOptions> = { dtype: ["float32", "bfloat16", "int8"] };
const TRAINING: Kinds<TrainingKey> = { seed: "number!", step: "number!" };
const FORWARD: Kinds<ForwardOptions> = { training: "object", recompute: "boolean", capture: "function" };
const SAVE: Kinds<SaveOptions> = {
  maxShardBytes: "count",
  dtype: ["float32", "bfloat16", "float16"],
  signal: "signal",
  onProgress: "function",
};
const LOSS: Kinds<LossOptions> = {
  mask: "object",
  reduction: ["mean", "sum"],
  training: "object",
  recompute: "boolean",
};

/** For other files of this package: what a model is made of. */
export let madeOf: (model: Gpt) => {
  weights: ReadonlyMap<string, Parameter>;
  frozen: ReadonlyMap<string, FrozenWeight>;
  family: Family | undefined;
  product: Product;
};

/** For other files of this package: the same model, with the same weights, multiplying by its matrices in another way. */
export let multiplying: (model: Gpt, product: (own: Product) => Product) => Gpt;

/** A model of the GPT family on the current engine of @llm/tensor. */
export class Gpt {
  /** The configuration, complete. */
  readonly config: CompleteGptConfig;
  readonly #weights: ReadonlyMap<string, Parameter>;
  /** Those in fewer bits. */
  readonly #frozen: ReadonlyMap<string, FrozenWeight>;
  /** How it was stored, and is again. */
  readonly #family: Family | undefined;
  #rope: RopeTables;
  /** What norms add to their weights, by width. */
  #offsets = new Map<number, Tensor>();
  /** Every product with a matrix. */
  #product: Product = (x, name, options) => {
    const frozen = this.#frozen.get(`${name}.weight`);
    if (frozen) return frozen.multiply(x, options);
    const { bias, activation, transposed = false } = options;
    const weight = this.#weights.get(`${name}.weight`)!;
    return linear(x, weight, bias, activation ? { transposed, activation } : { transposed });
  };

  static {
    madeOf = (model) => ({
      weights: model.#weights,
      frozen: model.#frozen,
      family: model.#family,
      product: model.#product,
    });
    multiplying = (model, product) => {
      const other = new Gpt(model.config, model.#weights, model.#family, model.#frozen);
      other.#product = product(model.#product);
      other.#rope = model.#rope;
      other.#offsets = model.#offsets;
      return other;
    };
  }

  private constructor(
    config: CompleteGptConfig,
    weights: ReadonlyMap<string, Parameter>,
    family?: Family,
    frozen: ReadonlyMap<string, FrozenWeight> = new Map(),
  ) {
    this.config = config;
    const names = layout(config).map(({ name }) => name);
    this.#weights = new Map(
      names.filter((name) => !frozen.has(name)).map((name) => [name, weights.get(name)!]),
    );
    this.#frozen = frozen;
    this.#family = family;
    this.#rope = new RopeTables(config);
  }

  /**
   * A new model, its weights drawn from `seed` by the law that `init` of the configuration names: GPT-2's if none.
   * @throws {ConfigError} for a configuration that cannot be built
   */
  static create(config: GptConfig, options: { seed: number }): Gpt {
    const complete = completeConfig(config);
    check("Gpt.create", options, { seed: "number!" });
    return new Gpt(complete, initialWeights(complete, options.seed));
  }

  /**
   * A model of weights that there are already, named and shaped as those of {@link Gpt.parameters}. They are the model's
   * from now on.
   * @throws {WeightsError} for a weight that is missing, mis-shaped or not the configuration's
   */
  static fromWeights(config: GptConfig, weights: Iterable<Parameter>): Gpt {
    const complete = completeConfig(config);
    checkArgument("weights of Gpt.fromWeights", weights, "iterable");
    const given = new Map([...weights].map((weight) => [weight.name, weight]));
    const shapes = new Map(layout(complete).map(({ name, shape }) => [name, shape]));
    for (const name of new Set([...shapes.keys(), ...given.keys()])) {
      const [wanted, found] = [shapes.get(name)?.join(", "), given.get(name)?.shape.join(", ")];
      if (wanted === found) continue;
      throw new WeightsError(
        `${name} is ${found ? `(${found})` : "missing"} where the config wants ${wanted ? `(${wanted})` : "none"}`,
      );
    }
    return new Gpt(complete, given);
  }

  /**
   * Reads a model of a published family from a folder in Hugging Face's layout (in the browser: from its URL), one tensor
   * after the other: beside the weights themselves it needs memory for the largest.
   *
   * With `dtype` "bfloat16" or "int8" the matrices are frozen: the model decodes in a half or a third of the memory, and may
   * carry adapters, but its matrices cannot be trained.
   * @throws {WeightsError} when a file is absent or a tensor is missing or mis-shaped
   * @throws {ConfigError} for a family, or a setting of it, that is not computed here
   */
  static async load(folder: string, options: LoadOptions = {}): Promise<Gpt> {
    checkArgument("folder of Gpt.load", folder, "string");
    check("Gpt.load", options, LOAD);
    const { readFolder } = await folders();
    const { config, weights, family, frozen } = await readFolder(folder, options.dtype ?? "float32");
    return new Gpt(config, weights, family, frozen);
  }

  /** Reads a model from the bytes of its `config.json` and `model.safetensors`. */
  static async fromFiles(
    files: Readonly<Record<string, Uint8Array>>,
    options: LoadOptions = {},
  ): Promise<Gpt> {
    checkArgument("files of Gpt.fromFiles", files, "object");
    check("Gpt.fromFiles", options, LOAD);
    const { readFiles } = await folders();
    const { config, weights, family, frozen } = readFiles(files, options.dtype ?? "float32");
    return new Gpt(config, weights, family, frozen);
  }

  /** The bytes of `config.json` and `model.safetensors`, as `transformers` opens them. */
  async toFiles(): Promise<{ "config.json": Uint8Array; "model.safetensors": Uint8Array }> {
    const { bytesOf } = await saving();
    const contents = await Promise.all(
      Object.entries(await this.#files({ maxShardBytes: Number.POSITIVE_INFINITY })).map(
        async ([name, chunks]) => [name, await bytesOf(chunks)] as const,
      ),
    );
    return Object.fromEntries(contents) as Awaited<ReturnType<Gpt["toFiles"]>>;
  }

  /**
   * Writes a folder as `transformers` opens it: `config.json` and `model.safetensors`, or shards and their index. It has
   * all of the new model or, where the disk is full or the process is killed, all of the old one. One weight after the
   * other: beside the weights themselves it needs memory for the largest. Matrices in bfloat16 are written as they are unless
   * `dtype` says otherwise, those in int8 as the numbers that they stand for.
   * @throws {WeightsError} for a value that `dtype` cannot hold
   */
  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    checkArgument("folder of save", folder, "string");
    check("save", options, SAVE);
    const { writeModelFiles } = await import("#files");
    await writeModelFiles(folder, await this.#files(options));
  }

  async #files(options: SaveOptions) {
    const { filesOf } = await saving();
    return filesOf(
      this.config,
      this.#family,
      (name) => this.#weights.get(name) ?? this.#frozen.get(name)!,
      options,
    );
  }

  /** What its matrices are kept in; tables and the head of an "int8" model are in bfloat16. */
  get dtype(): WeightDType {
    const types = new Set([...this.#frozen.values()].map(({ dtype }) => dtype));
    return types.has("int8") ? "int8" : types.has("bfloat16") ? "bfloat16" : "float32";
  }

  /** Number of token ids the model knows. */
  get vocabSize(): number {
    return this.config.vocabSize;
  }

  /** The most positions of one sequence. */
  get blockSize(): number {
    return this.config.blockSize;
  }

  /** All weights, the tied embedding counted once (GPT-2: 124,439,808). */
  get numParameters(): number {
    return layout(this.config).reduce((total, { shape }) => total + sizeOf(shape), 0);
  }

  /**
   * Every weight once, in the order of the forward pass, named as in Hugging Face's GPT-2 whatever the family. What
   * training leaves out costs no gradient and no moments: `parameters({ only: "h.*.attn.*" })`,
   * `parameters({ except: /^w[tp]e/ })`.
   * @throws {OptionsError} for a pattern that no weight has
   * @throws {WeightsError} for a weight in bfloat16 or int8, which cannot be trained
   */
  parameters(choice: ParameterChoice = {}): Parameter[] {
    check("parameters", choice, { only: "any", except: "any" });
    const all = layout(this.config).map(({ name }) => this.#weights.get(name) ?? this.#frozen.get(name)!);
    const some = chosen(all, choice);
    this.#refuseFrozen(
      "be trained",
      some.find(({ dtype }) => dtype !== "float32"),
    );
    return some as Parameter[];
  }

  /** @throws {WeightsError} where there is one */
  #refuseFrozen(what: string, weight: { name: string; dtype: string } | undefined): void {
    if (!weight) return;
    throw new WeightsError(
      `${weight.name} is in ${weight.dtype}, and cannot ${what}; load the model in float32, or leave it out`,
    );
  }

  /** A model of its own with the same weights. */
  clone(): Gpt {
    const copies = [...this.#weights].map(([name, weight]) => [name, copyOf(weight)] as const);
    const shared = [...this.#frozen].map(([name, weight]) => [name, weight.share()] as const);
    return new Gpt(this.config, new Map(copies), this.#family, new Map(shared));
  }

  /**
   * Takes over the weights of a model of the same configuration.
   * @throws {ConfigError} when it has another
   */
  copyFrom(other: Gpt): void {
    this.#refuseFrozen("be copied", [...this.#frozen.values(), ...other.#frozen.values()][0]);
    for (const name of new Set([...this.#weights.keys(), ...other.#weights.keys()])) {
      const [here, there] = [this.#weights.get(name), other.#weights.get(name)];
      if (here?.shape.join() === there?.shape.join()) continue;
      const inWords = (weight?: Parameter) => (weight ? `(${weight.shape.join(", ")})` : "absent");
      throw new ConfigError(
        `${name} is ${inWords(here)} here and ${inWords(there)} there; copy between models of one configuration`,
      );
    }
    if (other === this) return;
    for (const [name, weight] of this.#weights) {
      write(weight, new Float32Array(weight.size));
      accumulate(weight, other.#weights.get(name)!);
    }
  }

  /**
   * A model with more or fewer token ids: rows of the embedding, and of a head of its own, are kept from the first on, and
   * new ones drawn as in a new model. For chat tokens, which a base model has no rows for.
   * @throws {ConfigError} for a size that no vocabulary has
   */
  async resizeVocab(vocabSize: number, options: { seed: number }): Promise<Gpt> {
    check("resizeVocab", options, { seed: "number!" });
    this.#refuseFrozen("be given rows", [...this.#frozen.values()][0]);
    const { endOfText } = this.config;
    const kept = endOfText === undefined || endOfText < vocabSize ? {} : { endOfText: undefined };
    const next = Gpt.create({ ...this.config, ...kept, vocabSize }, options);
    for (const [name, weight] of this.#weights) {
      const data = await weight.data();
      const target = next.#weights.get(name)!;
      write(target, data.subarray(0, Math.min(data.length, target.size)));
    }
    return next;
  }

  /**
   * Floating-point operations that training spends on one token at context length T, forward and
   * backward: 6 N + 12 nHead headDim T a layer (Chowdhery et al., PaLM, 2022, appendix B), where N counts all
   * weights but tables that are looked up and multiply nothing, and T is at most the layer's window.
   */
  flopsPerToken(T: number): number {
    const { nHead, headDim, tied, windows } = this.config;
    const lookedUp = (name: string) => /^wpe|value_embedding/.test(name) || (name === "wte.weight" && !tied);
    const N = layout(this.config)
      .filter(({ name }) => !lookedUp(name))
      .reduce((total, { shape }) => total + sizeOf(shape), 0);
    const seen = windows.reduce((total, window) => total + (window > 0 ? Math.min(window, T) : T), 0);
    return 6 * N + 12 * nHead * headDim * seen;
  }

  /**
   * Logits (B, T, vocabSize) for ids (B, T), int32: row t predicts the token at t + 1.
   * @throws {ContextLengthError} when T is beyond `blockSize`
   */
  forward(ids: Tensor, options: ForwardOptions = {}): Tensor {
    const pass = this.#whole("forward", ids, options);
    return network(pass).logits(hidden(ids, pass));
  }

  /**
   * What the output head reads: the hidden states (B, T, nEmbd) after the final norm. With `head` it gives losses without
   * the logits of all positions at once, by `linearCrossEntropy` of @llm/tensor.
   * @throws {ContextLengthError} when T is beyond `blockSize`
   */
  hidden(ids: Tensor, options: ForwardOptions = {}): Tensor {
    const pass = this.#whole("hidden", ids, options);
    return hidden(ids, pass);
  }

  /** The output head: logits = cap tanh((hidden weight' + bias) / cap), and without a cap where `softcap` is 0. */
  get head(): OutputHead {
    const { tied, bias, softcap } = this.config;
    const name = tied ? "wte.weight" : "lm_head.weight";
    return {
      weight: this.#weights.get(name) ?? this.#frozen.get(name)!.tensor!,
      bias: bias.head ? this.#weights.get("lm_head.bias")! : null,
      softcap,
    };
  }

  /** Cross-entropy in nats of targets (B, T) after ids (B, T), the mean over what counts or the sum: a scalar. */
  loss(ids: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
    checkTensor("ids of loss", ids);
    checkTensor("targets of loss", targets);
    check("loss", options, LOSS);
    const { mask, reduction = "mean", ...forward } = options;
    const logits = this.forward(ids, forward);
    return crossEntropy(logits, targets, mask ? { mask, reduction } : { reduction });
  }

  /** A pass over whole sequences, checked. */
  #whole(of: string, ids: Tensor, options: ForwardOptions): Pass {
    checkTensor(`ids of ${of}`, ids);
    check(of, options, FORWARD);
    if (options.training) check(`training of ${of}`, options.training, TRAINING);
    const [, T] = ids.shape;
    if (ids.shape.length !== 2 || T === undefined || T > this.blockSize) {
      throw new ContextLengthError(
        `ids have shape [${ids.shape}]; they must be (B, T) with T at most blockSize = ${this.blockSize}`,
      );
    }
    const attend: Pass["attend"] = (qkv, layer, dropout) =>
      selfAttention(qkv, { ...attentionOptions(this.config, layer), ...(dropout && { dropout }) });
    return { ...this.#pass(T), ...options, attend };
  }

  /**
   * Begins to decode: a cache of keys and values with `rows` rows of text, 0 to rows - 1, all empty. Dispose of it when done.
   */
  session(rows = 1): GptSession {
    const isLong = (length: number) => this.#rope.isLong(length);
    return new GptSession({ config: this.config, pass: (length) => this.#pass(length), isLong }, rows);
  }

  /** Frees the weights. */
  dispose(): void {
    const weights = [...this.#weights.values(), ...this.#frozen.values()];
    for (const each of [...weights, ...this.#offsets.values()]) each.dispose();
    this.#rope.dispose();
  }

  /** What a pass over a sequence of `length` positions needs of the model. */
  #pass(length: number) {
    const weight = (name: string): Tensor => this.#weights.get(name) ?? this.#frozen.get(name)!.tensor!;
    return {
      config: this.config,
      weight,
      product: this.#product,
      gain: (name: string) => this.#withOffset(weight(name)),
      angles: (layer: number) => this.#rope.of(layer, length),
    };
  }

  #withOffset(gain: Tensor): Tensor {
    const { normOffset } = this.config;
    if (normOffset === 0) return gain;
    const [width] = gain.shape as [number];
    let offset = this.#offsets.get(width);
    if (!offset) {
      offset = parameter("norm offset", new Float32Array(width).fill(normOffset), [width]); // outlives scopes
      this.#offsets.set(width, offset);
    }
    return add(gain, offset);
  }
}
