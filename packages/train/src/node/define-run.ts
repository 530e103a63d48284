import type { useEngine } from "@llm/tensor";
import type { Batches } from "../data/batch.js";
import type { Trainable, TrainOptions } from "../train-options.js";

/** What `train` is told, but for what the command sees to: the checkpoints, and what stops the run. */
export type RunOptions = Omit<TrainOptions, "checkpoints" | "signal" | "onWarning">;

/** A run as the command `train` takes it: the default export of a file. */
export interface RunConfig {
  /** The model, or what makes it; that is called once the engine is chosen. */
  model: Trainable | (() => Trainable | Promise<Trainable>);
  data: Batches | (() => Batches | Promise<Batches>);
  /** Options of `train`; a function hears what `--steps` asks for, so that a schedule can follow it. */
  options: RunOptions | ((asked: { steps?: number }) => RunOptions);
  /** The folder of checkpoints and logs. Without one nothing is saved. */
  out?: string;
  /** Default: the one that the file has chosen, else `"auto"`. */
  engine?: Parameters<typeof useEngine>[0];
  /** Threads of the engine. Default: its own choice. */
  threads?: number;
  /** How many of the latest checkpoints stay, beside the best. Default 2. */
  keep?: number;
  /** More files for every checkpoint, such as the model's `config.json`. */
  files?: Readonly<Record<string, Uint8Array | string>>;
  /** Also writes event files for TensorBoard. Default false. */
  tensorboard?: boolean;
  /** Bytes of text that each token id stands for: then `train eval` says bits per byte. */
  tokenBytes?: ArrayLike<number>;
  /** The text of one token, for `train inspect`. */
  decode?: (id: number) => string;
}

/** Says what a run is. It gives back what it is given, and an editor knows its names. */
export function defineRun(config: RunConfig): RunConfig {
  return config;
}
