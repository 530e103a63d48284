import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { Storage } from "../storage.js";
import { record, tracked } from "../tape.js";
import { adopt, show, storageOf, type Tensor } from "../tensor.js";

/**
 * x in another type: float32 rounded to "bfloat16" (to nearest, ties to even, a NaN stays one), half its memory, or bfloat16
 * as the "float32" that it stands for. The type it has already returns x under a new handle.
 *
 * Tensors in bfloat16 are frozen weights: `linear`, `embedding` and `linearCrossEntropy` take them and add in float32.
 *
 * @throws {ShapeError} for other types, and where a gradient is asked for through a rounded x
 */
export function cast(x: Tensor, dtype: "float32" | "bfloat16"): Tensor {
  const op = "cast";
  for (const type of [x.dtype, dtype]) {
    if (type !== "float32" && type !== "bfloat16") {
      throw new ShapeError(
        `${op}: x of shape ${show(x.shape)} cannot go from ${x.dtype} to ${dtype}. Only "float32" and "bfloat16" can be cast.`,
      );
    }
  }
  const xs = storageOf(x, op);
  if (x.dtype === dtype) {
    const out = adopt(x.shape, dtype, xs.retain());
    if (tracked(x)) record(out, [], (dOut, gradients) => gradients.share(x, dOut));
    return out;
  }
  if (tracked(x)) {
    throw new ShapeError(
      `${op}: x of shape ${show(x.shape)} is asked for its gradient, but weights in bfloat16 are frozen. Cast it outside of valueAndGrad.`,
    );
  }
  const on = engine();
  const out = adopt(x.shape, dtype, new Storage(on, x.size, dtype));
  on.cast({ x: xs.buffer, out: storageOf(out, op).buffer });
  return out;
}
