import { engine } from "./current.js";
import { ShapeError } from "./errors.js";
import { requireShape, requireType } from "./ops/checks.js";
import { Storage } from "./storage.js";
import { type Parameter, show, storageOf, type Tensor } from "./tensor.js";

/** One step of AdamW (Loshchilov and Hutter, 2019), in place: the decay is decoupled and scaled by lr. */
export function adamw(
  p: Parameter,
  grad: Tensor,
  state: { m: Tensor; v: Tensor },
  options: {
    lr: number;
    beta1: number;
    beta2: number;
    eps: number;
    weightDecay: number;
    /** Counted from 1. */
    step: number;
    /** The gradient is multiplied by this first: how clipping by the global norm is applied. Default 1. */
    gradScale?: number;
  },
): void {
  requireShape("adamw", "grad", grad, p.shape, p);
  requireShape("adamw", "state.m", state.m, p.shape, p);
  requireShape("adamw", "state.v", state.v, p.shape, p);
  if (!Number.isSafeInteger(options.step) || options.step < 1) {
    throw new ShapeError(`adamw: step counts from 1, so it cannot be ${options.step}.`);
  }
  engine().adamw({
    gradScale: 1,
    ...options,
    parameter: storageOf(p, "adamw").buffer,
    grad: storageOf(grad, "adamw").buffer,
    m: storageOf(state.m, "adamw").buffer,
    v: storageOf(state.v, "adamw").buffer,
  });
}

/** target += factor * x, in place; shapes are equal. */
export function accumulate(target: Tensor, x: Tensor, factor = 1): void {
  requireType("accumulate", "target", target, "float32");
  requireType("accumulate", "x", x, "float32");
  if (target.size !== x.size) {
    throw new ShapeError(`accumulate: shapes ${show(target.shape)} and ${show(x.shape)} must be equal.`);
  }
  engine().scale({
    x: storageOf(x, "accumulate").buffer,
    factor,
    out: { buffer: storageOf(target, "accumulate").buffer, accumulate: true },
  });
}

/** The Euclidean norm of all tensors together, summed in the given order. */
export async function globalNorm(tensors: readonly Tensor[]): Promise<number> {
  if (tensors.length === 0) return 0;
  for (const x of tensors) requireType("globalNorm", "a tensor", x, "float32");
  const on = engine();
  const sums = new Storage(on, tensors.length);
  try {
    tensors.forEach((x, index) => {
      on.sum({ x: storageOf(x, "globalNorm").buffer, factor: 1, out: sums.buffer, index, squares: true });
    });
    let total = 0;
    for (const part of await on.download(sums.buffer)) total += part;
    return Math.sqrt(total);
  } finally {
    sums.release();
  }
}
