import type { Kinds } from "@llm/platform/options";
import { write } from "@llm/tensor";
import { check } from "./check.js";
import type { Batches } from "./data/batch.js";
import { DivergedError, OptionsError } from "./errors.js";
import type { Optimizer } from "./optimizer/optimizer.js";
import { train } from "./train.js";
import type { Trainable } from "./train-options.js";

/** Options of {@link lrRangeTest}. */
export interface LrRangeTestOptions {
  /** Updates from the first to the last rate. Default 100. */
  steps?: number;
  /** The first rate. Default 1e-6. */
  from?: number;
  /** The last rate. Default 1. */
  to?: number;
  batchSize: number;
  blockSize: number;
  accumulation?: number;
  optimizer?: Optimizer;
  clip?: number;
  seed?: number;
  signal?: AbortSignal;
}

/** What {@link lrRangeTest} saw. */
export interface LrRange {
  /** The rate and the loss of every update until the loss went up for good. */
  points: { lr: number; loss: number; smoothed: number }[];
  /** Where the loss fell the fastest. */
  steepest: number;
  /** A rate to begin with: a third of the last one before the loss went up. */
  suggested: number;
}

const RANGE: Kinds<LrRangeTestOptions> = {
  steps: "count",
  from: "number",
  to: "number",
  batchSize: "count!",
  blockSize: "count!",
  accumulation: "count",
  optimizer: "object",
  clip: "number",
  seed: "number",
  signal: "signal",
};

/** What a loss may be above the lowest one before the test ends. */
const LIMIT = 1.5;

/**
 * Trains with a rate that grows from update to update, each by the same factor, and looks where the loss falls and where it
 * goes up (Smith, 2017). The model has its weights back afterwards.
 * @throws {OptionsError} for a range that is none
 */
export async function lrRangeTest(
  model: Trainable,
  data: Batches,
  options: LrRangeTestOptions,
): Promise<LrRange> {
  check("lrRangeTest", options, RANGE);
  const { steps = 100, from = 1e-6, to = 1, ...rest } = options;
  if (!(from > 0 && to > from && to < Infinity)) {
    throw new OptionsError(
      `lrRangeTest goes from ${from} to ${to}; both must be above 0, and the second one larger`,
    );
  }
  const parameters = [...new Set(model.parameters())];
  const before = await Promise.all(parameters.map((parameter) => parameter.data()));
  const points: LrRange["points"] = [];
  let mean = 0;
  let lowest = Infinity;
  try {
    const lr = (update: number) => from * (to / from) ** (update / Math.max(1, steps - 1));
    for await (const step of train(model, data, { ...rest, steps, lr })) {
      mean = 0.9 * mean + 0.1 * step.loss;
      const smoothed = mean / (1 - 0.9 ** step.step); // without the pull of the 0 it began at
      points.push({ lr: step.lr, loss: step.loss, smoothed });
      lowest = Math.min(lowest, smoothed);
      if (smoothed > LIMIT * lowest) break;
    }
  } catch (error) {
    if (!(error instanceof DivergedError) || points.length === 0) throw error;
  } finally {
    for (const [i, parameter] of parameters.entries()) write(parameter, before[i]!);
  }
  let steepest = 0;
  let best = 0;
  for (let i = 1; i < points.length; i++) {
    if (points[i]!.smoothed < points[best]!.smoothed) best = i;
    if (points[i]!.smoothed - points[i - 1]!.smoothed < fallAt(points, steepest)) steepest = i;
  }
  return { points, steepest: points[steepest]?.lr ?? from, suggested: (points[best]?.lr ?? from) / 3 };
}

function fallAt(points: LrRange["points"], i: number): number {
  return i === 0 ? 0 : points[i]!.smoothed - points[i - 1]!.smoothed;
}
