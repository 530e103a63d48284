import type { Kinds } from "@llm/platform/options";
import { CLIP, normOf, scaleOf } from "./clip.js";
import { engine } from "./current.js";
import { ShapeError } from "./errors.js";
import { requireOptions, requireShape, requireType } from "./ops/checks.js";
import { Storage } from "./storage.js";
import { to } from "./tape.js";
import { type Parameter, result, show, storageOf, type Tensor } from "./tensor.js";

/** A parameter to update, with what belongs to it. */
export interface AdamwUpdate {
  readonly parameter: Parameter;
  readonly grad: Tensor;
  /** The running means of the gradient and of its square, zeros at first. */
  readonly state: { readonly m: Tensor; readonly v: Tensor };
  /** Default: that of the options. */
  readonly weightDecay?: number;
}

/** The numbers of one step of `adamw`. */
export interface AdamwStep {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number;
  /** Counted from 1. */
  step: number;
  /**
   * The gradient is multiplied by this first: how clipping by the global norm is applied. The `scale` that `clipScale` makes
   * need not be waited for; where what it was made of is not finite, the step changes nothing. Default 1.
   */
  gradScale?: number | Tensor;
}

const ADAMW: Kinds<AdamwStep> = {
  lr: "number!",
  beta1: "number!",
  beta2: "number!",
  eps: "number!",
  weightDecay: "number!",
  step: "number!",
  gradScale: "number|object",
};

/** One step of AdamW (Loshchilov and Hutter, 2019), in place: the decay is decoupled and scaled by lr. */
export function adamw(p: Parameter, grad: Tensor, state: { m: Tensor; v: Tensor }, options: AdamwStep): void;
/** The same for any number of parameters at once, in one kernel. */
export function adamw(updates: readonly AdamwUpdate[], options: AdamwStep): void;
export function adamw(
  ...args: [Parameter, Tensor, AdamwUpdate["state"], AdamwStep] | [readonly AdamwUpdate[], AdamwStep]
): void {
  if (args.length === 2) {
    update(...args);
  } else {
    const [parameter, grad, state, options] = args;
    update([{ parameter, grad, state }], options);
  }
}

function update(updates: readonly AdamwUpdate[], options: AdamwStep): void {
  requireOptions("adamw", options, ADAMW);
  const { weightDecay, gradScale = 1, ...numbers } = options;
  if (!Number.isSafeInteger(options.step) || options.step < 1) {
    throw new ShapeError(`adamw: step counts from 1, so it cannot be ${options.step}.`);
  }
  for (const name of ["beta1", "beta2"] as const) {
    if (!(options[name] >= 0 && options[name] < 1)) {
      throw new ShapeError(`adamw: ${name} is ${options[name]}, but must be at least 0 and below 1.`);
    }
  }
  if (new Set(updates.map(({ parameter }) => parameter)).size < updates.length) {
    throw new ShapeError("adamw: a parameter is in the list twice; give each of them once.");
  }
  const tensors = updates.map(({ parameter: p, grad, state, weightDecay: own }) => {
    requireShape("adamw", "grad", grad, p.shape, p);
    requireShape("adamw", "state.m", state.m, p.shape, p);
    requireShape("adamw", "state.v", state.v, p.shape, p);
    return {
      parameter: storageOf(p, "adamw").buffer,
      grad: storageOf(grad, "adamw").buffer,
      m: storageOf(state.m, "adamw").buffer,
      v: storageOf(state.v, "adamw").buffer,
      weightDecay: own ?? weightDecay,
    };
  });
  engine().adamw({ ...numbers, tensors, gradScale: scaleBuffer(gradScale) });
}

function scaleBuffer(gradScale: number | Tensor) {
  if (typeof gradScale === "number") return gradScale;
  if (gradScale.dtype !== "float32" || gradScale.size <= CLIP.sums) {
    throw new ShapeError(
      `adamw: gradScale of shape ${show(gradScale.shape)} must be a number or the scale that clipScale makes.`,
    );
  }
  return storageOf(gradScale, "adamw").buffer;
}

/** target += factor * x, in place; shapes are equal. */
export function accumulate(target: Tensor, x: Tensor, factor = 1): void {
  requireType("accumulate", "target", target, "float32");
  requireType("accumulate", "x", x, "float32");
  if (target.size !== x.size) {
    throw new ShapeError(`accumulate: shapes ${show(target.shape)} and ${show(x.shape)} must be equal.`);
  }
  const from = storageOf(x, "accumulate").buffer;
  const { buffer } = storageOf(target, "accumulate");
  if (from === buffer) engine().scale({ x: from, factor: 1 + factor, out: to(buffer) });
  else engine().scale({ x: from, factor, out: { buffer, accumulate: true } });
}

/** What a kernel sums up of each tensor: its squares, or the values themselves. */
function sumsOf(op: string, tensors: readonly Tensor[], squares: boolean) {
  return tensors.map((x) => {
    requireType(op, "a tensor", x, "float32");
    return { x: storageOf(x, op).buffer, squares };
  });
}

/** The Euclidean norm of all tensors together, summed in the given order. */
export async function globalNorm(tensors: readonly Tensor[]): Promise<number> {
  if (tensors.length === 0) return 0;
  const on = engine();
  const squares = sumsOf("globalNorm", tensors, true);
  const clip = new Storage(on, CLIP.sums + tensors.length);
  try {
    on.sums({ tensors: squares, out: clip.buffer, index: CLIP.sums });
    return normOf(await on.download(clip.buffer), tensors.length, 1);
  } finally {
    clip.release();
  }
}

/** How `clipScale` scales. */
export interface ClipOptions {
  /** The most the norm may be; Infinity never clips. */
  limit: number;
  /** The gradients are sums over this many batches: it is their mean that is clipped and applied. Default 1. */
  divisor?: number;
  /** Scalars, such as the loss, that have to be finite too. */
  watch?: readonly Tensor[];
}

/** What `clipScale` found. */
export interface ClipReport {
  /** The global norm before clipping, of the mean of the gradients. */
  readonly norm: number;
  /** The norm of each of them, in the same order. */
  readonly norms: number[];
  /** What the gradients are to be multiplied by; 0 where something is not finite. */
  readonly scale: number;
  /** Whether it and the watched scalars are finite. If not, `adamw` has changed nothing. */
  readonly finite: boolean;
  /** The values of the watched scalars. */
  readonly watched: number[];
}

/**
 * How gradients are to be scaled so that their global norm is at most `limit`, as torch.nn.utils.clip_grad_norm_ does:
 * min(1, limit / (norm + 1e-6)) / divisor. The scale stays where the tensors are, for `adamw` to take as `gradScale`, so
 * nothing has to be waited for before the update; `read` gives the norm and the watched scalars in one go, at any time
 * before the scale is freed. On engines of the host (`reference`, `wasm`, `native`) the scale is computed in double precision.
 */
export function clipScale(
  grads: readonly Tensor[],
  options: ClipOptions,
): { scale: Tensor; read: () => Promise<ClipReport> } {
  requireOptions("clipScale", options, { limit: "number!", divisor: "number", watch: "array" });
  const { limit, divisor = 1, watch = [] } = options;
  if (!(limit > 0)) throw new ShapeError(`clipScale: limit is ${limit}, but must be above 0.`);
  if (!(divisor > 0 && divisor < Infinity)) {
    throw new ShapeError(`clipScale: divisor is ${divisor}, but must be a finite number above 0.`);
  }
  if (grads.length === 0) throw new ShapeError("clipScale: there are no gradients; give at least one.");
  for (const { size, shape } of watch) {
    if (size !== 1) throw new ShapeError(`clipScale: ${show(shape)} is watched, but only a scalar can be.`);
  }
  const on = engine();
  const norms = grads.length;
  const tensors = [...sumsOf("clipScale", grads, true), ...sumsOf("clipScale", watch, false)];
  const scale = result([CLIP.sums + tensors.length], on);
  const clip = storageOf(scale, "clipScale").buffer;
  on.sums({ tensors, out: clip, index: CLIP.sums });
  on.clipScale({ clip, norms, limit, divisor });
  const read = async () => {
    const values = await scale.data();
    return {
      norm: normOf(values, norms, divisor),
      norms: Array.from(values.subarray(CLIP.sums, CLIP.sums + norms), (sum) => Math.sqrt(sum) / divisor),
      scale: scaleOf(values) ?? 0,
      finite: values[CLIP.finite] === 1,
      watched: [...values.subarray(CLIP.sums + norms)],
    };
  };
  return { scale, read };
}
