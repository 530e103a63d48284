import { engine } from "../current.js";
import type { Engine } from "../engine.js";
import { ShapeError } from "../errors.js";
import { requireType } from "../ops/checks.js";
import { Storage } from "../storage.js";
import { to } from "../tape.js";
import { adopt, show, storageOf, type Tensor } from "../tensor.js";

/** The three numbers (a, b, c) of one Newton-Schulz step X <- a X + (b A + c A A) X with A = X X'. */
export type NewtonSchulzStep = readonly [a: number, b: number, c: number];

/** Five times the quintic of Jordan et al. (2024), steep at 0: singular values end between about 0.7 and 1.2. */
export const QUINTIC: readonly NewtonSchulzStep[] = Array.from({ length: 5 }, () => [3.4445, -4.775, 2.0315]);

/** The shape of one matrix (m, n), or of a batch (B, m, n) of them. */
export interface Matrices {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
}

/** @throws {ShapeError} for what is no matrix and no batch of them */
export function matricesOf(op: string, x: Tensor): Matrices {
  requireType(op, "x", x, "float32");
  const [n, m, batch = 1] = [...x.shape].reverse();
  if (m === undefined || n === undefined || x.shape.length > 3) {
    throw new ShapeError(`${op}: shape ${show(x.shape)} is no matrix (m, n) and no batch (B, m, n) of them.`);
  }
  return { batch, m, n };
}

/** Orthogonalises x, whose storage is overwritten; the result may be in it or in another one. */
export function newtonSchulz(
  on: Engine,
  x: Storage,
  shape: Matrices,
  steps: readonly NewtonSchulzStep[],
  eps = 1e-7,
): Storage {
  const { batch, m, n } = shape;
  // The smaller of X X' and X' X, which give the same polynomial.
  const wide = m <= n;
  const size = Math.min(m, n);
  const square = { batch, m: size, n: size, k: size, transposeA: false, transposeB: false };
  on.unitNorm({ x: x.buffer, out: x.buffer, parts: batch, eps });
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
