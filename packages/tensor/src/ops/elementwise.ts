import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { dropoutKey } from "../random-numbers.js";
import { record, scratchFor, to, tracked } from "../tape.js";
import { adopt, result, show, storageOf, type Tensor } from "../tensor.js";
import { isShape, requireFinite, requireOptions, requireType } from "./checks.js";

function requireSame(op: string, a: Tensor, b: Tensor): void {
  requireType(op, "a", a, "float32");
  requireType(op, "b", b, "float32");
  if (!isShape(a, b.shape)) {
    throw new ShapeError(`${op}: shapes ${show(a.shape)} and ${show(b.shape)} must be equal.`);
  }
}

/** a + b, of equal shapes. */
export function add(a: Tensor, b: Tensor): Tensor {
  requireSame("add", a, b);
  const out = result(a.shape);
  engine().add({
    a: storageOf(a, "add").buffer,
    b: storageOf(b, "add").buffer,
    out: storageOf(out, "add").buffer,
  });
  if (tracked(a, b)) {
    record(out, [], (dOut, gradients) => {
      gradients.share(a, dOut);
      gradients.share(b, dOut);
    });
  }
  return out;
}

/** a * b element by element, of equal shapes. */
export function mul(a: Tensor, b: Tensor): Tensor {
  requireSame("mul", a, b);
  const on = engine();
  const as = storageOf(a, "mul");
  const bs = storageOf(b, "mul");
  const out = result(a.shape);
  on.multiply({ a: as.buffer, b: bs.buffer, out: to(storageOf(out, "mul").buffer) });
  if (tracked(a, b)) {
    record(out, [as, bs], (dOut, gradients) => {
      if (gradients.wants(a)) on.multiply({ a: dOut.buffer, b: bs.buffer, out: gradients.into(a) });
      if (gradients.wants(b)) on.multiply({ a: dOut.buffer, b: as.buffer, out: gradients.into(b) });
    });
  }
  return out;
}

/** x times the number `factor`. */
export function scale(x: Tensor, factor: number): Tensor {
  const on = engine();
  requireType("scale", "x", x, "float32");
  requireFinite("scale", "factor", factor);
  const out = result(x.shape);
  on.scale({ x: storageOf(x, "scale").buffer, factor, out: to(storageOf(out, "scale").buffer) });
  if (tracked(x)) {
    record(out, [], (dOut, gradients) => {
      on.scale({ x: dOut.buffer, factor, out: gradients.into(x) });
    });
  }
  return out;
}

/**
 * Zeroes each element with probability p and divides the rest by 1 - p. The mask is a pure function of
 * (seed, step, stream) and the element's index, on every engine; p = 0 returns x under a new handle.
 */
export function dropout(
  x: Tensor,
  p: number,
  options: { seed: number; step: number; stream: number },
): Tensor {
  const on = engine();
  requireType("dropout", "x", x, "float32");
  requireOptions("dropout", options, { seed: "number!", step: "number!", stream: "number!" });
  if (!(p >= 0 && p < 1)) throw new ShapeError(`dropout: p must be in [0, 1), not ${p}.`);
  const xs = storageOf(x, "dropout");
  if (p === 0) {
    const out = adopt(x.shape, "float32", xs.retain());
    if (tracked(x)) record(out, [], (dOut, gradients) => gradients.share(x, dOut));
    return out;
  }
  const key = dropoutKey(options);
  const out = result(x.shape);
  on.dropout({ x: xs.buffer, p, key, out: to(storageOf(out, "dropout").buffer) });
  if (tracked(x)) {
    record(out, [], (dOut, gradients) => {
      const dX = scratchFor(dOut);
      on.dropout({ x: dOut.buffer, p, key, out: to(dX.buffer) });
      gradients.give(x, dX);
    });
  }
  return out;
}
