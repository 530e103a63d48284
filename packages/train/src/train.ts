// One training loop: forward, backward, clip, update; evaluation and checkpoints at step borders.
// Everything random is keyed by (seed, step), so a run that stopped and went on equals one that did not.
import type { Kinds } from "@llm/platform/options";
import {
  accumulate,
  globalNorm,
  type Parameter,
  scope,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@llm/tensor";
import type { Batches } from "./batches.js";
import { check, checkInputs } from "./check.js";
import { type CheckpointStore, download, restore } from "./checkpoint.js";
import { DivergedError, OptionsError } from "./errors.js";
import { evaluate, type Trainable } from "./evaluate.js";
import { adamw, type Optimizer } from "./optimizer.js";
import type { Schedule } from "./schedule.js";

/** Options of {@link train}. */
export interface TrainOptions {
  /** Updates in all, those before a resume included. */
  steps: number;
  /** Rows per batch. */
  batchSize: number;
  /** Positions per row. */
  blockSize: number;
  /** Batches whose gradients are averaged into one update. Default 1. */
  accumulation?: number;
  /** The learning rate, or how it changes. */
  lr: number | Schedule;
  /** Default `adamw()`. */
  optimizer?: Optimizer;
  /** The most the global norm of the gradients may be; larger ones are scaled down. Default 1; `Infinity` never clips. */
  clip?: number;
  /** Compute activations again in the backward pass rather than keep them: less memory, more time. Default false. */
  recompute?: boolean;
  /** Keys the choice of batches and dropout. Default 0. */
  seed?: number;
  /** Mean loss over `batches` fixed batches of each split, every `every` steps and after the last. */
  evaluate?: { every: number; batches: number; splits?: readonly string[] };
  /** Where snapshots go, and where the run resumes from if there is one. Saved at the end in any case. */
  checkpoints?: CheckpointStore;
  /** Steps between checkpoints. Default: only at the end, or when stopped. */
  checkpointEvery?: number;
  /** Stops the run at the next step border: a checkpoint is saved and the loop ends. */
  signal?: AbortSignal;
  /** Peak FLOP/s of the machine, for the model FLOPs utilisation. */
  peakFlops?: number;
  /** Told when a run resumes with other settings than it began with. Default `console.warn`. */
  onWarning?: (message: string) => void;
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
  seed: "number",
  evaluate: "object",
  checkpoints: "object",
  checkpointEvery: "count",
  signal: "signal",
  peakFlops: "number",
  onWarning: "function",
};
const EVALUATE: Kinds<NonNullable<TrainOptions["evaluate"]>> = {
  every: "count!",
  batches: "count!",
  splits: "array",
};

/** What one update did. */
export interface TrainStep {
  /** Updates done, this one included: the first is 1. */
  readonly step: number;
  /** Mean cross-entropy of the step's batches before the update, in nats per token. */
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly gradNorm: number;
  /** The learning rate it used. */
  readonly lr: number;
  /** Tokens seen since the first step of the run. */
  readonly tokens: number;
  /** Wall time of the update, without evaluation and checkpoint. */
  readonly seconds: number;
  readonly tokensPerSecond: number;
  /** Share of `peakFlops` that the model's arithmetic used (Chowdhery et al., 2022). */
  readonly mfu?: number;
  /** Mean loss by split, on steps that evaluate. */
  readonly evaluation?: Readonly<Record<string, number>>;
}

/**
 * Trains `model` in place and yields every update. Ends after `steps` updates, or at the first step
 * border after `signal` is aborted.
 * @throws {DivergedError} when loss or gradient is not finite; the update is not made
 * @throws {CheckpointError} when the checkpoint found is another model's
 * @throws {OptionsError} for options that cannot be carried out
 */
export async function* train(
  model: Trainable,
  data: Batches,
  options: TrainOptions,
): AsyncGenerator<TrainStep, void, undefined> {
  checkInputs("train", model, data);
  checkPlan(options);
  const { steps, batchSize, blockSize, accumulation = 1, optimizer = adamw() } = options;
  const { clip = 1, seed = 0, checkpoints, checkpointEvery = Infinity, signal } = options;
  const { lr, onWarning = console.warn } = options;
  const rate = typeof lr === "number" ? () => lr : lr;
  const parameters = distinct(model.parameters());
  const settings = {
    optimizer: optimizer.description,
    seed,
    batchSize,
    blockSize,
    accumulation,
    clip: String(clip),
  };
  const state = optimizer.start(parameters);
  let saved = 0;
  let evaluation: Readonly<Record<string, number>> | undefined;

  const save = async (step: number) => {
    if (checkpoints && saved !== step) {
      await checkpoints.save({
        step,
        weights: await download(parameters.map((p) => [p.name, p] as const)),
        optimizer: await download(state.tensors()),
        evaluation,
        settings,
      });
      saved = step;
    }
  };

  try {
    const snapshot = await checkpoints?.latest();
    if (snapshot) {
      restore(snapshot, parameters, state, optimizer);
      saved = snapshot.step;
      evaluation = snapshot.evaluation;
      warnOfChanges(snapshot.settings, settings, onWarning);
    }
    for (let step = saved + 1; step <= steps; step++) {
      if (signal?.aborted) {
        break;
      }
      const started = performance.now();
      const { loss, grads } = await gradients(model, parameters, data, step, options);
      const gradNorm = (await globalNorm(grads)) / accumulation;
      if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
        dispose(grads);
        throw new DivergedError(
          `at step ${step} the loss is ${loss} and the gradient norm ${gradNorm}; lower the learning rate ${rate(step - 1)}, clip harder, or look at the data`,
        );
      }
      const update = {
        lr: rate(step - 1),
        step,
        // As torch.nn.utils.clip_grad_norm_, on the mean of the accumulated gradients.
        gradScale: Math.min(1, clip / (gradNorm + 1e-6)) / accumulation,
      };
      state.update(grads, update);
      dispose(grads);
      const seconds = (performance.now() - started) / 1000;

      const { every = Infinity, ...fixed } = options.evaluate ?? { batches: 0 };
      const isEvaluated = options.evaluate && (step % every === 0 || step === steps);
      const evaluated = isEvaluated
        ? await evaluate(model, data, { ...fixed, batchSize, blockSize, seed })
        : undefined;
      evaluation = evaluated ?? evaluation;
      if (step % checkpointEvery === 0 || step === steps) {
        await save(step);
      }
      const rowTokens = batchSize * blockSize * accumulation;
      const tokensPerSecond = rowTokens / seconds;
      const flops = model.flopsPerToken?.(blockSize);
      yield {
        step,
        loss,
        gradNorm,
        lr: update.lr,
        tokens: step * rowTokens,
        seconds,
        tokensPerSecond,
        ...(flops && options.peakFlops ? { mfu: (flops * tokensPerSecond) / options.peakFlops } : {}),
        ...(evaluated ? { evaluation: evaluated } : {}),
      };
      if (signal?.aborted) {
        await save(step);
        break;
      }
    }
  } finally {
    state.dispose();
  }
}

/** Mean loss of a step's batches, and the sum of their gradients, which the caller frees. */
async function gradients(
  model: Trainable,
  parameters: readonly Parameter[],
  data: Batches,
  step: number,
  options: TrainOptions,
): Promise<{ loss: number; grads: Tensor[] }> {
  const { batchSize, blockSize, accumulation = 1, seed = 0, recompute = false } = options;
  let loss = 0;
  let total: Tensor[] | undefined;
  for (let micro = 0; micro < accumulation; micro++) {
    const batch = data.batch({ split: "train", step, micro, accumulation, batchSize, blockSize, seed });
    const training = { seed, step: step * accumulation + micro };
    const { value, grads } = scope(() => {
      const ids = tensor(batch.ids, [batchSize, blockSize], "int32");
      const targets = tensor(batch.targets, [batchSize, blockSize], "int32");
      return valueAndGrad(() => model.loss(ids, targets, { training, recompute }), parameters);
    });
    if (total) {
      for (const [i, grad] of grads.entries()) {
        accumulate(total[i]!, grad);
      }
      dispose(grads);
    } else {
      total = grads;
    }
    loss += (await value.data())[0]! / accumulation;
    value.dispose();
  }
  return { loss, grads: total! };
}

function dispose(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    tensor.dispose();
  }
}

/** A tied weight counts once; two weights of one name could not be told apart in a checkpoint. */
function distinct(parameters: readonly Parameter[]): Parameter[] {
  const all = [...new Set(parameters)];
  const names = new Set(all.map(({ name }) => name));
  if (names.size < all.length) {
    const twice = all.find((p, i) => all.findIndex(({ name }) => name === p.name) < i);
    throw new OptionsError(`two parameters are named "${twice?.name}"; names must differ`);
  }
  return all;
}

/** @throws {OptionsError} */
function checkPlan(options: TrainOptions): void {
  check("train", options, TRAIN);
  if (options.evaluate) check("evaluate of train", options.evaluate, EVALUATE);
  const { clip = 1 } = options;
  if (!(clip > 0)) {
    throw new OptionsError(`clip is ${clip}; it must be above 0, and Infinity never clips`);
  }
}

function warnOfChanges(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
  onWarning: (message: string) => void,
): void {
  for (const [name, value] of Object.entries(now)) {
    if (JSON.stringify(before[name]) !== JSON.stringify(value)) {
      onWarning(
        `resuming with ${name} = ${JSON.stringify(value)}, where the run so far had ${JSON.stringify(before[name])}: it will not equal a run in one piece`,
      );
    }
  }
}
