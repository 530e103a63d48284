import type { Kinds } from "@llm/platform/options";
import { adamw as adamwUpdate, type Parameter } from "@llm/tensor";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import {
  ABOVE_ZERO,
  type Changing,
  checkedAt,
  checkRange,
  describeChanging,
  FROM_ZERO,
  SHARE,
} from "./changing.js";
import { keptBeside, type Optimizer } from "./optimizer.js";

/** Options of {@link adamw}. */
export interface AdamwOptions {
  /** Decay rates of the two moments. Default [0.9, 0.95], as in GPT-3. */
  betas?: readonly [number, number];
  /** Added to the root of the second moment. Default 1e-8. */
  eps?: number;
  /** Default 0.1. */
  weightDecay?: Changing;
  /** Which parameters decay. Default: those of two or more dimensions, so no biases and no norms. */
  decays?: (parameter: Parameter) => boolean;
  /** What the run's learning rate is multiplied by. Default 1. */
  lrScale?: number;
}

const ADAMW: Kinds<AdamwOptions> = {
  betas: "array",
  eps: "number",
  weightDecay: "number|function",
  decays: "function",
  lrScale: "number",
};

/**
 * AdamW (Loshchilov & Hutter, 2019): Adam with the weight decay beside the gradient.
 * @throws {OptionsError} for numbers that cannot be trained with
 */
export function adamw(options: AdamwOptions = {}): Optimizer {
  check("adamw", options, ADAMW);
  const {
    betas = [0.9, 0.95],
    eps = 1e-8,
    weightDecay = 0.1,
    decays = ({ shape }) => shape.length >= 2,
    lrScale = 1,
  } = options;
  if (betas.length !== 2) throw new OptionsError(`betas of adamw has ${betas.length} values; it takes two`);
  const [beta1, beta2] = betas;
  checkRange("betas[0] of adamw", beta1, SHARE);
  checkRange("betas[1] of adamw", beta2, SHARE);
  checkRange("eps of adamw", eps, ABOVE_ZERO);
  checkRange("lrScale of adamw", lrScale, FROM_ZERO);
  const decayAt = checkedAt("weightDecay of adamw", weightDecay, FROM_ZERO);
  return {
    description: { name: "adamw", beta1, beta2, eps, weightDecay: describeChanging(weightDecay), lrScale },
    start(parameters) {
      const slots = parameters.map((p) => ({
        parameter: p,
        state: { m: keptBeside(p, "adamw.m"), v: keptBeside(p, "adamw.v") },
        decays: decays(p),
      }));
      return {
        description: { decays: slots.filter((slot) => slot.decays).map((slot) => slot.parameter.name) },
        update(grads, { lr, step, gradScale }) {
          const decay = decayAt(step - 1);
          const updates = slots.map((slot, i) => ({
            ...slot,
            grad: grads[i]!,
            weightDecay: slot.decays ? decay : 0,
          }));
          adamwUpdate(updates, { lr: lr * lrScale, beta1, beta2, eps, weightDecay: decay, step, gradScale });
        },
        tensors: () => new Map(slots.flatMap(({ state }) => [state.m, state.v]).map((t) => [t.name, t])),
        dispose() {
          for (const { state } of slots) {
            state.m.dispose();
            state.v.dispose();
          }
        },
      };
    },
  };
}
