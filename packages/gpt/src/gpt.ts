// GPT-2 (Radford et al., 2019), with the options nanoGPT trains with: pre-LN blocks, learned
// positions, fused q|k|v, and an output head that is the token embedding itself.

import type { Kinds } from "@llm/platform/options";
import {
  accumulate,
  crossEntropy,
  decodeSafetensors,
  type Parameter,
  parameter,
  randomNormal,
  readSafetensors,
  type SafetensorsData,
  SafetensorsError,
  scope,
  selfAttention,
  type Tensor,
} from "@llm/tensor";
import { openModelFile, readModelFile, writeModelFiles } from "#files";
import { check, checkArgument, checkTensor } from "./check.js";
import { type CompleteGptConfig, completeConfig, type GptConfig } from "./config.js";
import { describe, type TensorDescription } from "./describe.js";
import { ContextLengthError, WeightsError } from "./errors.js";
import { encodeWeights, fromHuggingFaceConfig, matchWeights, toHuggingFaceConfig } from "./huggingface.js";
import { layout, sizeOf } from "./layout.js";
import { blocks, head, type Pass, type TrainingKey } from "./network.js";
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

function parseConfig(bytes: Uint8Array): CompleteGptConfig {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new WeightsError("config.json is not JSON; was it cut short?", { cause });
  }
  return fromHuggingFaceConfig(json);
}

function addWeight(
  weights: Map<string, Parameter>,
  name: string | undefined,
  shape: readonly number[],
  data: SafetensorsData,
): void {
  if (name !== undefined) weights.set(name, parameter(name, data, shape));
}

/** What a damaged file has thrown, in this package's words; any other error as it is. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof SafetensorsError)) return error;
  return new WeightsError(`model.safetensors cannot be read; was it cut short? ${error.message}`, {
    cause: error,
  });
}

/** A GPT-2 model on the current engine of @llm/tensor. */
export class Gpt {
  /** The configuration, complete. */
  readonly config: CompleteGptConfig;
  readonly #weights: ReadonlyMap<string, Parameter>;

  private constructor(config: CompleteGptConfig, weights: ReadonlyMap<string, Parameter>) {
    this.config = config;
    this.#weights = new Map(layout(config).map(({ name }) => [name, weights.get(name)!]));
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
   * Reads a model from a folder in Hugging Face's layout (in the browser: from its URL), one tensor after the other: beside
   * the weights themselves it needs memory for the largest.
   * @throws {WeightsError} when a file is absent or a tensor is missing or mis-shaped
   */
  static async load(folder: string): Promise<Gpt> {
    checkArgument("folder of Gpt.load", folder, "string");
    const absent = (name: string) => (cause: unknown) => {
      throw new WeightsError(
        `no readable ${name} in "${folder}"; a model folder holds config.json and model.safetensors`,
        { cause },
      );
    };
    const json = await readModelFile(folder, "config.json").catch(absent("config.json"));
    const config = parseConfig(json);
    const chunks = await openModelFile(folder, "model.safetensors").catch(absent("model.safetensors"));
    const weights = new Map<string, Parameter>();
    try {
      const { infos, tensors, close } = await decodeSafetensors(chunks);
      try {
        const match = matchWeights(config, infos);
        for await (const [name, { shape, data }] of tensors)
          addWeight(weights, match(name, data), shape, data);
      } finally {
        await close();
      }
    } catch (error) {
      for (const weight of weights.values()) weight.dispose();
      throw unreadable(error);
    }
    return new Gpt(config, weights);
  }

  /** Reads a model from the bytes of its `config.json` and `model.safetensors`. */
  static fromFiles(files: Readonly<Record<string, Uint8Array>>): Gpt {
    checkArgument("files of Gpt.fromFiles", files, "object");
    const bytes = (name: string): Uint8Array => {
      const content = files[name];
      if (!content) {
        throw new WeightsError(`${name} is not among the files given: ${Object.keys(files)}`);
      }
      return content;
    };
    const config = parseConfig(bytes("config.json"));
    const content = bytes("model.safetensors");
    const weights = new Map<string, Parameter>();
    try {
      const { tensors } = readSafetensors(content);
      const match = matchWeights(
        config,
        [...tensors].map(([name, { shape }]) => ({ name, shape })),
      );
      for (const [name, { shape, data }] of tensors) addWeight(weights, match(name, data), shape, data);
    } catch (error) {
      for (const weight of weights.values()) weight.dispose();
      throw unreadable(error);
    }
    return new Gpt(config, weights);
  }

  /** The bytes of `config.json` and `model.safetensors`, as `transformers` opens them. */
  async toFiles(): Promise<{ "config.json": Uint8Array; "model.safetensors": Uint8Array }> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#encoded()) chunks.push(chunk);
    const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return { "config.json": this.#json(), "model.safetensors": bytes };
  }

  /**
   * Writes {@link Gpt.toFiles} to a folder, each file aside first, then fsynced and renamed; the weights one by one, so
   * that it needs memory for the largest only.
   */
  async save(folder: string): Promise<void> {
    checkArgument("folder of save", folder, "string");
    await writeModelFiles(folder, { "config.json": [this.#json()], "model.safetensors": this.#encoded() });
  }

  #json(): Uint8Array {
    return new TextEncoder().encode(`${JSON.stringify(toHuggingFaceConfig(this.config), null, 2)}\n`);
  }

  #encoded(): AsyncIterable<Uint8Array> {
    return encodeWeights(this.config, (name) => this.#weights.get(name)!.data());
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

  /** Every weight once, in the order of the forward pass, named as in Hugging Face's GPT-2. */
  parameters(): Parameter[] {
    return [...this.#weights.values()];
  }

  /**
   * Floating-point operations that training spends on one token at context length T, forward and
   * backward: 6 N + 12 nLayer nEmbd T (Chowdhery et al., PaLM, 2022, appendix B), where N counts all
   * weights but the position table, which multiplies nothing. The figure nanoGPT's MFU rests on.
   */
  flopsPerToken(T: number): number {
    const { nLayer, nEmbd, blockSize } = this.config;
    return 6 * (this.numParameters - blockSize * nEmbd) + 12 * nLayer * nEmbd * T;
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
    const { nHead } = this.config;
    const pass: Pass = {
      ...this.#pass(),
      ...options,
      offset: 0,
      attend: (qkv, _, dropout) => selfAttention(qkv, { nHead, causal: true, ...(dropout && { dropout }) }),
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
    return new GptSession(this.#pass(), rows);
  }

  /** Frees the weights. */
  dispose(): void {
    for (const weight of this.#weights.values()) {
      weight.dispose();
    }
  }

  #pass() {
    return { config: this.config, weight: (name: string): Tensor => this.#weights.get(name)! };
  }
}
