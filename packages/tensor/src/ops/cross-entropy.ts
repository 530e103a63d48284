import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { Storage } from "../storage.js";
import { record, to, tracked } from "../tape.js";
import { result, show, storageOf, type Tensor } from "../tensor.js";
import { requireShape, requireType, rowsOf } from "./checks.js";

/**
 * The mean of -log softmax(logits)[target] over the counted rows, for logits (..., V) and int32 targets (...): a
 * scalar. Rows whose target is `ignoreIndex` (default -100) do not count, others count mask[row] (default 1); the
 * loss is 0 when nothing counts. A target outside [0, V) is an IndexError.
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: { mask?: Tensor; ignoreIndex?: number } = {},
): Tensor {
  const { mask, ignoreIndex = -100 } = options;
  const on = engine();
  const op = "crossEntropy";
  requireType(op, "logits", logits, "float32");
  requireType(op, "targets", targets, "int32");
  const { rows, columns: classes } = rowsOf(op, logits);
  if (targets.size !== rows) {
    throw new ShapeError(
      `${op}: logits of shape ${show(logits.shape)} need ${rows} targets, not shape ${show(targets.shape)}.`,
    );
  }
  requireShape(op, "mask", mask, targets.shape, logits);
  const ls = storageOf(logits, op);
  const ts = storageOf(targets, op);
  const ms = mask ? storageOf(mask, op) : null;
  const out = result([]);
  const logSumExp = new Storage(on, 2 * rows);
  const total = new Storage(on, 1);
  const args = {
    logits: ls.buffer,
    targets: ts.buffer,
    mask: ms?.buffer ?? null,
    ignoreIndex,
    logSumExp: logSumExp.buffer,
    total: total.buffer,
    rows,
    classes,
  };
  try {
    on.crossEntropy({ ...args, loss: storageOf(out, op).buffer });
    if (tracked(logits)) {
      record(out, ms ? [ls, ts, logSumExp, total, ms] : [ls, ts, logSumExp, total], (dOut, gradients) => {
        // The logits are the largest activation: once nobody else needs them, their gradient overwrites them.
        const dLogits = ls.exclusive ? ls.retain() : new Storage(on, ls.buffer.length);
        on.crossEntropyBackward({ ...args, dLoss: dOut.buffer, dLogits: to(dLogits.buffer) });
        gradients.give(logits, dLogits);
      });
    }
  } finally {
    logSumExp.release();
    total.release();
  }
  return out;
}
