import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { Storage } from "../storage.js";
import { record, scratchFor, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { requireShape, requireType, requireWeight, rowsOf } from "./checks.js";

/** Logits that exist at a time by default: 64 MB of them. Fewer rows make for slower products. */
const CHUNK = 16 * 2 ** 20;

/** What counts in a `linearCrossEntropy`, and how much of it is in memory at a time. */
export interface LinearCrossEntropyOptions {
  /** The weight of each row, of the targets' shape. Default 1. */
  mask?: Tensor;
  /** Rows with this target do not count. Default -100. */
  ignoreIndex?: number;
  /** Logits become softcap * tanh(logit / softcap). Default: they stay as they are. */
  softcap?: number;
  /**
   * How many rows and classes of the logits are in memory at once. With fewer classes than there are, every logit is
   * computed twice when gradients are asked for. Default: all classes, and as many rows (but 64 at least) as 64 MB hold.
   */
  chunk?: { rows?: number; classes?: number };
}

/**
 * crossEntropy(softcap(x W'), targets) for x (..., K), W (V, K) and int32 targets (...), a scalar, without the (rows x V)
 * logits: they are made in chunks, and each chunk's share of the gradients of x and W is computed while it is there.
 * W may be in bfloat16: it is frozen then.
 */
export function linearCrossEntropy(
  x: Tensor,
  weight: Tensor,
  targets: Tensor,
  options: LinearCrossEntropyOptions = {},
): Tensor {
  const { mask, ignoreIndex = -100, softcap = 0, chunk = {} } = options;
  const op = "linearCrossEntropy";
  const on = engine();
  requireType(op, "x", x, "float32");
  requireWeight(op, "weight", weight);
  requireType(op, "targets", targets, "int32");
  const { rows, columns } = rowsOf(op, x);
  const [classes, inner] = weight.shape;
  if (weight.shape.length !== 2 || inner !== columns || classes === undefined) {
    throw new ShapeError(
      `${op}: x of shape ${show(x.shape)} cannot be multiplied by a transposed weight of shape ${show(weight.shape)}.`,
    );
  }
  if (targets.size !== rows) {
    throw new ShapeError(
      `${op}: x of shape ${show(x.shape)} needs ${rows} targets, not shape ${show(targets.shape)}.`,
    );
  }
  requireShape(op, "mask", mask, targets.shape, x);
  const chunkClasses = Math.min(classes, chunk.classes ?? classes);
  const chunkRows = Math.min(rows, chunk.rows ?? Math.max(64, Math.floor(CHUNK / chunkClasses)));
  for (const [name, value] of Object.entries({ "chunk.rows": chunkRows, "chunk.classes": chunkClasses })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ShapeError(`${op}: ${name} must be a positive integer, not ${value}.`);
    }
  }
  if (!(softcap >= 0 && Number.isFinite(softcap))) {
    throw new ShapeError(`${op}: softcap must be a positive number, or 0 for none, not ${softcap}.`);
  }
  const out = result([]);
  const dX = tracked(x) ? new Storage(on, x.size) : null;
  const dWeight = tracked(weight) ? new Storage(on, weight.size) : null;
  try {
    on.linearCrossEntropy({
      x: storageOf(x, op).buffer,
      weight: storageOf(weight, op).buffer,
      targets: storageOf(targets, op).buffer,
      mask: mask ? storageOf(mask, op).buffer : null,
      ignoreIndex,
      loss: storageOf(out, op).buffer,
      dX: dX?.buffer ?? null,
      dWeight: dWeight?.buffer ?? null,
      rows,
      columns,
      classes,
      softcap,
      chunkRows,
      chunkClasses,
    });
    const made = [
      { of: x, gradient: dX },
      { of: weight, gradient: dWeight },
    ].flatMap(({ of, gradient }) => (gradient ? [{ of, gradient }] : []));
    if (made.length > 0) {
      record(
        out,
        made.map(({ gradient }) => gradient),
        (dOut, gradients) => {
          for (const { of, gradient } of made) {
            const scaled = scratchFor(gradient);
            on.scaleBy({ x: gradient.buffer, factor: dOut.buffer, out: scaled.buffer });
            gradients.give(of, scaled);
          }
        },
      );
    }
  } finally {
    dX?.release();
    dWeight?.release();
  }
  return out;
}
