import type { Kinds } from "@llm/platform/options";
import { engine } from "../current.js";
import { Storage } from "../storage.js";
import { record, scratchFor, tracked } from "../tape.js";
import { result, storageOf, type Tensor } from "../tensor.js";
import { requireOptions, requireReduction, requireShape } from "./checks.js";
import type { CrossEntropyOptions } from "./cross-entropy.js";
import { type HeadOptions, headOf } from "./head.js";

/** What counts in a `linearCrossEntropy`, and how much of it is in memory at a time. */
export interface LinearCrossEntropyOptions extends CrossEntropyOptions, HeadOptions {}

const OPTIONS: Kinds<LinearCrossEntropyOptions> = {
  mask: "object",
  ignoreIndex: "number",
  reduction: "any",
  softcap: "number",
  chunk: "object",
};

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
  const op = "linearCrossEntropy";
  requireOptions(op, options, OPTIONS);
  const { mask, ignoreIndex = -100, reduction = "mean" } = options;
  const on = engine();
  const head = headOf(op, { x, weight, targets }, options);
  requireReduction(op, reduction);
  requireShape(op, "mask", mask, targets.shape, x);
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
      reduction,
      loss: storageOf(out, op).buffer,
      dX: dX?.buffer ?? null,
      dWeight: dWeight?.buffer ?? null,
      ...head,
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
