import { IndexError } from "../../errors.js";
import type { LinearCrossEntropyArgs } from "../../kernel-arguments.js";
import { floats, maybeValues, values } from "./buffers.js";

/** One row of logits at a time: the loss, and with p = softmax(logits) their gradient weight (p - 1[target]). */
export function linearCrossEntropy(args: LinearCrossEntropyArgs): void {
  const { rows, columns, classes, ignoreIndex, softcap } = args;
  const x = values(args.x);
  const weight = floats(args.weight);
  const targets = values(args.targets);
  const mask = maybeValues(args.mask);
  const dX = maybeValues(args.dX);
  const dWeight = maybeValues(args.dWeight);
  dX?.fill(0);
  dWeight?.fill(0);
  let counted = 0;
  for (let r = 0; r < rows; r++) if (targets[r] !== ignoreIndex) counted += mask ? mask[r]! : 1;
  const logits = new Float64Array(classes);
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const goal = targets[r]!;
    if (goal === ignoreIndex) continue;
    if (goal < 0 || goal >= classes) {
      throw new IndexError(
        `linearCrossEntropy: target ${goal} is not in [0, ${classes}). Set ignoreIndex to leave rows out.`,
      );
    }
    const share = counted > 0 ? (mask ? mask[r]! : 1) / counted : 0;
    for (let c = 0; c < classes; c++) {
      let dot = 0;
      for (let j = 0; j < columns; j++) dot += x[r * columns + j]! * weight[c * columns + j]!;
      logits[c] = softcap > 0 ? softcap * Math.tanh(dot / softcap) : dot;
    }
    const largest = logits.reduce((a, b) => Math.max(a, b));
    const log = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    loss += share * (log - logits[goal]!);
    if (!dX && !dWeight) continue;
    for (let c = 0; c < classes; c++) {
      const slope = softcap > 0 ? 1 - (logits[c]! / softcap) ** 2 : 1;
      const dLogit = share * slope * (Math.exp(logits[c]! - log) - (c === goal ? 1 : 0));
      for (let j = 0; j < columns; j++) {
        if (dX) dX[r * columns + j]! += dLogit * weight[c * columns + j]!;
        if (dWeight) dWeight[c * columns + j]! += dLogit * x[r * columns + j]!;
      }
    }
  }
  values(args.loss)[0] = loss;
}
