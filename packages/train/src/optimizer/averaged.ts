import type { Kinds } from "@llm/platform/options";
import { accumulate, type Parameter, write } from "@llm/tensor";
import { check } from "../check.js";
import type { Snapshot } from "../checkpoint.js";
import { CheckpointError, OptionsError } from "../errors.js";
import { type Changing, checkedAt, describeChanging, SHARE } from "./changing.js";
import { keptBeside, type Optimizer, type WithAverages } from "./optimizer.js";

/** Options of {@link averaged}. */
export interface AveragedOptions {
  /** What an average keeps of itself at each update, such as 0.999. */
  decay: Changing;
}

/** An optimiser that keeps averages of the weights beside. */
export interface AveragedOptimizer extends Optimizer {
  /**
   * Does `work`, such as an evaluation, with the averages in the place of the weights, which are back afterwards. Call it
   * within the loop over the steps of `train`: before and after it there are none.
   * @throws {OptionsError} outside that loop
   */
  readonly withAverages: WithAverages;
}

const AVERAGED: Kinds<AveragedOptions> = { decay: "number|function!" };
const PREFIX = "averaged";

/**
 * Keeps an exponential moving average of every weight (Polyak & Juditsky, 1992): after each update
 * average = decay average + (1 - decay) weight, from the weights after the first one on. It often evaluates better than the last
 * weights do. The averages are part of the optimiser's state, so a checkpoint holds them: {@link averagesOf}.
 * @throws {OptionsError} for a decay that is not at least 0 and below 1
 */
export function averaged(optimizer: Optimizer, options: AveragedOptions): AveragedOptimizer {
  check("averaged", options, AVERAGED);
  const decayAt = checkedAt("decay of averaged", options.decay, SHARE);
  let running: WithAverages | undefined;
  return {
    description: {
      name: "averaged",
      decay: describeChanging(options.decay),
      optimizer: optimizer.description,
    },
    start(parameters) {
      const inner = optimizer.start(parameters);
      const slots = parameters.map((parameter) => ({ parameter, average: keptBeside(parameter, PREFIX) }));
      const withAverages: WithAverages = (work) => exchanged(slots, work);
      running = withAverages;
      return {
        withAverages,
        ...(inner.description && { description: { optimizer: inner.description } }),
        // An update that changes nothing must not move the averages either.
        needsNumbers: true,
        update(grads, numbers) {
          inner.update(grads, numbers);
          const decay = numbers.step === 1 ? 0 : decayAt(numbers.step - 1);
          for (const { parameter, average } of slots) {
            accumulate(average, average, decay - 1);
            accumulate(average, parameter, 1 - decay);
          }
        },
        tensors: () =>
          new Map([
            ...inner.tensors(),
            ...slots.map(({ average }): [string, Parameter] => [average.name, average]),
          ]),
        dispose() {
          if (running === withAverages) running = undefined;
          inner.dispose();
          for (const { average } of slots) average.dispose();
        },
      };
    },
    async withAverages(work) {
      if (running) return running(work);
      throw new OptionsError(
        "withAverages works within the loop over the steps of train, and none is running",
      );
    },
  };
}

interface Slot {
  readonly parameter: Parameter;
  readonly average: Parameter;
}

/** Does `work` with the averages in the place of the weights. */
async function exchanged<T>(slots: readonly Slot[], work: () => T | Promise<T>): Promise<T> {
  const weights = await Promise.all(slots.map(({ parameter }) => parameter.data()));
  const averages = await Promise.all(slots.map(({ average }) => average.data()));
  const put = (values: readonly ArrayLike<number>[]) => {
    for (const [i, { parameter }] of slots.entries()) write(parameter, values[i]!);
  };
  put(averages);
  try {
    return await work();
  } finally {
    put(weights);
  }
}

/**
 * The averages that a checkpoint holds, by the names of the weights.
 * @throws {CheckpointError} for one of a run without `averaged`
 */
export function averagesOf({ step, optimizer, weights }: Snapshot): Snapshot["weights"] {
  const averages = new Map(
    [...weights.keys()].flatMap((name) => {
      const average = optimizer.get(`${PREFIX}.${name}`);
      return average ? [[name, average] as const] : [];
    }),
  );
  if (averages.size < weights.size) {
    throw new CheckpointError(
      `the checkpoint of step ${step} has no averages; train with optimizer: averaged(..) to have some`,
    );
  }
  return averages;
}
