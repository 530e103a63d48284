import type { DeviceBuffer, Into } from "../../device-buffer.js";
import { IndexError } from "../../errors.js";
import type { CrossEntropyArgs, CrossEntropyBackwardArgs } from "../../kernel-arguments.js";
import { maybeValues, target, values } from "./buffers.js";

/** See Engine.softmax. */
export function softmax(args: { x: DeviceBuffer; out: DeviceBuffer; rows: number; columns: number }): void {
  const { rows, columns } = args;
  const x = values(args.x);
  const out = values(args.out);
  for (let at = 0; at < rows * columns; at += columns) {
    let largest = -Infinity;
    for (let j = 0; j < columns; j++) largest = Math.max(largest, x[at + j]!);
    let total = 0;
    for (let j = 0; j < columns; j++) total += Math.exp(x[at + j]! - largest);
    for (let j = 0; j < columns; j++) out[at + j] = Math.exp(x[at + j]! - largest) / total;
  }
}

/** See Engine.softmaxBackward. */
export function softmaxBackward(args: {
  y: DeviceBuffer;
  dOut: DeviceBuffer;
  dX: Into;
  rows: number;
  columns: number;
}): void {
  const { rows, columns } = args;
  const y = values(args.y);
  const dOut = values(args.dOut);
  const dX = target(args.dX);
  for (let at = 0; at < rows * columns; at += columns) {
    let dot = 0;
    for (let j = 0; j < columns; j++) dot += y[at + j]! * dOut[at + j]!;
    for (let j = 0; j < columns; j++) dX[at + j]! += y[at + j]! * (dOut[at + j]! - dot);
  }
}

/** See Engine.crossEntropy. */
export function crossEntropy(args: CrossEntropyArgs): void {
  const { rows, classes, ignoreIndex } = args;
  const logits = values(args.logits);
  const targets = values(args.targets);
  const mask = maybeValues(args.mask);
  const logSumExp = values(args.logSumExp);
  let loss = 0;
  let counted = 0;
  for (let r = 0; r < rows; r++) {
    const at = r * classes;
    let largest = -Infinity;
    for (let j = 0; j < classes; j++) largest = Math.max(largest, logits[at + j]!);
    let total = 0;
    for (let j = 0; j < classes; j++) total += Math.exp(logits[at + j]! - largest);
    logSumExp[r] = largest + Math.log(total);
    const goal = targets[r]!;
    if (goal === ignoreIndex) continue;
    if (goal < 0 || goal >= classes) {
      throw new IndexError(
        `crossEntropy: target ${goal} is not in [0, ${classes}). Set ignoreIndex to leave rows out.`,
      );
    }
    const weight = mask ? mask[r]! : 1;
    loss += weight * (largest + Math.log(total) - logits[at + goal]!);
    counted += weight;
  }
  values(args.loss)[0] = counted > 0 ? loss / counted : 0;
  values(args.total)[0] = counted;
}

/** See Engine.crossEntropyBackward. */
export function crossEntropyBackward(args: CrossEntropyBackwardArgs): void {
  const { rows, classes, ignoreIndex } = args;
  const logits = values(args.logits);
  const targets = values(args.targets);
  const mask = maybeValues(args.mask);
  const logSumExp = values(args.logSumExp);
  const dLogits = values(args.dLogits.buffer);
  const counted = values(args.total)[0]!;
  const factor = counted > 0 ? values(args.dLoss)[0]! / counted : 0;
  for (let r = 0; r < rows; r++) {
    const goal = targets[r]!;
    const weight = goal === ignoreIndex ? 0 : factor * (mask ? mask[r]! : 1);
    for (let j = 0; j < classes; j++) {
      const at = r * classes + j;
      const p = Math.exp(logits[at]! - logSumExp[r]!);
      const gradient = weight * (p - (j === goal ? 1 : 0));
      dLogits[at] = args.dLogits.accumulate ? dLogits[at]! + gradient : gradient;
    }
  }
}
