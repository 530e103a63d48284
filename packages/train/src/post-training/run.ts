// What dpo, rewardModel and grpo have in common: steps, updates, checkpoints and a resume that is exact to the bit.
// Everything random is keyed by (seed, step).
import type { Kinds } from "@llm/platform/options";
import type { Parameter, Tensor } from "@llm/tensor";
import { type CheckpointStore, checkSteps, restore, type Snapshot } from "../checkpoint.js";
import { OptionsError } from "../errors.js";
import { adamw } from "../optimizer/adamw.js";
import { checkedAt, FROM_ZERO } from "../optimizer/changing.js";
import { distinct } from "../optimizer/distinct.js";
import type { Optimizer, OptimizerState } from "../optimizer/optimizer.js";
import type { Sums } from "../processes/sum-gradients.js";
import { compareSettings, runSettings } from "../run-settings.js";
import { Saver } from "../saver.js";
import type { Schedule } from "../schedule.js";
import { applyGradients, diverged, type Update } from "../update.js";

/** Options that all of post-training has. */
export interface PostTrainingOptions {
  /** Steps in all, those before a resume included. */
  steps: number;
  /** The learning rate, or how it changes from step to step. */
  lr: number | Schedule;
  /** Default `adamw({ weightDecay: 0 })`. */
  optimizer?: Optimizer;
  /** The most the global norm of the gradients may be; larger ones are scaled down. Default 1; `Infinity` never clips. */
  maxGradNorm?: number;
  /** Tokens of one pass through the model, at most, padding included: what bounds the memory. Default 4096. */
  passTokens?: number;
  /** Compute activations again in the backward pass rather than keep them: less memory, more time. Default false. */
  recompute?: boolean;
  /** Keys everything random. Default 0. */
  seed?: number;
  /** Where snapshots go, and where the run resumes from if there is one. Saved whenever and however the run ends. */
  checkpoints?: CheckpointStore;
  /** Steps between checkpoints. Default: only at the end. */
  checkpointEvery?: number;
  /** Settings that may differ from those of the checkpoint, such as `"lr"`. */
  allowChanges?: readonly string[];
  /** Ends the run. A step whose first update is not made yet is dropped, and the one before is saved. */
  signal?: AbortSignal;
  /** Told when a run resumes with other settings that `allowChanges` lets pass, and the like. Default `console.warn`. */
  onWarning?: (message: string) => void;
}

/** The kinds of {@link PostTrainingOptions}. */
export const POST_TRAINING: Kinds<PostTrainingOptions> = {
  steps: "count!",
  lr: "number|function!",
  optimizer: "object",
  maxGradNorm: "number",
  passTokens: "count",
  recompute: "boolean",
  seed: "number",
  checkpoints: "object",
  checkpointEvery: "count",
  allowChanges: "array",
  signal: "signal",
  onWarning: "function",
};

/** A step to be made. */
interface Step {
  readonly step: number;
  readonly lr: number;
  /** Tokens seen before it. */
  readonly tokens: number;
  /** Makes an update of the weights. */
  update(sums: Sums): Promise<Update>;
}

/** What is trained, and how. */
export interface Work<Event> {
  /** The function's name. */
  of: string;
  model: { readonly config?: object; readonly version?: string };
  parameters: readonly Parameter[];
  /** Updates a step makes, at most. Default 1. */
  updates?: number;
  /** Settings that the course depends on, besides those that all have. */
  settings: Readonly<Record<string, unknown>>;
  /** What is learned from, for the same purpose. */
  data: Readonly<Record<string, unknown>>;
  /** What checkpoints hold besides, by name. */
  beside?: ReadonlyMap<string, Tensor>;
  /** Called before the first step, and not after a resume: `beside` comes from the checkpoint then. */
  begin?(): Promise<void>;
  /** One step: the tokens seen with it, and what it says. Before its first update it throws the signal's reason when that is aborted; afterwards it goes on to its end. */
  step(step: Step): Promise<{ tokens: number; events: readonly Event[] }>;
}

/** Runs the steps of some work, and yields their events. */
export async function* runSteps<Event>(
  work: Work<Event>,
  options: PostTrainingOptions,
): AsyncGenerator<Event, void, undefined> {
  const { of, model, updates = 1, data } = work;
  const { steps, lr, optimizer = adamw({ weightDecay: 0 }), maxGradNorm: clip = 1, seed = 0 } = options;
  const { checkpoints, checkpointEvery = Infinity, signal, onWarning = console.warn } = options;
  if (!(clip > 0)) {
    throw new OptionsError(`maxGradNorm of ${of} is ${clip}; it must be above 0, and Infinity never clips`);
  }
  const rate = checkedAt(`lr of ${of}`, lr, FROM_ZERO);
  await checkpoints?.prepare?.();

  const parameters = distinct(work.parameters);
  const state = withMore(optimizer.start(parameters), work.beside);
  const saver = checkpoints && new Saver(checkpoints);
  let done = 0;
  let saved = 0;
  let tokens = 0;
  let isTorn = false; // a step has changed the weights and is not over: not to be saved
  let hasFailed = false;
  let settings: Snapshot["settings"] = {};

  const save = async () => {
    if (!saver || saved === done || isTorn) return;
    await saver.save({ step: done, tokens, evaluations: [], settings }, parameters, state);
    saved = done;
  };

  try {
    const numbers = { method: of, seed, clip, ...work.settings };
    settings = runSettings({ model, data: { description: data }, optimizer, state, lr, numbers });
    const snapshot = await checkpoints?.latest();
    if (snapshot) {
      checkSteps(snapshot, steps);
      for (const change of compareSettings(snapshot, settings, options.allowChanges ?? [])) {
        onWarning(`${change}: from here on the run will not equal one in one piece`);
      }
      restore(snapshot, parameters, state);
      done = saved = snapshot.step;
      tokens = snapshot.tokens;
    } else {
      await work.begin?.();
    }
    while (done < steps && !signal?.aborted) {
      const step = done + 1;
      const started = performance.now();
      const lr = rate(done);
      let made = 0;
      const update: Step["update"] = async (sums) => {
        isTorn = true;
        const number = done * updates + ++made;
        const result = await applyGradients(state, sums, { clip, lr, step: number });
        if (!result.finite) {
          isTorn = made > 1;
          throw diverged(step, result, lr);
        }
        return result;
      };
      const result = await work.step({ step, lr, tokens, update });
      isTorn = false;
      done = step;
      tokens = result.tokens;
      await saver?.check((performance.now() - started) / 1000);
      if (step % checkpointEvery === 0 || step === steps) await save();
      yield* result.events;
    }
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return;
    hasFailed = true;
    throw error;
  } finally {
    // Also where the loop that reads the events is left.
    try {
      await save();
      await saver?.settled();
    } catch (error) {
      // biome-ignore lint/correctness/noUnsafeFinally: nothing else has failed
      if (!hasFailed) throw error;
      onWarning(`step ${done} could not be saved: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      state.dispose();
    }
  }
}

/** The state of an optimiser, with more tensors for checkpoints to hold. */
function withMore(state: OptimizerState, more: ReadonlyMap<string, Tensor> | undefined): OptimizerState {
  if (!more) return state;
  return {
    ...(state.description ? { description: state.description } : {}),
    ...(state.needsNumbers ? { needsNumbers: true } : {}),
    update: (grads, numbers) => state.update(grads, numbers),
    tensors: () => new Map([...state.tensors(), ...more]),
    dispose: () => state.dispose(),
  };
}
