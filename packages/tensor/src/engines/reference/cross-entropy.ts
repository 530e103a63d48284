import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type {
  CrossEntropyArgs,
  CrossEntropyBackwardArgs,
  LogProbabilitiesArgs,
  LogProbabilitiesBackwardArgs,
} from "../../kernel-arguments.js";
import { checkTargets, divisorOf, shareOf } from "../counted-rows.js";
import { storeLog } from "../log-sum-exp.js";
import { maybeValues, values } from "./buffers.js";

interface Rows {
  readonly logits: DeviceBuffer;
  readonly targets: DeviceBuffer;
  readonly ignoreIndex: number;
  readonly logSumExp: DeviceBuffer;
  readonly rows: number;
  readonly classes: number;
}

/** Keeps the log of each row's sum, and gives -log p(target) of each row that counts to `take`. */
function eachLoss(op: string, args: Rows, take: (row: number, loss: number) => void): void {
  const { rows, classes, ignoreIndex } = args;
  const logits = values(args.logits);
  const targets = values(args.targets);
  const logSumExp = values(args.logSumExp);
  checkTargets(op, targets, args);
  for (let r = 0; r < rows; r++) {
    const at = r * classes;
    let largest = -Infinity;
    for (let j = 0; j < classes; j++) largest = Math.max(largest, logits[at + j]!);
    let total = 0;
    for (let j = 0; j < classes; j++) total += Math.exp(logits[at + j]! - largest);
    const log = largest + Math.log(total);
    storeLog(logSumExp, r, log);
    const goal = targets[r]!;
    if (goal !== ignoreIndex) take(r, log - logits[at + goal]!);
  }
}

/** The gradient of the sum of weight * loss. */
function differentiate(args: Rows & { readonly dLogits: Into }, weightOf: (row: number) => number): void {
  const { rows, classes, ignoreIndex } = args;
  const logits = values(args.logits);
  const targets = values(args.targets);
  const logSumExp = values(args.logSumExp);
  const dLogits = values(args.dLogits.buffer);
  for (let r = 0; r < rows; r++) {
    const goal = targets[r]!;
    const weight = goal === ignoreIndex ? 0 : weightOf(r);
    for (let j = 0; j < classes; j++) {
      const at = r * classes + j;
      const p = Math.exp(logits[at]! - logSumExp[2 * r]! - logSumExp[2 * r + 1]!);
      const gradient = weight * (p - (j === goal ? 1 : 0));
      dLogits[at] = args.dLogits.accumulate ? dLogits[at]! + gradient : gradient;
    }
  }
}

/** See Engine.crossEntropy. */
export function crossEntropy(args: CrossEntropyArgs): void {
  const mask = maybeValues(args.mask);
  let loss = 0;
  eachLoss("crossEntropy", args, (r, each) => {
    loss += (mask ? mask[r]! : 1) * each;
  });
  const divisor = divisorOf(values(args.targets), mask, args);
  values(args.loss)[0] = shareOf(loss, divisor);
  values(args.divisor)[0] = divisor;
}

/** See Engine.crossEntropyBackward. */
export function crossEntropyBackward(args: CrossEntropyBackwardArgs): void {
  const mask = maybeValues(args.mask);
  const factor = shareOf(values(args.dLoss)[0]!, values(args.divisor)[0]!);
  differentiate(args, (r) => factor * (mask ? mask[r]! : 1));
}

/** See Engine.logProbabilities. */
export function logProbabilities(args: LogProbabilitiesArgs): void {
  const out = values(args.out).fill(0, 0, args.rows);
  eachLoss("logProbabilities", args, (r, loss) => {
    out[r] = -loss;
  });
}

/** See Engine.logProbabilitiesBackward. */
export function logProbabilitiesBackward(args: LogProbabilitiesBackwardArgs): void {
  const dOut = values(args.dOut);
  differentiate(args, (r) => -dOut[r]!);
}
