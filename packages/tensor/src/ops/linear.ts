import { engine } from "../current.js";
import type { Activation } from "../device-buffer.js";
import { ShapeError } from "../errors.js";
import { Storage } from "../storage.js";
import { type Gradients, record, scratchFor, to, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { ACTIVATIONS, requireOptions, requireShape, requireType, requireWeight, rowsOf } from "./checks.js";

interface Product {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
}

/** The gradients of a product C = op(A) op(B): each is again a product, of dC and the other factor. */
function productBackward(p: Product, a: Storage, b: Storage, dC: Storage, gradients: Gradients): void {
  const { m, n, k, batch, transposeA, transposeB } = p;
  const on = gradients.engine;
  if (gradients.wants(p.a)) {
    const out = gradients.into(p.a);
    if (transposeA) {
      on.gemm({
        a: b.buffer,
        b: dC.buffer,
        out,
        m: k,
        n: m,
        k: n,
        batch,
        transposeA: transposeB,
        transposeB: true,
      });
    } else {
      on.gemm({
        a: dC.buffer,
        b: b.buffer,
        out,
        m,
        n: k,
        k: n,
        batch,
        transposeA: false,
        transposeB: !transposeB,
      });
    }
  }
  if (gradients.wants(p.b)) {
    const out = gradients.into(p.b);
    if (transposeB) {
      on.gemm({
        a: dC.buffer,
        b: a.buffer,
        out,
        m: n,
        n: k,
        k: m,
        batch,
        transposeA: true,
        transposeB: transposeA,
      });
    } else {
      on.gemm({
        a: a.buffer,
        b: dC.buffer,
        out,
        m: k,
        n,
        k: m,
        batch,
        transposeA: !transposeA,
        transposeB: false,
      });
    }
  }
}

const LINEAR = { transposed: "boolean", activation: ACTIVATIONS, residual: "any" } as const;

/**
 * activation(x W + bias) + residual for x (..., K) and W (K, N), or (N, K) with `transposed`; residual and result are
 * (..., N). What follows the product is done while it is still in cache. W may be in bfloat16: it is frozen then, and the
 * result that of the float32 numbers it stands for.
 */
export function linear(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: { transposed?: boolean; activation?: Activation; residual?: Tensor | null } = {},
): Tensor {
  requireOptions("linear", options, LINEAR);
  const { transposed = false, activation, residual } = options;
  const on = engine();
  const { rows, columns } = rowsOf("linear", x);
  requireType("linear", "x", x, "float32");
  requireWeight("linear", "weight", weight);
  const [inner, n] = transposed ? [weight.shape[1], weight.shape[0]] : weight.shape;
  if (weight.shape.length !== 2 || inner !== columns || n === undefined) {
    throw new ShapeError(
      `linear: x of shape ${show(x.shape)} cannot be multiplied by a ${transposed ? "transposed " : ""}weight of shape ${show(weight.shape)}.`,
    );
  }
  requireShape("linear", "bias", bias, [n], x);
  const xs = storageOf(x, "linear");
  const ws = storageOf(weight, "linear");
  const shape = [...x.shape.slice(0, -1), n];
  requireShape("linear", "residual", residual, shape, x);
  const out = result(shape);
  const differentiable = tracked(x, weight, bias, residual);
  const pre = activation && differentiable ? new Storage(on, out.size) : null;
  // Each property by its name: spreading costs more than the rest of the call, which a decoded token makes dozens of times.
  on.gemm({
    a: xs.buffer,
    b: ws.buffer,
    out: to(storageOf(out, "linear").buffer),
    m: rows,
    n,
    k: columns,
    batch: 1,
    transposeA: false,
    transposeB: transposed,
    bias: bias ? storageOf(bias, "linear").buffer : null,
    activation,
    pre: pre?.buffer,
    residual: residual ? storageOf(residual, "linear").buffer : null,
  });
  if (differentiable) {
    const sizes = { transposeA: false, transposeB: transposed, m: rows, n, k: columns, batch: 1 };
    const product = { ...sizes, a: x, b: weight };
    record(out, pre ? [xs, ws, pre] : [xs, ws], (dOut, gradients) => {
      if (residual) gradients.share(residual, dOut);
      const dPre = activation ? scratchFor(dOut) : dOut.retain();
      if (activation) {
        on.activationBackward({ kind: activation, x: pre!.buffer, dOut: dOut.buffer, dX: to(dPre.buffer) });
      }
      if (gradients.wants(bias)) {
        on.columnSums({ x: dPre.buffer, out: gradients.into(bias), rows, columns: n });
      }
      productBackward(product, xs, ws, dPre, gradients);
      dPre.release();
    });
  }
  pre?.release();
  return out;
}

/** The matrix product of two matrices, or of two batches (B, ., .) of them, each side transposed on request. */
export function matmul(
  a: Tensor,
  b: Tensor,
  options: { transposeA?: boolean; transposeB?: boolean } = {},
): Tensor {
  requireOptions("matmul", options, { transposeA: "boolean", transposeB: "boolean" });
  const { transposeA = false, transposeB = false } = options;
  requireType("matmul", "a", a, "float32");
  requireType("matmul", "b", b, "float32");
  const batched = a.shape.length === 3;
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  if (
    a.shape.length !== b.shape.length ||
    !(batched || a.shape.length === 2) ||
    k !== inner ||
    (batched && a.shape[0] !== b.shape[0])
  ) {
    throw new ShapeError(
      `matmul: ${show(a.shape)}${transposeA ? " transposed" : ""} cannot be multiplied by ${show(b.shape)}${transposeB ? " transposed" : ""}.`,
    );
  }
  const batch = batched ? a.shape[0]! : 1;
  const as = storageOf(a, "matmul");
  const bs = storageOf(b, "matmul");
  const out = result(batched ? [batch, m, n] : [m, n]);
  const product = { a, b, transposeA, transposeB, m, n, k, batch };
  engine().gemm({ ...product, a: as.buffer, b: bs.buffer, out: to(storageOf(out, "matmul").buffer) });
  if (tracked(a, b)) {
    record(out, [as, bs], (dOut, gradients) => productBackward(product, as, bs, dOut, gradients));
  }
  return out;
}
