import { clipScale } from "@llm/tensor";
import { DivergedError } from "./errors.js";
import type { OptimizerState } from "./optimizer/optimizer.js";
import type { Sums } from "./processes/sum-gradients.js";
import { dispose } from "./step.js";

/** What an update found; where something is not finite it has changed nothing. */
export interface Update {
  readonly loss: number;
  readonly gradNorm: number;
  /** The norm of each gradient. */
  readonly norms: readonly number[];
  readonly finite: boolean;
}

/** Clips, changes the parameters, and waits once for the engine. Frees the gradients. */
export async function applyGradients(
  state: OptimizerState,
  { losses, grads, divisor }: Sums,
  { clip, lr, step }: { clip: number; lr: number; step: number },
): Promise<Update> {
  const { scale, read } = clipScale(grads, { limit: clip, divisor, watch: losses });
  // Where something is not finite, the update changes nothing, so it need not wait to know.
  const early = state.needsNumbers ? await read() : undefined;
  if (early?.finite !== false) state.update(grads, { lr, step, gradScale: early ? early.scale : scale });
  const report = early ?? read(); // the step's one wait
  dispose([...grads, ...losses, scale]);
  const { norm: gradNorm, norms, finite, watched } = await report;
  return { loss: watched.reduce((sum, each) => sum + each / divisor, 0), gradNorm, norms, finite };
}

/** The error of a step whose update was not made. */
export function diverged(step: number, { loss, gradNorm }: Update, lr: number): DivergedError {
  return new DivergedError(
    `at step ${step} the loss is ${loss} and the gradient norm ${gradNorm}; lower the learning rate ${lr}, clip harder, or look at the data`,
  );
}
