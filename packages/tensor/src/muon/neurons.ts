// What is said of each neuron, a row of the matrix (out, in), or of each of its inputs: one number for a line of the matrix.

import type { Engine } from "../engine.js";
import type { AxisArgs } from "../kernel-arguments.js";
import { Storage } from "../storage.js";
import { to } from "../tape.js";
import type { Matrices } from "./orthogonalize.js";

type Axis = Pick<AxisArgs, "outer" | "extent" | "inner">;

/** Along which axis of (B, m, n) a line runs: 0 is down a column, 1 along a row. */
function lines({ batch, m, n }: Matrices, axis: 0 | 1): Axis {
  return axis === 0 ? { outer: batch, extent: m, inner: n } : { outer: batch * m, extent: n, inner: 1 };
}

/** Works with storages that are freed afterwards. */
function borrowing<T>(on: Engine, work: (borrow: (length: number) => Storage) => T): T {
  const borrowed: Storage[] = [];
  try {
    return work((length) => {
      borrowed.push(new Storage(on, length));
      return borrowed.at(-1)!;
    });
  } finally {
    for (const each of borrowed) each.release();
  }
}

/** Multiplies each line of x by a number of its own and each matrix by one of its own, in place. */
function multiplyLines(on: Engine, x: Storage, byLine: Storage, byMatrix: Storage, line: Axis): void {
  borrowing(on, (borrow) => {
    const size = line.outer * line.extent * line.inner;
    const kept = line.outer * line.inner;
    const batch = byMatrix.buffer.length;
    const [each, factors, wide, product] = [borrow(kept), borrow(kept), borrow(size), borrow(size)];
    const whole = { outer: batch, extent: kept / batch, inner: 1 };
    on.broadcastAxis({ ...whole, x: byMatrix.buffer, factor: 1, out: to(each.buffer) });
    on.multiply({ a: byLine.buffer, b: each.buffer, out: to(factors.buffer) });
    on.broadcastAxis({ ...line, x: factors.buffer, factor: 1, out: to(wide.buffer) });
    on.multiply({ a: x.buffer, b: wide.buffer, out: to(product.buffer) });
    on.scale({ x: product.buffer, factor: 1, out: to(x.buffer) });
  });
}

/** factor * the sum of x over each line. */
function sumLines(on: Engine, x: Storage, out: Storage, line: Axis, factor = 1): void {
  on.sumAxis({ ...line, x: x.buffer, factor, out: to(out.buffer) });
}

/** out = factor * sqrt(x). */
function root(on: Engine, x: Storage, out: Storage, factor = 1): void {
  borrowing(on, (borrow) => {
    const inverse = borrow(x.buffer.length);
    on.rsqrt({ x: x.buffer, min: 1e-30, out: inverse.buffer });
    on.multiply({ a: x.buffer, b: inverse.buffer, out: to(out.buffer) });
    on.scale({ x: out.buffer, factor, out: to(out.buffer) });
  });
}

/**
 * Gives the part of each neuron in x, which runs along `axis`, the length that is their quadratic mean, in place (MuonEq,
 * arXiv 2603.28254). One shorter than 1e-6 is not enlarged more than that one.
 */
export function equilibrate(on: Engine, x: Storage, shape: Matrices, axis: 0 | 1): void {
  borrowing(on, (borrow) => {
    const { batch, m, n } = shape;
    const line = lines(shape, axis);
    const kept = line.outer * line.inner;
    const [squares, sums, inverse] = [borrow(batch * m * n), borrow(kept), borrow(kept)];
    const [total, mean] = [borrow(batch), borrow(batch)];
    on.multiply({ a: x.buffer, b: x.buffer, out: to(squares.buffer) });
    sumLines(on, squares, sums, line);
    sumLines(on, sums, total, { outer: batch, extent: kept / batch, inner: 1 });
    root(on, total, mean, Math.sqrt(batch / kept));
    on.rsqrt({ x: sums.buffer, min: 1e-12, out: inverse.buffer });
    multiplyLines(on, x, inverse, mean, line);
  });
}

/**
 * Divides each line of x by the root of a running mean of its squares, and brings each matrix back to the norm it had, in place
 * (NorMuon, arXiv 2510.05491). Lines run along `axis`, and `variance` holds a number for each.
 */
export function reduceVariance(
  on: Engine,
  x: Storage,
  variance: Storage,
  shape: Matrices,
  { axis, decay }: { axis: 0 | 1; decay: number },
): void {
  borrowing(on, (borrow) => {
    const { batch, m, n } = shape;
    const line = lines(shape, axis);
    const kept = line.outer * line.inner;
    const whole = { outer: batch, extent: kept / batch, inner: 1 };
    const [squares, mean, inverse] = [borrow(batch * m * n), borrow(kept), borrow(kept)];
    const [once, twice] = [borrow(kept), borrow(kept)];
    const [before, after, ratio, back] = [borrow(batch), borrow(batch), borrow(batch), borrow(batch)];
    on.multiply({ a: x.buffer, b: x.buffer, out: to(squares.buffer) });
    sumLines(on, squares, mean, line, 1 / line.extent);
    on.scale({ x: variance.buffer, factor: decay, out: to(variance.buffer) });
    on.scale({ x: mean.buffer, factor: 1 - decay, out: { buffer: variance.buffer, accumulate: true } });
    on.rsqrt({ x: variance.buffer, min: 1e-10, out: inverse.buffer });

    // What the squares add up to without the division and with it.
    sumLines(on, mean, before, whole);
    on.multiply({ a: mean.buffer, b: inverse.buffer, out: to(once.buffer) });
    on.multiply({ a: once.buffer, b: inverse.buffer, out: to(twice.buffer) });
    sumLines(on, twice, after, whole);
    on.rsqrt({ x: after.buffer, min: 1e-20, out: after.buffer });
    root(on, before, ratio);
    on.multiply({ a: ratio.buffer, b: after.buffer, out: to(back.buffer) });
    multiplyLines(on, x, inverse, back, line);
  });
}
