import { crossEntropy, type Parameter, type Tensor } from "@llm/tensor";
import { version } from "../package.json";
import { check, checkArgument, checkTensor } from "./check.js";
import { completeConfig } from "./complete-config.js";
import type { CompleteGptConfig, GptConfig } from "./config.js";
import type { Family } from "./families/family.js";
import type { FrozenWeight, WeightDType } from "./frozen.js";
import { initialWeights } from "./initial-weights.js";
import { cacheBytesOfLayer, layout, sizeOf } from "./layout.js";
import {
  type ForwardOptions,
  LOAD,
  LOSS,
  type LoadOptions,
  type LossOptions,
  type OutputHead,
  SAVE,
} from "./model-options.js";
import { ModelWeights } from "./model-weights.js";
import { hidden, network } from "./network.js";
import { NormOffsets } from "./norm-offsets.js";
import type { ParameterChoice } from "./parameter-choice.js";
import type { Pass, Product } from "./pass.js";
import { RopeTables } from "./rope.js";
import type { SaveOptions } from "./saved-model.js";
import { overSequences } from "./sequences.js";
import { GptSession, type SessionOptions } from "./session.js";
import { trainingFlops } from "./training-flops.js";

/** Families and files cost nothing until a model is read or written. */
const folders = () => import("./model-folder.js");
const saving = () => import("./saved-model.js");

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
  /** That of @llm/gpt: checkpoints of a training run name it. */
  readonly version: string = version;
  /** The configuration, complete. */
  readonly config: CompleteGptConfig;
  readonly #weights: ModelWeights;
  /** How it was stored, and is again. */
  readonly #family: Family | undefined;
  #rope: RopeTables;
  #offsets: NormOffsets;
  /** Every product with a matrix. */
  #product: Product;

  static {
    madeOf = (model) => ({
      weights: model.#weights.trained,
      frozen: model.#weights.frozen,
      family: model.#family,
      product: model.#product,
    });
    multiplying = (model, product) => {
      const other = new Gpt(model.config, model.#weights, model.#family);
      other.#product = product(model.#product);
      other.#rope = model.#rope;
      other.#offsets = model.#offsets;
      return other;
    };
  }

  private constructor(config: CompleteGptConfig, weights: ModelWeights, family?: Family) {
    this.config = config;
    this.#weights = weights;
    this.#family = family;
    this.#product = weights.pass.product;
    this.#rope = new RopeTables(config);
    this.#offsets = new NormOffsets(config);
  }

  /**
   * A new model, its weights drawn from `seed` by the law that `init` of the configuration names: GPT-2's if none.
   * @throws {ConfigError} for a configuration that cannot be built
   */
  static create(config: GptConfig, options: { seed: number }): Gpt {
    const complete = completeConfig(config);
    check("Gpt.create", options, { seed: "number!" });
    return new Gpt(complete, new ModelWeights(complete, initialWeights(complete, options.seed)));
  }

  /**
   * A model of weights that there are already, named and shaped as those of {@link Gpt.parameters}. They are the model's
   * from now on.
   * @throws {WeightsError} for a weight that is missing, mis-shaped or not the configuration's
   */
  static fromWeights(config: GptConfig, weights: Iterable<Parameter>): Gpt {
    const complete = completeConfig(config);
    checkArgument("weights of Gpt.fromWeights", weights, "iterable");
    return new Gpt(complete, ModelWeights.of(complete, weights));
  }

  /**
   * Reads a model of a published family from a folder in Hugging Face's layout (in the browser: from its URL), one tensor
   * after the other: beside the weights themselves it needs memory for the largest.
   *
   * With `dtype` "bfloat16", "int8" or "int4" the matrices are frozen: the model decodes in a half, a quarter or a sixth of the
   * memory, and may carry adapters, but its matrices cannot be trained.
   * @throws {WeightsError} when a file is absent or a tensor is missing or mis-shaped
   * @throws {ConfigError} for a family, or a setting of it, that is not computed here
   */
  static async load(folder: string, options: LoadOptions = {}): Promise<Gpt> {
    checkArgument("folder of Gpt.load", folder, "string");
    check("Gpt.load", options, LOAD);
    const { readFolder } = await folders();
    const { config, weights, family, frozen } = await readFolder(folder, options.dtype ?? "float32");
    return new Gpt(config, new ModelWeights(config, weights, frozen), family);
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
    return new Gpt(config, new ModelWeights(config, weights, frozen), family);
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
   * `dtype` says otherwise, those in int8 or int4 as the numbers that they stand for.
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
    return filesOf(this.config, this.#family, (name) => this.#weights.get(name), options);
  }

  /** What its matrices are kept in; the embedding and the head of an "int4" model are in 8 bits. */
  get dtype(): WeightDType {
    return this.#weights.dtype;
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
   * @throws {WeightsError} for a weight in bfloat16, int8 or int4, which cannot be trained
   */
  parameters(choice: ParameterChoice = {}): Parameter[] {
    check("parameters", choice, { only: "any", except: "any" });
    return this.#weights.parameters(choice);
  }

  /** A model of its own with the same weights. */
  clone(): Gpt {
    return new Gpt(this.config, this.#weights.clone(), this.#family);
  }

  /**
   * Takes over the weights of a model of the same configuration.
   * @throws {ConfigError} when it has another
   */
  copyFrom(other: Gpt): void {
    this.#weights.copyFrom(other.#weights);
  }

  /**
   * A model with more or fewer token ids: rows of the embedding, and of a head of its own, are kept from the first on, and
   * new ones drawn as in a new model. For chat tokens, which a base model has no rows for.
   * @throws {ConfigError} for a size that no vocabulary has
   */
  async resizeVocab(vocabSize: number, options: { seed: number }): Promise<Gpt> {
    check("resizeVocab", options, { seed: "number!" });
    this.#weights.refuseFrozen("be given rows");
    const { endOfText } = this.config;
    const kept = endOfText === undefined || endOfText < vocabSize ? {} : { endOfText: undefined };
    const next = Gpt.create({ ...this.config, ...kept, vocabSize }, options);
    await next.#weights.copyRowsFrom(this.#weights);
    return next;
  }

  /**
   * Floating-point operations that training spends on one token at context length T, forward and
   * backward: 6 N + 12 nHead headDim T a layer (Chowdhery et al., PaLM, 2022, appendix B), where N counts all
   * weights but tables that are looked up and multiply nothing, and T is at most the layer's window.
   */
  flopsPerToken(T: number): number {
    return trainingFlops(this.config, T);
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

  /**
   * The output head: logits = cap tanh((hidden weight' + bias) / cap), and without a cap where `softcap` is 0.
   * @throws {WeightsError} where its weight is in int8, which no tensor is
   */
  get head(): OutputHead {
    return this.#weights.head;
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

  #whole(of: string, ids: Tensor, options: ForwardOptions): Pass {
    const own = overSequences(of, this.config, ids, options);
    return { ...this.#pass(ids.shape[1]!), ...own };
  }

  /**
   * Begins to decode: a cache of keys and values with `rows` rows of text, 0 to rows - 1, all empty. Dispose of it when done.
   */
  session(rows = 1, options: SessionOptions = {}): GptSession {
    const isLong = (length: number) => this.#rope.isLong(length);
    const model = { config: this.config, pass: (length: number) => this.#pass(length), isLong };
    return new GptSession(model, rows, options);
  }

  /**
   * The most bytes that the cache of a session takes which was opened with so many rows and `positions`, while they reach
   * no further: keys and values in float32, and those of one layer a second time while it grows.
   */
  cacheBytes(rows: number, positions: number): number {
    checkArgument("rows of cacheBytes", rows, "natural");
    checkArgument("positions of cacheBytes", positions, "natural");
    return (this.config.nLayer + 1) * cacheBytesOfLayer(this.config, rows, positions);
  }

  /** Frees the weights. */
  dispose(): void {
    this.#weights.dispose();
    this.#offsets.dispose();
    this.#rope.dispose();
  }

  /** What a pass over a sequence of `length` positions needs of the model. */
  #pass(length: number) {
    const { weight } = this.#weights.pass;
    return {
      ...this.#weights.pass,
      config: this.config,
      product: this.#product,
      gain: (name: string) => this.#offsets.added(weight(name)),
      angles: (layer: number) => this.#rope.of(layer, length),
    };
  }
}
