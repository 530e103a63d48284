// Supervised fine-tuning: the training loop over packed conversations, so that all it has (checkpoints, exact resume, evaluation,
// processes, schedules) is here too.
import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import { adamw } from "../optimizer/adamw.js";
import { ABOVE_ZERO, checkRange, FROM_ZERO } from "../optimizer/changing.js";
import { type Schedule, schedule } from "../schedule.js";
import { train } from "../train.js";
import type { EvaluationPlan, Trainable, TrainOptions, TrainStep } from "../train-options.js";
import { type PackedConversations, type PackingSummary, packConversations } from "./conversations.js";
import type { ConversationOptions, Conversations } from "./read-conversations.js";

/** Options of {@link sft}: those of `train` and of `packConversations`, but for what is said here. */
export interface SftOptions<C>
  extends Omit<TrainOptions, "steps" | "evaluate" | "blockSize">,
    Omit<ConversationOptions<C>, "vocabSize"> {
  /** How often each conversation is seen. Default 1. The last step may take rows of the epoch after. */
  epochs?: number;
  /** Updates in all, instead of `epochs`. */
  steps?: number;
  /**
   * The learning rate. A number is nanochat's course: this rate for the first half, then a straight line to 0. A schedule is taken as
   * it is.
   */
  lr: number | Schedule;
  /** Evaluation on `heldOut`. Default: all of it, once an epoch and after the last step. */
  evaluate?: Partial<Omit<EvaluationPlan, "splits">>;
  /** Told before the first step how the conversations became rows, and how many steps there will be. */
  onPlan?: (plan: SftPlan) => void;
}

/** What a run of `sft` is going to be. */
export interface SftPlan {
  /** Updates in all. */
  readonly steps: number;
  /** Updates in which each conversation is seen once, a fraction. */
  readonly stepsPerEpoch: number;
  readonly train: PackingSummary;
  readonly heldOut?: PackingSummary;
}

/** What one update did. */
export interface SftStep extends TrainStep {
  /** Updates in all. */
  readonly steps: number;
  /** How often each conversation was seen by now, a fraction. */
  readonly epoch: number;
}

const EVALUATE: Kinds<NonNullable<SftOptions<unknown>["evaluate"]>> = {
  every: "count",
  batches: "count",
  averages: "boolean",
  patience: "count",
};
const SFT: Kinds<SftOptions<unknown>> = {
  ...{ render: "function!", heldOut: "iterable" },
  tooLong: ["refuse", "truncate", "skip"],
  nothingToLearn: ["refuse", "skip"],
  ...{ epochs: "number", steps: "count", onPlan: "function" },
  ...{ batchSize: "count!", blockSize: "count!", accumulation: "count", lr: "number|function!" },
  ...{ optimizer: "object", clip: "number", recompute: "boolean", processes: "object", seed: "number" },
  ...{ evaluate: "object", checkpoints: "object", checkpointEvery: "count", allowChanges: "array" },
  ...{ signal: "signal", peakFlops: "number", onGradients: "function", onWarning: "function" },
};

/**
 * Fine-tunes `model` on conversations in place and yields every update, as `train` does: it ends and resumes alike. The loss is the
 * mean over the step's learned tokens: assistant text, tool calls and end tokens, by the mask of `render`. With the adapters of
 * `lora` in @llm/gpt as the model, they alone are trained.
 *
 * The optimiser is AdamW without weight decay unless given.
 * @throws {ConversationError} for a conversation that cannot be trained on: its `index` says which
 * @throws as `train` does
 */
export async function* sft<C>(
  model: Trainable,
  conversations: Conversations<C>,
  options: SftOptions<C>,
): AsyncGenerator<SftStep, void, undefined> {
  check("sft", options as SftOptions<unknown>, SFT);
  const { render, heldOut, tooLong = "refuse", nothingToLearn = "refuse", ...others } = options;
  const { epochs, steps: wanted, evaluate, onPlan, ...rest } = others;
  const { batchSize, blockSize, accumulation = 1, lr, seed = 0, processes, signal } = rest;
  if (evaluate) check("evaluate of sft", evaluate, EVALUATE);
  if (evaluate && !heldOut) throw new OptionsError("evaluate of sft needs conversations: pass heldOut");
  if (epochs !== undefined && wanted !== undefined) {
    throw new OptionsError(`epochs of sft is ${epochs} and steps ${wanted}; pass one of them`);
  }
  checkRange("epochs of sft", epochs ?? 1, ABOVE_ZERO);
  if (typeof lr === "number") checkRange("lr of sft", lr, FROM_ZERO);

  const vocabSize = (model?.config as { vocabSize?: number } | undefined)?.vocabSize;
  const data = await packUnlessAborted(conversations, {
    ...{ render, blockSize, tooLong, nothingToLearn },
    ...(heldOut ? { heldOut } : {}),
    ...(vocabSize === undefined ? {} : { vocabSize }),
    // Processes that train together end together, which is the loop's to see to.
    ...(signal && !processes ? { signal } : {}),
  });
  if (!data) return;
  const summaries = {
    train: data.summary("train", seed),
    ...(heldOut ? { heldOut: data.summary("val", seed) } : {}),
  };
  const { rows } = summaries.train;
  const rowsPerStep = batchSize * accumulation * (processes?.world ?? 1);
  const steps = wanted ?? Math.ceil(((epochs ?? 1) * rows) / rowsPerStep);
  const stepsPerEpoch = rows / rowsPerStep;
  onPlan?.({ steps, stepsPerEpoch, ...summaries });

  const plan: EvaluationPlan = {
    every: Math.ceil(stepsPerEpoch),
    batches: Math.ceil((summaries.heldOut?.rows ?? 1) / batchSize),
    ...evaluate,
  };
  for await (const step of train(model, data, {
    optimizer: adamw({ weightDecay: 0 }),
    ...rest,
    steps,
    lr: typeof lr === "number" ? schedule.wsd({ lr, steps, decay: Math.floor(steps / 2) }) : lr,
    ...(heldOut ? { evaluate: plan } : {}),
  })) {
    yield { ...step, steps, epoch: step.step / stepsPerEpoch };
  }
}

/** @returns undefined when the signal is aborted before all is packed */
async function packUnlessAborted<C>(
  conversations: Conversations<C>,
  options: ConversationOptions<C>,
): Promise<PackedConversations | undefined> {
  try {
    return await packConversations(conversations, options);
  } catch (error) {
    const { signal } = options;
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}
