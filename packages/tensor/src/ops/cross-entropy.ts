import { engine } from "../current.js";
import type { Reduction } from "../kernel-arguments.js";
import { Storage } from "../storage.js";
import { record, to, tracked } from "../tape.js";
import { result, storageOf, type Tensor } from "../tensor.js";
import { requireOptions, requireReduction, requireShape, requireTargets } from "./checks.js";

/** Which rows count in a loss, and how. */
export interface CrossEntropyOptions {
  /** The weight of each row, of any sign, of the targets' shape. Default 1. */
  mask?: Tensor;
  /** Rows with this target do not count, whatever their weight. Default -100. */
  ignoreIndex?: number;
  /**
   * "sum" is the sum of weight * loss over the rows, for weights such as the advantages of a policy gradient, or to be divided
   * by what several batches count together. "mean" (the default) divides it by the sum of the weights, and is 0 when no row
   * has a weight. It means nothing when the weights' sum is not positive: then it is NaN, and so are the gradients.
   */
  reduction?: Reduction;
}

/**
 * The loss -log softmax(logits)[target] of each row, reduced to a scalar, for logits (..., V) and int32 targets (...). A weight
 * that is NaN makes the loss NaN: values on a device cannot be checked here. A target outside [0, V) is an IndexError.
 * `logProbabilities` gives one number a row.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const op = "crossEntropy";
  requireOptions(op, options, { mask: "object", ignoreIndex: "number", reduction: "any" });
  const { mask, ignoreIndex = -100, reduction = "mean" } = options;
  const on = engine();
  const { rows, classes } = requireTargets(op, logits, targets);
  requireReduction(op, reduction);
  requireShape(op, "mask", mask, targets.shape, logits);
  const ls = storageOf(logits, op);
  const ts = storageOf(targets, op);
  const ms = mask ? storageOf(mask, op) : null;
  const out = result([]);
  const logSumExp = new Storage(on, 2 * rows);
  const divisor = new Storage(on, 1);
  const args = {
    logits: ls.buffer,
    targets: ts.buffer,
    mask: ms?.buffer ?? null,
    ignoreIndex,
    logSumExp: logSumExp.buffer,
    divisor: divisor.buffer,
    rows,
    classes,
  };
  try {
    on.crossEntropy({ ...args, reduction, loss: storageOf(out, op).buffer });
    if (tracked(logits)) {
      record(out, ms ? [ls, ts, logSumExp, divisor, ms] : [ls, ts, logSumExp, divisor], (dOut, gradients) => {
        // The logits are the largest activation: once nobody else needs them, their gradient overwrites them.
        const dLogits = ls.exclusive ? ls.retain() : new Storage(on, ls.buffer.length);
        on.crossEntropyBackward({ ...args, dLoss: dOut.buffer, dLogits: to(dLogits.buffer) });
        gradients.give(logits, dLogits);
      });
    }
  } finally {
    logSumExp.release();
    divisor.release();
  }
  return out;
}
