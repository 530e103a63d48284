import type { Kinds } from "@llm/platform/options";
import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { requireFinite, requireOptions, requireShape } from "../ops/checks.js";
import { Storage } from "../storage.js";
import { to } from "../tape.js";
import { storageOf, type Tensor } from "../tensor.js";
import { equilibrate, reduceVariance } from "./neurons.js";
import { matricesOf, type NewtonSchulzStep, newtonSchulz, QUINTIC } from "./orthogonalize.js";

/** How `muon` steps. */
export interface MuonOptions {
  lr: number;
  /** Default 0.95. */
  momentum?: number;
  /** Looks ahead: the update is the gradient mixed into the momentum once more. Default true. */
  nesterov?: boolean;
  /** Decoupled, scaled by lr as in AdamW. Default 0. */
  weightDecay?: number;
  /** Matrices are (out, in), as for `linear` with `transposed`; by default (in, out). */
  transposed?: boolean;
  /** The gradient is multiplied by this first: how clipping by the global norm is applied. Default 1. */
  gradScale?: number;
  /** The orthogonalisation; default: five steps of the quintic. */
  steps?: readonly NewtonSchulzStep[];
  /** Added to the norm that a matrix is divided by before. Default 1e-7. */
  eps?: number;
  /** Gives each neuron's gradient one length before the orthogonalisation (MuonEq, arXiv 2603.28254). Default false. */
  equilibrate?: boolean;
  /** Brings the orthogonalised matrix to the norm of an exact one, sqrt(min(m, n)) (Muon+, arXiv 2602.21545). Default false. */
  renormalize?: boolean;
  /**
   * What the second moment keeps of itself at each step (NorMuon, arXiv 2510.05491): each line of the update is divided by the
   * root of it, and the whole brought back to its norm. Needs `state.variance`. Default: there is none.
   */
  varianceDecay?: number;
  /**
   * Decays a weight only where the update does not move it away from 0 (cautious weight decay, arXiv 2510.12402). It is scaled by
   * the rate of the update then, sqrt(max(1, out / in)) included, as nanochat has it. Default false.
   */
  cautious?: boolean;
}

/** What `muon` keeps of a parameter between steps, zeros at first. */
export interface MuonState {
  /** Of the parameter's shape. */
  readonly momentum: Tensor;
  /** One number for each line along the longer side, max(m, n) of them, or (B, max(m, n)): for `varianceDecay`. */
  readonly variance?: Tensor;
}

const MUON: Kinds<MuonOptions> = {
  lr: "any!",
  momentum: "any",
  nesterov: "boolean",
  weightDecay: "any",
  transposed: "boolean",
  gradScale: "any",
  steps: "array",
  eps: "number",
  equilibrate: "boolean",
  renormalize: "boolean",
  varianceDecay: "any",
  cautious: "boolean",
};

/**
 * One step of Muon (Jordan et al., 2024), in place, for a matrix (m, n) or a batch (B, m, n): the momentum is a running
 * mean of the gradients, and the update is orthogonalised and multiplied by sqrt(max(1, out / in)).
 * @throws {ShapeError} for shapes that do not fit, numbers that are not finite, and a second moment without its state
 */
export function muon(p: Tensor, grad: Tensor, state: MuonState, options: MuonOptions): void {
  requireOptions("muon", options, MUON);
  const { lr, momentum = 0.95, nesterov = true, weightDecay = 0, transposed = false } = options;
  const { gradScale = 1, steps = QUINTIC, varianceDecay } = options;
  const on = engine();
  const shape = matricesOf("muon", p);
  const { m, n } = shape;
  requireShape("muon", "grad", grad, p.shape, p);
  requireShape("muon", "state.momentum", state.momentum, p.shape, p);
  for (const [name, value] of Object.entries({ lr, momentum, weightDecay, gradScale })) {
    requireFinite("muon", name, value);
  }
  const variance = varianceDecay === undefined ? undefined : varianceOf(p, state, varianceDecay);
  const g = storageOf(grad, "muon").buffer;
  const mean = storageOf(state.momentum, "muon").buffer;
  const weights = storageOf(p, "muon").buffer;
  on.scale({ x: mean, factor: momentum, out: to(mean) });
  on.scale({ x: g, factor: (1 - momentum) * gradScale, out: { buffer: mean, accumulate: true } });
  const own = new Storage(on, p.size);
  on.scale({ x: mean, factor: nesterov ? momentum : 1, out: to(own.buffer) });
  if (nesterov) {
    on.scale({ x: g, factor: (1 - momentum) * gradScale, out: { buffer: own.buffer, accumulate: true } });
  }
  const neurons = transposed ? 1 : 0; // the axis along which one neuron's weights stand
  if (options.equilibrate) equilibrate(on, own, shape, neurons);
  const update = newtonSchulz(on, own, shape, steps, options.eps);
  const { buffer } = update;
  if (options.renormalize) {
    on.unitNorm({ x: buffer, out: buffer, parts: shape.batch, eps: 1e-20 });
    on.scale({ x: buffer, factor: Math.sqrt(Math.min(m, n)), out: to(buffer) });
  }
  if (variance) {
    // A number for each neuron, or for each input where there are more of these.
    const axis = m === n ? neurons : m > n ? 1 : 0;
    reduceVariance(on, update, variance, shape, { axis, decay: varianceDecay! });
  }
  const rate = lr * Math.sqrt(Math.max(1, transposed ? m / n : n / m));
  if (weightDecay !== 0) {
    if (options.cautious) on.cautiousDecay({ parameter: weights, update: buffer, rate: rate * weightDecay });
    else on.scale({ x: weights, factor: 1 - lr * weightDecay, out: to(weights) });
  }
  on.scale({ x: buffer, factor: -rate, out: { buffer: weights, accumulate: true } });
  update.release();
}

function varianceOf(p: Tensor, { variance }: MuonState, decay: number): Storage {
  if (!(decay >= 0 && decay < 1)) {
    throw new ShapeError(`muon: varianceDecay is ${decay}, but must be at least 0 and below 1.`);
  }
  if (!variance) throw new ShapeError("muon: varianceDecay needs state.variance, zeros at first.");
  const [m, n] = p.shape.slice(-2) as [number, number];
  requireShape("muon", "state.variance", variance, [...p.shape.slice(0, -2), Math.max(m, n)], p);
  return storageOf(variance, "muon");
}
