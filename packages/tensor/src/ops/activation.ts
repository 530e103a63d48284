import { engine } from "../current.js";
import type { Activation } from "../device-buffer.js";
import { ShapeError } from "../errors.js";
import { record, scratchFor, to, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { requireType, rowsOf } from "./checks.js";

function activated(op: string, kind: Activation, x: Tensor): Tensor {
  const on = engine();
  requireType(op, "x", x, "float32");
  const xs = storageOf(x, op);
  const out = result(x.shape);
  on.activation({ kind, x: xs.buffer, out: storageOf(out, op).buffer });
  if (tracked(x)) {
    record(out, [xs], (dOut, gradients) => {
      on.activationBackward({ kind, x: xs.buffer, dOut: dOut.buffer, dX: gradients.into(x) });
    });
  }
  return out;
}

/** The Gaussian error linear unit: "tanh" is the approximation GPT-2 uses, "none" the exact erf form. */
export function gelu(x: Tensor, options: { approximate?: "tanh" | "none" } = {}): Tensor {
  return activated("gelu", options.approximate === "none" ? "gelu-erf" : "gelu", x);
}

/** max(x, 0)^2. */
export function relu2(x: Tensor): Tensor {
  return activated("relu2", "relu2", x);
}

/** x sigmoid(x). */
export function silu(x: Tensor): Tensor {
  return activated("silu", "silu", x);
}

/**
 * silu(a) * b for the halves (a | b) of the last axis of x (..., 2 K): (..., K). With another `activation` it is the
 * gated unit of that kind (Shazeer, 2020): "gelu" gives GeGLU.
 */
export function swiglu(x: Tensor, options: { activation?: Activation } = {}): Tensor {
  const { activation: kind = "silu" } = options;
  const on = engine();
  requireType("swiglu", "x", x, "float32");
  const { rows, columns: both } = rowsOf("swiglu", x);
  const columns = both / 2;
  if (!Number.isSafeInteger(columns)) {
    throw new ShapeError(`swiglu: the last axis of shape ${show(x.shape)} has no two halves.`);
  }
  const xs = storageOf(x, "swiglu");
  const out = result([...x.shape.slice(0, -1), columns]);
  on.gated({ kind, x: xs.buffer, out: storageOf(out, "swiglu").buffer, rows, columns });
  if (tracked(x)) {
    record(out, [xs], (dOut, gradients) => {
      on.gatedBackward({ kind, x: xs.buffer, dOut: dOut.buffer, dX: gradients.into(x), rows, columns });
    });
  }
  return out;
}

/** cap * tanh(x / cap): close to x where |x| is small, never beyond the cap. */
export function softcap(x: Tensor, cap: number): Tensor {
  const on = engine();
  requireType("softcap", "x", x, "float32");
  if (!(cap > 0 && Number.isFinite(cap))) {
    throw new ShapeError(`softcap: cap must be a positive number, not ${cap}.`);
  }
  const out = result(x.shape);
  const y = storageOf(out, "softcap");
  on.softcap({ x: storageOf(x, "softcap").buffer, out: y.buffer, cap });
  if (tracked(x)) {
    record(out, [y], (dOut, gradients) => {
      const dX = scratchFor(dOut);
      on.softcapBackward({ y: y.buffer, dOut: dOut.buffer, dX: to(dX.buffer), cap });
      gradients.give(x, dX);
    });
  }
  return out;
}
