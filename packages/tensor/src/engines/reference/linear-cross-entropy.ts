import type { TensorData } from "../../device-buffer.js";
import type {
  HeadArgs,
  LinearCrossEntropyArgs,
  LinearLogProbabilitiesArgs,
  LinearLogProbabilitiesBackwardArgs,
} from "../../kernel-arguments.js";
import { checkTargets, divisorOf, shareOf } from "../counted-rows.js";
import { floats, maybeTarget, maybeValues, values } from "./buffers.js";

/**
 * One row of logits at a time. -log p(target) of each row that counts goes to `take`, which answers with the row's weight; the
 * gradients of the sum of weight * loss are added to dX and dWeight: with p = softmax(logits) that of the logits is
 * weight (p - 1[target]).
 */
function eachRow(
  args: HeadArgs,
  { dX, dWeight }: { dX: TensorData | null; dWeight: TensorData | null },
  take: (row: number, loss: number) => number,
): void {
  const { rows, columns, classes, ignoreIndex, softcap } = args;
  const x = values(args.x);
  const weight = floats(args.weight);
  const targets = values(args.targets);
  const logits = new Float64Array(classes);
  for (let r = 0; r < rows; r++) {
    const goal = targets[r]!;
    if (goal === ignoreIndex) continue;
    for (let c = 0; c < classes; c++) {
      let dot = 0;
      for (let j = 0; j < columns; j++) dot += x[r * columns + j]! * weight[c * columns + j]!;
      logits[c] = softcap > 0 ? softcap * Math.tanh(dot / softcap) : dot;
    }
    const largest = logits.reduce((a, b) => Math.max(a, b));
    const log = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    const share = take(r, log - logits[goal]!);
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
}

/** See Engine.linearCrossEntropy. */
export function linearCrossEntropy(args: LinearCrossEntropyArgs): void {
  const targets = values(args.targets);
  const mask = maybeValues(args.mask);
  const gradients = { dX: maybeValues(args.dX), dWeight: maybeValues(args.dWeight) };
  gradients.dX?.fill(0);
  gradients.dWeight?.fill(0);
  checkTargets("linearCrossEntropy", targets, args);
  const divisor = divisorOf(targets, mask, args);
  let loss = 0;
  eachRow(args, gradients, (r, each) => {
    const share = shareOf(mask ? mask[r]! : 1, divisor);
    loss += share * each;
    return share;
  });
  values(args.loss)[0] = loss;
}

/** See Engine.linearLogProbabilities. The backward pass makes the logs again, so logSumExp stays unwritten. */
export function linearLogProbabilities(args: LinearLogProbabilitiesArgs): void {
  const out = values(args.out).fill(0, 0, args.rows);
  checkTargets("linearLogProbabilities", values(args.targets), args);
  eachRow(args, { dX: null, dWeight: null }, (r, loss) => {
    out[r] = -loss;
    return 0;
  });
}

/** See Engine.linearLogProbabilitiesBackward. */
export function linearLogProbabilitiesBackward(args: LinearLogProbabilitiesBackwardArgs): void {
  const dOut = values(args.dOut);
  const dX = maybeValues(args.dX);
  dX?.fill(0);
  eachRow(args, { dX, dWeight: maybeTarget(args.dWeight) }, (r) => -dOut[r]!);
}
