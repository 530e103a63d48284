import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import type { QuantizedInputs } from "../kernel-arguments.js";
import { Storage } from "../storage.js";
import { record, tracked } from "../tape.js";
import { adopt, result, show, storageOf, type Tensor } from "../tensor.js";
import { requireOptions, requireShape, requireType, rowsOf } from "./checks.js";

/** A matrix in 8 bits: row n is scales[n] * values[n]. */
export interface QuantizedWeight {
  readonly values: Tensor; // int8 (N, K)
  readonly scales: Tensor; // (N)
}

/** Rounds each row of a weight (N, K) to multiples of max |w| / 127: a quarter of the memory, for inference. */
export function quantize(weight: Tensor): QuantizedWeight {
  const op = "quantize";
  const on = engine();
  requireType(op, "weight", weight, "float32");
  const [rows, columns] = weight.shape;
  if (weight.shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new ShapeError(`${op}: weight has shape ${show(weight.shape)}, but (rows, columns) is needed.`);
  }
  const xs = storageOf(weight, op);
  const values = adopt(weight.shape, "int8", new Storage(on, weight.size, "int8"));
  const scales = result([rows]);
  on.quantize({
    x: xs.buffer,
    values: storageOf(values, op).buffer,
    scales: storageOf(scales, op).buffer,
    rows,
    columns,
  });
  return { values, scales };
}

/** Columns whose products of 8-bit integers, each at most 127 * 128, add up within 32 bits. */
const MOST_COLUMNS = Math.floor((2 ** 31 - 1) / (127 * 128));

export interface QuantizedLinearOptions {
  /**
   * "int8" rounds each row of x to multiples of max |x| / 127 too: sums are those of integers, the result is the same to
   * the last bit on every engine, and many rows are several times as fast on processors with VNNI. It costs
   * precision; "float32", the default, does not.
   */
  inputs?: QuantizedInputs;
}

/**
 * x W' + bias for x (..., K) and a quantised W (N, K): (..., N). Unless `inputs` says more, engines may round each row of x to
 * integers as finely as a sum of K products in 32 bits allows.
 *
 * W is frozen: there are gradients for x, dX = dY W in float32, and for the bias. Rounding x counts as the identity in them,
 * with `inputs: "int8"` too (the straight-through estimator of Bengio et al., 2013).
 */
export function quantizedLinear(
  x: Tensor,
  weight: QuantizedWeight,
  bias?: Tensor | null,
  options: QuantizedLinearOptions = {},
): Tensor {
  const op = "quantizedLinear";
  requireOptions(op, options, { inputs: ["float32", "int8"] });
  const { inputs = "float32" } = options;
  requireType(op, "x", x, "float32");
  requireType(op, "weight.values", weight.values, "int8");
  const { rows, columns } = rowsOf(op, x);
  const [n, inner] = weight.values.shape;
  if (weight.values.shape.length !== 2 || inner !== columns || n === undefined) {
    throw new ShapeError(
      `${op}: x of shape ${show(x.shape)} cannot be multiplied by a transposed weight of shape ${show(weight.values.shape)}.`,
    );
  }
  requireShape(op, "weight.scales", weight.scales, [n], x);
  requireShape(op, "bias", bias, [n], x);
  if (inputs !== "float32" && inputs !== "int8") {
    throw new ShapeError(`${op}: inputs is "${inputs}". Choose "float32" or "int8".`);
  }
  if (inputs === "int8" && columns > MOST_COLUMNS) {
    throw new ShapeError(
      `${op}: ${columns} products of 8-bit integers may not fit in 32 bits; ${MOST_COLUMNS} do. Use inputs "float32".`,
    );
  }
  if (tracked(weight.scales)) {
    throw new ShapeError(
      `${op}: weight.scales is asked for its gradient, but a quantised weight is frozen. Make it by quantize, outside of valueAndGrad.`,
    );
  }
  const on = engine();
  const xs = storageOf(x, op);
  const values = storageOf(weight.values, op);
  const scales = storageOf(weight.scales, op);
  const out = result([...x.shape.slice(0, -1), n]);
  on.quantizedProduct({
    x: xs.buffer,
    values: values.buffer,
    scales: scales.buffer,
    bias: bias ? storageOf(bias, op).buffer : null,
    out: storageOf(out, op).buffer,
    inputs,
    rows,
    columns,
    n,
  });
  if (tracked(x, bias)) {
    record(out, [values, scales], (dOut, gradients) => {
      if (gradients.wants(bias)) {
        on.columnSums({ x: dOut.buffer, out: gradients.into(bias), rows, columns: n });
      }
      if (!gradients.wants(x)) return;
      on.quantizedProductBackward({
        dOut: dOut.buffer,
        values: values.buffer,
        scales: scales.buffer,
        dX: gradients.into(x),
        rows,
        columns,
        n,
      });
    });
  }
  return out;
}
