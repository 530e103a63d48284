import type { Kinds } from "@llm/platform/options";
import { adamw as adamwUpdate, type Parameter, parameter, type Tensor } from "@llm/tensor";
import { check } from "./check.js";

/** The numbers of one update. */
export interface UpdateOptions {
  lr: number;
  /** Which update, counting from 1. */
  step: number;
  /** What gradients are multiplied by first (clipping). */
  gradScale: number;
}

/** An optimiser at work on one set of parameters. */
export interface OptimizerState {
  /** Changes the parameters, given their gradients in the same order. */
  update(grads: readonly Tensor[], options: UpdateOptions): void;
  /** Everything a checkpoint must hold, by name. */
  tensors(): Map<string, Tensor>;
  dispose(): void;
}

/** How parameters are changed by their gradients. `start` gives every run a state of its own. */
export interface Optimizer {
  /** Name and settings; a checkpoint of another optimiser is refused. */
  readonly description: Readonly<Record<string, unknown>>;
  start(parameters: readonly Parameter[]): OptimizerState;
}

/** Options of {@link adamw}. */
export interface AdamwOptions {
  /** Decay rates of the two moments. Default [0.9, 0.95], as in GPT-3. */
  betas?: readonly [number, number];
  /** Added to the root of the second moment. Default 1e-8. */
  eps?: number;
  /** Default 0.1. */
  weightDecay?: number;
  /** Which parameters decay. Default: those of two or more dimensions, so no biases and no norms. */
  decays?: (parameter: Parameter) => boolean;
}

const ADAMW: Kinds<AdamwOptions> = {
  betas: "array",
  eps: "number",
  weightDecay: "number",
  decays: "function",
};

/** AdamW (Loshchilov & Hutter, 2019): Adam with the weight decay beside the gradient. */
export function adamw(options: AdamwOptions = {}): Optimizer {
  check("adamw", options, ADAMW);
  const {
    betas: [beta1, beta2] = [0.9, 0.95],
    eps = 1e-8,
    weightDecay = 0.1,
    decays = ({ shape }) => shape.length >= 2,
  } = options;
  return {
    description: { name: "adamw", beta1, beta2, eps, weightDecay },
    start(parameters) {
      // Moments are Parameters only so that they outlive any scope they are made in.
      const moment = (name: string, { shape, size }: Parameter) =>
        parameter(name, new Float32Array(size), shape);
      const slots = parameters.map((p) => ({
        parameter: p,
        state: { m: moment(`adamw.m.${p.name}`, p), v: moment(`adamw.v.${p.name}`, p) },
        weightDecay: decays(p) ? weightDecay : 0,
      }));
      return {
        update(grads, { lr, step, gradScale }) {
          for (const [i, { parameter, state, weightDecay }] of slots.entries()) {
            const settings = { lr, beta1, beta2, eps, weightDecay, step, gradScale };
            adamwUpdate(parameter, grads[i]!, state, settings);
          }
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
