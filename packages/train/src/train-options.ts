import type { Kinds } from "@llm/platform/options";
import type { Parameter } from "@llm/tensor";
import { check } from "./check.js";
import type { CheckpointStore, Losses } from "./checkpoint.js";
import { OptionsError } from "./errors.js";
import type { Scorable } from "./losses.js";
import { checkedAt, FROM_ZERO } from "./optimizer/changing.js";
import type { Optimizer } from "./optimizer/optimizer.js";
import type { Processes } from "./processes/processes.js";
import type { Schedule } from "./schedule.js";

/** What `train` asks of a model. @llm/gpt's `Gpt` is one. */
export interface Trainable extends Scorable {
  /** Every weight to train, a tied one once. */
  parameters(): Parameter[];
  /** Operations per token of training at context length T, for the utilisation. */
  flopsPerToken?(T: number): number;
  /** What it is made of: a run resumes only with an equal one. */
  readonly config?: object;
  /** The version of the program that computes it: a run does not resume with another release of it. */
  readonly version?: string;
}

/** Options of {@link train}. */
export interface TrainOptions {
  /** Updates in all, those before a resume included. */
  steps: number;
  /** Rows per batch. */
  batchSize: number;
  /** Positions per row. */
  blockSize: number;
  /** Batches whose gradients make one update, in each process. Default 1. */
  accumulation?: number;
  /** The learning rate, or how it changes. */
  lr: number | Schedule;
  /** Default `adamw()`. */
  optimizer?: Optimizer;
  /** The most the global norm of the gradients may be; larger ones are scaled down. Default 1; `Infinity` never clips. */
  clip?: number;
  /** Compute activations again in the backward pass rather than keep them: less memory, more time. Default false. */
  recompute?: boolean;
  /**
   * Processes that train this model together: gradients are summed over all, evaluation is shared out, and the one of rank 0
   * saves. All run the same program. One that throws, leaves, or whose `signal` is aborted ends them all at the same step.
   */
  processes?: Processes;
  /** Keys the choice of batches and dropout. Default 0. */
  seed?: number;
  /** The mean loss of each split, now and then. */
  evaluate?: EvaluationPlan;
  /** Where snapshots go, and where the run resumes from if there is one. Saved whenever and however the run ends. */
  checkpoints?: CheckpointStore;
  /** Steps between checkpoints. Default: only at the end. */
  checkpointEvery?: number;
  /** Settings that may differ from those of the checkpoint: `"lr"`, `"batchSize"`, `"model.dropout"`, `"model"`, `"engine"`. */
  allowChanges?: readonly string[];
  /** Ends the run after the batch it is at. A step that is not finished then is dropped, and the one before is saved. */
  signal?: AbortSignal;
  /** Peak FLOP/s of the machine, or of all processes together, for the model FLOPs utilisation. */
  peakFlops?: number;
  /** Told the norm of every parameter's gradient before clipping, summed over all processes; each of them is told. */
  onGradients?: (norms: ReadonlyMap<string, number>, step: number) => void;
  /** Told when a run resumes with other settings that `allowChanges` lets pass, and the like. Default `console.warn`. */
  onWarning?: (message: string) => void;
}

/** When `train` evaluates. */
export interface EvaluationPlan {
  /** Every so many steps, and after the last. */
  every: number;
  /** Fixed batches of each split. A resume with another number is refused unless `allowChanges` names `"evaluate.batches"`. */
  batches: number;
  /** Default `["val"]`. */
  splits?: readonly string[];
  /**
   * Evaluates the averages that {@link averaged} keeps rather than the weights; `patience` goes by them then. Default false. A
   * resume with the other is refused unless `allowChanges` names `"evaluate.averages"`.
   */
  averages?: boolean;
  /** The run ends after so many evaluations without a new lowest loss of the first split. Default: never. */
  patience?: number;
}

const TRAIN: Kinds<TrainOptions> = {
  steps: "count!",
  batchSize: "count!",
  blockSize: "count!",
  accumulation: "count",
  lr: "number|function!",
  optimizer: "object",
  clip: "number",
  recompute: "boolean",
  processes: "object",
  seed: "number",
  evaluate: "object",
  checkpoints: "object",
  checkpointEvery: "count",
  allowChanges: "array",
  signal: "signal",
  peakFlops: "number",
  onGradients: "function",
  onWarning: "function",
};
const EVALUATE: Kinds<EvaluationPlan> = {
  every: "count!",
  batches: "count!",
  splits: "array",
  averages: "boolean",
  patience: "count",
};

/** What one update did. */
export interface TrainStep {
  /** Updates done, this one included: the first is 1. */
  readonly step: number;
  /** Mean cross-entropy of the step's batches before the update, in nats per target that counts. */
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly gradNorm: number;
  /** The learning rate it used. */
  readonly lr: number;
  /** Tokens seen since the first step of the run, by all processes. */
  readonly tokens: number;
  /** Wall time of the update, without evaluation and checkpoint. */
  readonly seconds: number;
  readonly tokensPerSecond: number;
  /** Share of `peakFlops` that the model's arithmetic used (Chowdhery et al., 2022). */
  readonly mfu?: number;
  /** Mean loss by split, on steps that evaluate. */
  readonly evaluation?: Losses;
}

/** Checks all that can be checked before anything changes. @throws {OptionsError} */
export function checkPlan(options: TrainOptions): Schedule {
  check("train", options, TRAIN);
  if (options.evaluate) check("evaluate of train", options.evaluate, EVALUATE);
  const { clip = 1, lr } = options;
  if (!(clip > 0)) {
    throw new OptionsError(`clip of train is ${clip}; it must be above 0, and Infinity never clips`);
  }
  return checkedAt("lr of train", lr, FROM_ZERO);
}
