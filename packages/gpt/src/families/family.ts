import type { CompleteGptConfig, GptConfig } from "../config.js";
import type { Settings } from "./settings.js";

/** Where the values of one of our weights are in a file. `{l}` stands for the layer. */
export interface TensorRule {
  readonly ours: string;
  /** Their tensors: more than one are joined, in this order, along our last axis. */
  readonly theirs: readonly TensorPart[];
  /** Theirs are [out, in], as torch's Linear has them. */
  readonly transposed: boolean;
}

export interface TensorPart {
  readonly name: string;
  /** How much of our last axis it has, where it is one of several. */
  readonly columns: (config: CompleteGptConfig) => number;
}

/** Where the weights of a kind of models are in its files. */
export interface TensorNames {
  readonly modelType: string;
  /** What names of tensors may begin with, which some files leave out. */
  readonly prefix: string;
  /** null: weights have our names and layout. */
  readonly tensors: readonly TensorRule[] | null;
  /** Tensors of a file that hold nothing to be learned: masks and tables. */
  readonly ignored?: RegExp;
  /** Its readers know no model without biases, so that one without is stored with zeros. */
  readonly alwaysBiased?: true;
}

/** How a published family of models stands in a folder: keys of config.json and names of tensors, to ours and back. */
export interface Family extends TensorNames {
  /** `model_type` in config.json. */
  readonly modelType: string;
  /** The class of transformers that opens it. */
  readonly architecture: string;
  read(settings: Settings): GptConfig;
  /** The keys that `read` reads. What the family cannot say comes back as something else. */
  write(config: CompleteGptConfig): Record<string, unknown>;
}
