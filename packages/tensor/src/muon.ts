import type { Kinds } from "@llm/platform/options";
import { engine } from "./current.js";
import type { Engine } from "./engine.js";
import { ShapeError } from "./errors.js";
import { requireFinite, requireOptions, requireShape, requireType } from "./ops/checks.js";
import { Storage } from "./storage.js";
import { to } from "./tape.js";
import { adopt, type Parameter, show, storageOf, type Tensor } from "./tensor.js";

/** The three numbers (a, b, c) of one Newton-Schulz step X <- a X + (b A + c A A) X with A = X X'. */
export type NewtonSchulzStep = readonly [a: number, b: number, c: number];

/** Five times the quintic of Jordan et al. (2024), steep at 0: singular values end between about 0.7 and 1.2. */
const QUINTIC: readonly NewtonSchulzStep[] = Array.from({ length: 5 }, () => [3.4445, -4.775, 2.0315]);

/** The shape of one matrix (m, n), or of a batch (B, m, n) of them. */
function matricesOf(op: string, x: Tensor): { batch: number; m: number; n: number } {
  requireType(op, "x", x, "float32");
  const [n, m, batch = 1] = [...x.shape].reverse();
  if (m === undefined || n === undefined || x.shape.length > 3) {
    throw new ShapeError(`${op}: shape ${show(x.shape)} is no matrix (m, n) and no batch (B, m, n) of them.`);
  }
  return { batch, m, n };
}

/** Orthogonalises x, whose storage is overwritten; the result may be in it or in another one. */
function newtonSchulz(
  on: Engine,
  x: Storage,
  shape: { batch: number; m: number; n: number },
  steps: readonly NewtonSchulzStep[],
): Storage {
  const { batch, m, n } = shape;
  // The smaller of X X' and X' X, which give the same polynomial.
  const wide = m <= n;
  const size = Math.min(m, n);
  const square = { batch, m: size, n: size, k: size, transposeA: false, transposeB: false };
  on.unitNorm({ x: x.buffer, out: x.buffer, parts: batch, eps: 1e-7 });
  const gram = new Storage(on, batch * size * size);
  const factor = new Storage(on, batch * size * size);
  let from = x;
  let next = new Storage(on, batch * m * n);
  for (const [a, b, c] of steps) {
    const pair = { a: from.buffer, b: from.buffer, batch, transposeA: !wide, transposeB: wide };
    on.gemm({ ...pair, out: to(gram.buffer), m: size, n: size, k: Math.max(m, n) });
    on.gemm({ ...square, a: gram.buffer, b: gram.buffer, out: to(factor.buffer) });
    on.scale({ x: factor.buffer, factor: c, out: to(factor.buffer) });
    on.scale({ x: gram.buffer, factor: b, out: { buffer: factor.buffer, accumulate: true } });
    on.scale({ x: from.buffer, factor: a, out: to(next.buffer) });
    on.gemm({
      ...(wide ? { a: factor.buffer, b: from.buffer } : { a: from.buffer, b: factor.buffer }),
      out: { buffer: next.buffer, accumulate: true },
      m,
      n,
      k: size,
      batch,
      transposeA: false,
      transposeB: false,
    });
    [from, next] = [next, from];
  }
  for (const each of [gram, factor, next]) each.release();
  return from;
}

/**
 * The nearest orthogonal matrix of each matrix of x (m, n) or (B, m, n), by Newton-Schulz steps: from U S V' about
 * U V'. Each matrix is first divided by its Frobenius norm. By default five steps of the quintic that Muon uses.
 */
export function orthogonalize(x: Tensor, steps: readonly NewtonSchulzStep[] = QUINTIC): Tensor {
  const on = engine();
  const shape = matricesOf("orthogonalize", x);
  const own = new Storage(on, x.size);
  on.scale({ x: storageOf(x, "orthogonalize").buffer, factor: 1, out: to(own.buffer) });
  return adopt(x.shape, "float32", newtonSchulz(on, own, shape, steps));
}

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
}

const MUON: Kinds<MuonOptions> = {
  lr: "any!",
  momentum: "any",
  nesterov: "boolean",
  weightDecay: "any",
  transposed: "boolean",
  gradScale: "any",
  steps: "array",
};

/**
 * One step of Muon (Jordan et al., 2024), in place, for a matrix (m, n) or a batch (B, m, n): the momentum is a running
 * mean of the gradients, and the update is orthogonalised and multiplied by sqrt(max(1, out / in)).
 */
export function muon(p: Parameter, grad: Tensor, state: { momentum: Tensor }, options: MuonOptions): void {
  requireOptions("muon", options, MUON);
  const { lr, momentum = 0.95, nesterov = true, weightDecay = 0, transposed = false } = options;
  const { gradScale = 1, steps = QUINTIC } = options;
  const on = engine();
  const shape = matricesOf("muon", p);
  requireShape("muon", "grad", grad, p.shape, p);
  requireShape("muon", "state.momentum", state.momentum, p.shape, p);
  for (const [name, value] of Object.entries({ lr, momentum, weightDecay, gradScale })) {
    requireFinite("muon", name, value);
  }
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
  const update = newtonSchulz(on, own, shape, steps);
  const ratio = transposed ? shape.m / shape.n : shape.n / shape.m;
  if (weightDecay !== 0) on.scale({ x: weights, factor: 1 - lr * weightDecay, out: to(weights) });
  on.scale({
    x: update.buffer,
    factor: -lr * Math.sqrt(Math.max(1, ratio)),
    out: { buffer: weights, accumulate: true },
  });
  update.release();
}
