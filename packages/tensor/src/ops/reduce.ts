import { engine } from "../current.js";
import { record, tracked } from "../tape.js";
import { result, storageOf, type Tensor } from "../tensor.js";
import { requireType, rowsOf } from "./checks.js";

function total(op: string, x: Tensor, factor: number): Tensor {
  const on = engine();
  requireType(op, "x", x, "float32");
  const out = result([]);
  on.sum({
    x: storageOf(x, op).buffer,
    factor,
    out: storageOf(out, op).buffer,
    index: 0,
    squares: false,
  });
  if (tracked(x)) {
    record(out, [], (dOut, gradients) => {
      on.broadcast({ x: dOut.buffer, factor, out: gradients.into(x) });
    });
  }
  return out;
}

/** The sum of all elements: a scalar. */
export function sum(x: Tensor): Tensor {
  return total("sum", x, 1);
}

/** The mean of all elements: a scalar. */
export function mean(x: Tensor): Tensor {
  return total("mean", x, 1 / x.size);
}

/** exp(x) normalised to sum 1 over the last axis. */
export function softmax(x: Tensor): Tensor {
  const on = engine();
  requireType("softmax", "x", x, "float32");
  const { rows, columns } = rowsOf("softmax", x);
  const out = result(x.shape);
  const y = storageOf(out, "softmax");
  on.softmax({ x: storageOf(x, "softmax").buffer, out: y.buffer, rows, columns });
  if (tracked(x)) {
    record(out, [y], (dOut, gradients) => {
      on.softmaxBackward({ y: y.buffer, dOut: dOut.buffer, dX: gradients.into(x), rows, columns });
    });
  }
  return out;
}
