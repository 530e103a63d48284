import { engine } from "../current.js";
import { Storage } from "../storage.js";
import { record, to, tracked } from "../tape.js";
import { result, storageOf, type Tensor } from "../tensor.js";
import { requireOptions, requireTargets } from "./checks.js";
import { type HeadOptions, headOf } from "./head.js";

/** Which rows have a log-probability. */
export interface LogProbabilitiesOptions {
  /** Rows with this target are 0 and have no gradient. Default -100. */
  ignoreIndex?: number;
}

/** Which rows have a log-probability, and how many logits are in memory at a time. */
export interface LinearLogProbabilitiesOptions extends LogProbabilitiesOptions, HeadOptions {}

/**
 * log softmax(logits)[target] of each row, for logits (..., V) and int32 targets (...): float32 of the targets' shape. It is 0
 * where the target is `ignoreIndex`. A target outside [0, V) is an IndexError.
 */
export function logProbabilities(
  logits: Tensor,
  targets: Tensor,
  options: LogProbabilitiesOptions = {},
): Tensor {
  const op = "logProbabilities";
  requireOptions(op, options, { ignoreIndex: "number" });
  const { ignoreIndex = -100 } = options;
  const on = engine();
  const { rows, classes } = requireTargets(op, logits, targets);
  const ls = storageOf(logits, op);
  const ts = storageOf(targets, op);
  const out = result(targets.shape);
  const logSumExp = new Storage(on, 2 * rows);
  const args = {
    logits: ls.buffer,
    targets: ts.buffer,
    ignoreIndex,
    logSumExp: logSumExp.buffer,
    rows,
    classes,
  };
  try {
    on.logProbabilities({ ...args, out: storageOf(out, op).buffer });
    if (tracked(logits)) {
      record(out, [ls, ts, logSumExp], (dOut, gradients) => {
        // As in crossEntropy: once nobody else needs the logits, their gradient overwrites them.
        const dLogits = ls.exclusive ? ls.retain() : new Storage(on, ls.buffer.length);
        on.logProbabilitiesBackward({ ...args, dOut: dOut.buffer, dLogits: to(dLogits.buffer) });
        gradients.give(logits, dLogits);
      });
    }
  } finally {
    logSumExp.release();
  }
  return out;
}

/**
 * logProbabilities(softcap(x W'), targets) for x (..., K), W (V, K) and int32 targets (...), without the (rows x V) logits:
 * they are made in chunks, and made again for the gradients of x and W.
 */
export function linearLogProbabilities(
  x: Tensor,
  weight: Tensor,
  targets: Tensor,
  options: LinearLogProbabilitiesOptions = {},
): Tensor {
  const op = "linearLogProbabilities";
  requireOptions(op, options, { ignoreIndex: "number", softcap: "number", chunk: "object" });
  const { ignoreIndex = -100 } = options;
  const on = engine();
  const head = headOf(op, { x, weight, targets }, options);
  const xs = storageOf(x, op);
  const ws = storageOf(weight, op);
  const ts = storageOf(targets, op);
  const out = result(targets.shape);
  const logSumExp = new Storage(on, 2 * head.rows);
  const args = {
    x: xs.buffer,
    weight: ws.buffer,
    targets: ts.buffer,
    ignoreIndex,
    logSumExp: logSumExp.buffer,
    ...head,
  };
  try {
    on.linearLogProbabilities({ ...args, out: storageOf(out, op).buffer });
    if (tracked(x, weight)) {
      record(out, [xs, ws, ts, logSumExp], (dOut, gradients) => {
        // Of its own, since x may be the weight.
        const dX = gradients.wants(x) ? new Storage(on, x.size) : null;
        const dWeight = gradients.maybe(weight);
        on.linearLogProbabilitiesBackward({ ...args, dOut: dOut.buffer, dX: dX?.buffer ?? null, dWeight });
        if (dX) gradients.give(x, dX);
      });
    }
  } finally {
    logSumExp.release();
  }
  return out;
}
