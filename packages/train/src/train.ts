// One training loop: forward, backward, clip, update; checkpoints and evaluation at step borders.
// Everything random is keyed by (seed, step), so a run that stopped and went on equals one that did not.
import { Rests } from "@llm/platform/rest";
import { checkInputs } from "./check.js";
import { checkSteps, type Losses, restore, type Snapshot } from "./checkpoint.js";
import type { Batches } from "./data/batch.js";
import { countBatch } from "./data/count-batch.js";
import { OptionsError } from "./errors.js";
import { evaluateTogether } from "./evaluate.js";
import { adamw } from "./optimizer/adamw.js";
import { distinct } from "./optimizer/distinct.js";
import { teamOf } from "./processes/team.js";
import { compareSettings, evaluatesAlike, runSettings } from "./run-settings.js";
import { Saver } from "./saver.js";
import { stepGradients } from "./step.js";
import { checkPlan, type Trainable, type TrainOptions, type TrainStep } from "./train-options.js";
import { applyGradients, diverged } from "./update.js";

/**
 * Trains `model` in place and yields every update. It ends after `steps` updates, when `signal` is aborted, or when the loop
 * that reads it is left; in all these cases, and where the loss stops being a number, the last whole step is saved.
 * @throws {DivergedError} when loss or gradient is not finite; the update is not made
 * @throws {CheckpointError} when the checkpoint found is another model's, or of a run with other settings
 * @throws {DataError} for batches that cannot be trained on
 * @throws {OptionsError} for options that cannot be carried out
 * @throws {ProcessError} when another process fails, or the processes are not the same run
 */
export async function* train(
  model: Trainable,
  data: Batches,
  options: TrainOptions,
): AsyncGenerator<TrainStep, void, undefined> {
  checkInputs("train", model, data);
  const rate = checkPlan(options);
  const { steps, batchSize, blockSize, accumulation = 1, optimizer = adamw(), recompute = false } = options;
  const { clip = 1, seed = 0, checkpoints, checkpointEvery = Infinity, signal } = options;
  const { allowChanges = [], onWarning = console.warn, onGradients } = options;
  const plan = options.evaluate;
  const splits = plan?.splits ?? ["val"];
  const team = teamOf(options.processes);
  const { rank, world } = team ?? { rank: 0, world: 1 };
  checkData(data, plan ? ["train", ...splits] : ["train"], options);
  if (rank === 0) await checkpoints?.prepare?.();

  const parameters = distinct(model.parameters());
  const state = optimizer.start(parameters);
  const saver = checkpoints && rank === 0 ? new Saver(checkpoints) : undefined;
  const evaluations: { step: number; losses: Losses }[] = [];
  let done = 0;
  let saved = 0;
  let tokens = 0;
  let isTorn = false; // in the middle of an update: not to be saved
  let failure: { error: unknown } | undefined;

  const numbers = {
    ...{ seed, batchSize, blockSize, accumulation, clip },
    ...(team ? { processes: world } : {}),
    ...(plan ? { evaluate: { batches: plan.batches, averages: plan.averages ?? false } } : {}),
  };
  const save = async () => {
    if (!saver || saved === done || isTorn) return;
    await saver.save({ step: done, tokens, evaluations: [...evaluations], settings }, parameters, state);
    saved = done;
  };
  const end = async () => {
    try {
      await save();
      await saver?.settled();
    } catch (error) {
      if (!failure) throw error; // else the first error says more
      onWarning(`step ${done} could not be saved: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const compare = () =>
    team?.compareTensors([...parameters.map((p) => [p.name, p] as const), ...state.tensors()], done);
  const isEvaluated = () => plan !== undefined && (done % plan.every === 0 || done === steps);
  const evaluateNow = async () => {
    const { every: _, patience: __, averages, ...fixed } = plan!;
    const numbers = { ...fixed, batchSize, blockSize, seed };
    const work = () => evaluateTogether(model, data, signal ? { ...numbers, signal } : numbers, team);
    const losses = await (averages ? state.withAverages!(work) : work());
    if (!losses) return undefined;
    evaluations.push({ step: done, losses });
    saver?.evaluated(done, losses);
    return losses;
  };
  let settings: Snapshot["settings"] = {};

  try {
    if (plan?.averages && !state.withAverages) {
      throw new OptionsError("evaluate.averages needs averages; train with optimizer: averaged(..)");
    }
    settings = runSettings({ model, data, optimizer, state, lr: options.lr, numbers });
    const { evaluate: _, ...course } = settings;
    await team?.compareSettings({ steps, checkpointEvery, evaluate: plan, ...course });
    const snapshot = await checkpoints?.latest();
    if (snapshot) {
      checkSteps(snapshot, steps);
      if (!plan) settings = { ...settings, evaluate: snapshot.settings["evaluate"] };
      for (const change of compareSettings(snapshot, settings, allowChanges)) {
        if (rank === 0) onWarning(`${change}: from here on the run will not equal one in one piece`);
      }
      restore(snapshot, parameters, state);
      done = saved = snapshot.step;
      tokens = snapshot.tokens;
    }
    const isAlike = snapshot && evaluatesAlike(snapshot.settings, settings);
    if (isAlike) {
      evaluations.push(...snapshot.evaluations);
    } else if (rank === 0 && snapshot && snapshot.evaluations.length > 0) {
      onWarning("its evaluations are no longer comparable: the best checkpoint and patience begin anew");
    }
    await compare();
    // It was stopped between the checkpoint and the evaluation.
    if (isAlike && isEvaluated() && evaluations.at(-1)?.step !== done) {
      await unlessAborted(evaluateNow(), signal);
    }
    const rests = new Rests();
    const isOver = () => isPatienceOver(evaluations, splits[0]!, plan?.patience);
    while (done < steps && !signal?.aborted && !team?.isOver && !isOver()) {
      const step = done + 1;
      const started = performance.now();
      const lr = rate(done);
      const plain = { step, batchSize, blockSize, accumulation, seed, recompute };
      const gradients = await stepGradients(model, parameters, data, plain, { rests, signal, team });
      if (!gradients) break;
      isTorn = true;
      const update = await applyGradients(state, gradients, { clip, lr, step });
      isTorn = false;
      const { loss, gradNorm, norms, finite } = update;
      const tell = () => onGradients?.(new Map(parameters.map(({ name }, i) => [name, norms[i]!])), step);
      if (!finite) {
        tell();
        throw diverged(step, update, lr);
      }
      const seconds = (performance.now() - started) / 1000;
      const stepTokens = batchSize * blockSize * accumulation * world;
      done = step;
      tokens += stepTokens;
      tell(); // only now: what it throws ends the run after this step

      await saver?.check(seconds);
      if (step % checkpointEvery === 0 || step === steps) {
        await compare();
        await save();
      }
      const evaluation = isEvaluated() ? await unlessAborted(evaluateNow(), signal) : undefined;
      const tokensPerSecond = stepTokens / seconds;
      const flops = model.flopsPerToken?.(blockSize);
      yield {
        step,
        loss,
        gradNorm,
        lr,
        tokens,
        seconds,
        tokensPerSecond,
        ...(flops && options.peakFlops ? { mfu: (flops * tokensPerSecond) / options.peakFlops } : {}),
        ...(evaluation ? { evaluation } : {}),
      };
    }
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    // Also where the loop that reads the steps is left.
    await (team ? team.leave(failure, end) : end()).finally(() => state.dispose());
  }
}

/** What a promise answers, or undefined if the signal ended it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** Whether the last `patience` evaluations brought no new lowest loss. */
function isPatienceOver(
  evaluations: readonly { losses: Losses }[],
  split: string,
  patience = Infinity,
): boolean {
  const losses = evaluations.flatMap((each) => each.losses[split] ?? []);
  let lowest = Infinity;
  let last = -1;
  for (const [i, loss] of losses.entries()) {
    if (loss < lowest) [lowest, last] = [loss, i];
  }
  return losses.length - 1 - last >= patience;
}

/** A split that has no window, or a batch of the wrong size, is found now rather than at the first evaluation. */
function checkData(
  data: Batches,
  splits: Iterable<string>,
  { batchSize, blockSize, accumulation = 1, seed = 0 }: TrainOptions,
): void {
  for (const split of new Set(splits)) {
    const step = split === "train" ? 1 : 0;
    const batch = data.batch({ split, step, micro: 0, accumulation, batchSize, blockSize, seed });
    countBatch(batch, batchSize * blockSize, `the first batch of split "${split}"`);
  }
}
