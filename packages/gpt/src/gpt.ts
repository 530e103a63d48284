import type { Kinds } from "@llm/platform/options";
import {
  accumulate,
  add,
  crossEntropy,
  type Parameter,
  parameter,
  randomNormal,
  scope,
  selfAttention,
  type Tensor,
} from "@llm/tensor";
import { writeModelFiles } from "#files";
import { attentionOptions } from "./attention-options.js";
import { check, checkArgument, checkTensor } from "./check.js";
import { completeConfig } from "./complete-config.js";
import type { CompleteGptConfig, GptConfig } from "./config.js";
import { describe, type TensorDescription } from "./describe.js";
import { ContextLengthError } from "./errors.js";
import type { Family } from "./families/family.js";
import { layout, sizeOf } from "./layout.js";
import { filesOf, readFiles, readFolder } from "./model-folder.js";
import { blocks, head, type Pass, type TrainingKey } from "./network.js";
import { RopeTables } from "./rope.js";
import { GptSession } from "./session.js";

/** Options of {@link Gpt.forward}. */
export interface ForwardOptions {
  /** Given in training: turns dropout on, with masks drawn from this key. */
  training?: TrainingKey;
  /**
   * Inside `valueAndGrad`, keep only each block's input and compute the block again in the backward pass: the same
   * gradients to the bit, with a fraction of the memory and about a third more time. Of no effect with `capture`.
   */
  recompute?: boolean;
  /** Called with every activation that `describe()` lists, as it is made. */
  capture?: (name: string, tensor: Tensor) => void;
}

/** Options of {@link Gpt.loss}. */
export interface LossOptions {
  /** (B, T), 1 where a target counts and 0 where it does not. */
  mask?: Tensor;
  /** Given in training: turns dropout on, with masks drawn from this key. */
  training?: TrainingKey;
  /** As in {@link ForwardOptions}: less memory for more time. */
  recompute?: boolean;
}

const TRAINING: Kinds<TrainingKey> = { seed: "number!", step: "number!" };
const FORWARD: Kinds<ForwardOptions> = { training: "object", recompute: "boolean", capture: "function" };
const LOSS: Kinds<LossOptions> = { mask: "object", training: "object", recompute: "boolean" };

/** A model of the GPT family on the current engine of @llm/tensor. */
export class Gpt {
  /** The configuration, complete. */
  readonly config: CompleteGptConfig;
  readonly #weights: ReadonlyMap<string, Parameter>;
  /** How it was stored, and is again. */
  readonly #family: Family | undefined;
  readonly #rope: RopeTables;
  /** What norms add to their weights, by width. */
  readonly #offsets = new Map<number, Tensor>();

  private constructor(config: CompleteGptConfig, weights: ReadonlyMap<string, Parameter>, family?: Family) {
    this.config = config;
    this.#weights = new Map(layout(config).map(({ name }) => [name, weights.get(name)!]));
    this.#family = family;
    this.#rope = new RopeTables(config);
  }

  /**
   * A new model with GPT-2's initial weights, drawn from `seed`.
   * @throws {ConfigError} for a configuration that cannot be built
   */
  static create(config: GptConfig, options: { seed: number }): Gpt {
    const complete = completeConfig(config);
    check("Gpt.create", options, { seed: "number!" });
    const weights = new Map<string, Parameter>();
    for (const [stream, { name, shape, init }] of layout(complete).entries()) {
      const data = new Float32Array(sizeOf(shape));
      if ("value" in init) {
        data.fill(init.value);
      }
      const weight = parameter(name, data, shape);
      if ("std" in init) {
        const { std } = init;
        scope(() => accumulate(weight, randomNormal(shape, { mean: 0, std, seed: options.seed, stream })));
      }
      weights.set(name, weight);
    }
    return new Gpt(complete, weights);
  }

  /**
   * Reads a model of a published family from a folder in Hugging Face's layout (in the browser: from its URL), one tensor
   * after the other: beside the weights themselves it needs memory for the largest.
   * @throws {WeightsError} when a file is absent or a tensor is missing or mis-shaped
   * @throws {ConfigError} for a family, or a setting of it, that is not computed here
   */
  static async load(folder: string): Promise<Gpt> {
    checkArgument("folder of Gpt.load", folder, "string");
    const { config, weights, family } = await readFolder(folder);
    return new Gpt(config, weights, family);
  }

  /** Reads a model from the bytes of its `config.json` and `model.safetensors`. */
  static fromFiles(files: Readonly<Record<string, Uint8Array>>): Gpt {
    checkArgument("files of Gpt.fromFiles", files, "object");
    const { config, weights, family } = readFiles(files);
    return new Gpt(config, weights, family);
  }

  /** The bytes of `config.json` and `model.safetensors`, as `transformers` opens them. */
  async toFiles(): Promise<{ "config.json": Uint8Array; "model.safetensors": Uint8Array }> {
    const contents = await Promise.all(
      Object.entries(this.#files()).map(async ([name, chunks]) => [name, await joined(chunks)] as const),
    );
    return Object.fromEntries(contents) as Awaited<ReturnType<Gpt["toFiles"]>>;
  }

  /**
   * Writes {@link Gpt.toFiles} to a folder, each file aside first, then fsynced and renamed; the weights one by one, so
   * that it needs memory for the largest only.
   */
  async save(folder: string): Promise<void> {
    checkArgument("folder of save", folder, "string");
    await writeModelFiles(folder, this.#files());
  }

  #files() {
    return filesOf(this.config, this.#family, (name) => this.#weights.get(name)!);
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

  /** Every weight once, in the order of the forward pass, named as in Hugging Face's GPT-2 whatever the family. */
  parameters(): Parameter[] {
    return [...this.#weights.values()];
  }

  /**
   * Floating-point operations that training spends on one token at context length T, forward and
   * backward: 6 N + 12 nHead headDim T a layer (Chowdhery et al., PaLM, 2022, appendix B), where N counts all
   * weights but tables that are looked up and multiply nothing, and T is at most the layer's window.
   */
  flopsPerToken(T: number): number {
    const { nHead, headDim, tied, windows } = this.config;
    const lookedUp = (name: string) => name === "wpe.weight" || (name === "wte.weight" && !tied);
    const N = layout(this.config)
      .filter(({ name }) => !lookedUp(name))
      .reduce((total, { shape }) => total + sizeOf(shape), 0);
    const seen = windows.reduce((total, window) => total + (window > 0 ? Math.min(window, T) : T), 0);
    return 6 * N + 12 * nHead * headDim * seen;
  }

  /** Every tensor of the forward pass: name, shape and what it depends on. */
  describe(): TensorDescription[] {
    return describe(this.config);
  }

  /**
   * Logits (B, T, vocabSize) for ids (B, T), int32: row t predicts the token at t + 1.
   * @throws {ContextLengthError} when T is beyond `blockSize`
   */
  forward(ids: Tensor, options: ForwardOptions = {}): Tensor {
    checkTensor("ids of forward", ids);
    check("forward", options, FORWARD);
    if (options.training) check("training of forward", options.training, TRAINING);
    const [, T] = ids.shape;
    if (ids.shape.length !== 2 || T === undefined || T > this.blockSize) {
      throw new ContextLengthError(
        `ids have shape [${ids.shape}]; they must be (B, T) with T at most blockSize = ${this.blockSize}`,
      );
    }
    const pass: Pass = {
      ...this.#pass(T),
      ...options,
      offset: 0,
      attend: (qkv, layer) => selfAttention(qkv, attentionOptions(this.config, layer)),
    };
    return head(blocks(ids, pass), pass);
  }

  /** Mean cross-entropy, in nats per counted token, of targets (B, T) after ids (B, T): a scalar. */
  loss(ids: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
    checkTensor("ids of loss", ids);
    checkTensor("targets of loss", targets);
    check("loss", options, LOSS);
    const { mask, ...forward } = options;
    const logits = this.forward(ids, forward);
    return crossEntropy(logits, targets, mask ? { mask } : undefined);
  }

  /** Begins to decode `rows` sequences with a cache of keys and values. Dispose of it when done. */
  session(rows = 1): GptSession {
    return new GptSession((length) => this.#pass(length), rows);
  }

  /** Frees the weights. */
  dispose(): void {
    for (const tensor of [...this.#weights.values(), ...this.#offsets.values()]) tensor.dispose();
    this.#rope.dispose();
  }

  /** What a pass over a sequence of `length` positions needs of the model. */
  #pass(length: number) {
    const weight = (name: string): Tensor => this.#weights.get(name)!;
    return {
      config: this.config,
      weight,
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

async function joined(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const bytes = new Uint8Array(all.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of all) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
