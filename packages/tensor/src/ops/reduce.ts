import { engine } from "../current.js";
import { Storage } from "../storage.js";
import { record, to, tracked } from "../tape.js";
import { result, sizeOf, storageOf, type Tensor } from "../tensor.js";
import { axisOf, requireType, rowsOf } from "./checks.js";

function total(op: string, x: Tensor, factor: number): Tensor {
  const on = engine();
  requireType(op, "x", x, "float32");
  const out = result([]);
  on.sum({ x: storageOf(x, op).buffer, factor, out: storageOf(out, op).buffer });
  if (tracked(x)) {
    record(out, [], (dOut, gradients) => {
      on.broadcast({ x: dOut.buffer, factor, out: gradients.into(x) });
    });
  }
  return out;
}

/** An axis between those before and those after it, and the shape that is left without it. */
function around(op: string, x: Tensor, axis: number) {
  requireType(op, "x", x, "float32");
  const at = axisOf(op, x, axis);
  const outer = sizeOf(x.shape.slice(0, at));
  const inner = sizeOf(x.shape.slice(at + 1));
  return { place: { outer, extent: x.shape[at]!, inner }, shape: x.shape.filter((_, i) => i !== at) };
}

function totalOverAxis(op: "sum" | "mean", x: Tensor, axis: number): Tensor {
  const on = engine();
  const { place, shape } = around(op, x, axis);
  const factor = op === "mean" ? 1 / place.extent : 1;
  const out = result(shape);
  on.sumAxis({ ...place, factor, x: storageOf(x, op).buffer, out: to(storageOf(out, op).buffer) });
  if (tracked(x)) {
    record(out, [], (dOut, gradients) => {
      on.broadcastAxis({ ...place, factor, x: dOut.buffer, out: gradients.into(x) });
    });
  }
  return out;
}

/** The sum over one axis, which goes, or of all elements: a scalar. */
export function sum(x: Tensor, axis?: number): Tensor {
  return axis === undefined ? total("sum", x, 1) : totalOverAxis("sum", x, axis);
}

/** The mean over one axis, which goes, or of all elements: a scalar. */
export function mean(x: Tensor, axis?: number): Tensor {
  return axis === undefined ? total("mean", x, 1 / x.size) : totalOverAxis("mean", x, axis);
}

/** The largest value along one axis, which goes. Of equal values the first takes the gradient. */
export function max(x: Tensor, axis: number): Tensor {
  const on = engine();
  const { place, shape } = around("max", x, axis);
  const out = result(shape);
  const index = new Storage(on, out.size, "int32");
  on.maxAxis({
    ...place,
    x: storageOf(x, "max").buffer,
    out: to(storageOf(out, "max").buffer),
    index: index.buffer,
  });
  if (tracked(x)) {
    record(out, [index], (dOut, gradients) => {
      on.scatterAxis({ ...place, x: dOut.buffer, out: gradients.into(x), index: index.buffer });
    });
  }
  index.release();
  return out;
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
