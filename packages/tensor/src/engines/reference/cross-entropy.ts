import type { CrossEntropyArgs, CrossEntropyBackwardArgs } from "../../kernel-arguments.js";
import { checkTargets, divisorOf, shareOf } from "../counted-rows.js";
import { storeLog } from "../log-sum-exp.js";
import { maybeValues, values } from "./buffers.js";

/** See Engine.crossEntropy. */
export function crossEntropy(args: CrossEntropyArgs): void {
  const { rows, classes, ignoreIndex } = args;
  const logits = values(args.logits);
  const targets = values(args.targets);
  const mask = maybeValues(args.mask);
  const logSumExp = values(args.logSumExp);
  checkTargets("crossEntropy", targets, args);
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const at = r * classes;
    let largest = -Infinity;
    for (let j = 0; j < classes; j++) largest = Math.max(largest, logits[at + j]!);
    let total = 0;
    for (let j = 0; j < classes; j++) total += Math.exp(logits[at + j]! - largest);
    const log = largest + Math.log(total);
    storeLog(logSumExp, r, log);
    const goal = targets[r]!;
    if (goal === ignoreIndex) continue;
    loss += (mask ? mask[r]! : 1) * (log - logits[at + goal]!);
  }
  const divisor = divisorOf(targets, mask, args);
  values(args.loss)[0] = shareOf(loss, divisor);
  values(args.divisor)[0] = divisor;
}

/** See Engine.crossEntropyBackward. */
export function crossEntropyBackward(args: CrossEntropyBackwardArgs): void {
  const { rows, classes, ignoreIndex } = args;
  const logits = values(args.logits);
  const targets = values(args.targets);
  const mask = maybeValues(args.mask);
  const logSumExp = values(args.logSumExp);
  const dLogits = values(args.dLogits.buffer);
  const factor = shareOf(values(args.dLoss)[0]!, values(args.divisor)[0]!);
  for (let r = 0; r < rows; r++) {
    const goal = targets[r]!;
    const weight = goal === ignoreIndex ? 0 : factor * (mask ? mask[r]! : 1);
    for (let j = 0; j < classes; j++) {
      const at = r * classes + j;
      const p = Math.exp(logits[at]! - logSumExp[2 * r]! - logSumExp[2 * r + 1]!);
      const gradient = weight * (p - (j === goal ? 1 : 0));
      dLogits[at] = args.dLogits.accumulate ? dLogits[at]! + gradient : gradient;
    }
  }
}
