import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type {
  CrossEntropyArgs,
  CrossEntropyBackwardArgs,
  LogProbabilitiesArgs,
  LogProbabilitiesBackwardArgs,
  Reduction,
} from "../../kernel-arguments.js";
import { checkTargets } from "../counted-rows.js";
import type { Device } from "./device.js";
import { libtensorflow } from "./libtensorflow.js";
import type { Tfjs, TfTensor } from "./module.js";
import { softmaxOf } from "./softmax.js";

interface Targets {
  readonly targets: DeviceBuffer;
  readonly ignoreIndex: number;
  readonly rows: number;
  readonly classes: number;
}

/** The target of each row, 0 where it is ignored, checked. `op` names the caller in errors. */
export function goalsOf(on: Device, op: string, args: Targets): Int32Array {
  const ids = on.ids(args.targets).subarray(0, args.rows);
  checkTargets(op, ids, args);
  return ids.map((goal) => (goal === args.ignoreIndex ? 0 : goal));
}

/** Numbers of the rows, or ones without any; 0 where the target is ignored. (rows) */
export function countedOf(on: Device, args: Targets, numbers: TfTensor | null): TfTensor {
  const { tf } = on;
  const ids = on.ids(args.targets).subarray(0, args.rows);
  const counts = tf.tensor(
    Float32Array.from(ids, (goal) => (goal === args.ignoreIndex ? 0 : 1)),
    [args.rows],
    "float32",
  );
  // A product would let the NaN of an ignored row through.
  return numbers ? tf.where(tf.greater(counts, 0), numbers, counts) : counts;
}

/** What the sum over the rows is divided by: see CrossEntropyArgs.divisor. (1) */
export function divisorOf(on: Device, weights: TfTensor, reduction: Reduction): TfTensor {
  const { tf } = on;
  if (reduction === "sum") return tf.fill([1], 1);
  const one = (x: TfTensor) => tf.reshape(tf.sum(x), [1]);
  const counted = one(weights);
  const nothing = tf.equal(one(tf.abs(weights)), tf.zeros([1]));
  const positive = tf.where(tf.greater(counted, 0), counted, tf.fill([1], Number.NaN));
  return tf.where(nothing, tf.zeros([1]), positive);
}

/** x / divisor, and 0 where nothing is counted. */
export function shareOf(on: Device, x: TfTensor, divisor: TfTensor): TfTensor {
  const { tf } = on;
  const zero = tf.zeros([1]);
  return tf.where(tf.equal(divisor, zero), zero, tf.div(x, divisor));
}

/** -log p(target) of each row. (rows) */
function lossesOf(on: Device, op: string, args: Targets & { readonly logits: DeviceBuffer }): TfTensor {
  const { tf } = on;
  const { rows, classes } = args;
  const logits = on.values(args.logits, [rows, classes]);
  const at = goalsOf(on, op, args).map((goal, r) => r * classes + goal);
  const chosen = tf.gather(on.values(args.logits, [rows * classes]), tf.tensor(at, [rows], "int32"));
  const { largest, sum } = softmaxOf(tf, logits);
  return tf.add(tf.sub(tf.reshape(largest, [rows]), chosen), tf.log(tf.reshape(sum, [rows])));
}

/** As int32, for the wasm backend gets float32 ones wrong. tfjs itself refuses a single class. */
const oneHot = (tf: Tfjs, targets: TfTensor, classes: number): TfTensor =>
  classes > 1 ? tf.oneHot(targets, classes) : tf.fill([targets.size, 1], 1);

/** The gradient of the sum of weight * loss, for weights (rows). */
function differentiate(
  on: Device,
  op: string,
  args: Targets & { readonly logits: DeviceBuffer; readonly dLogits: Into },
  weights: TfTensor,
): void {
  const { tf } = on;
  const { rows, classes } = args;
  const logits = on.values(args.logits, [rows, classes]);
  const targets = tf.tensor(goalsOf(on, op, args), [rows], "int32");
  const slope =
    libtensorflow(tf)?.softmaxMinusOneHot(logits, targets) ??
    tf.sub(tf.softmax(logits), oneHot(tf, targets, classes));
  on.put(args.dLogits, tf.mul(slope, tf.reshape(weights, [rows, 1])));
}

/** See Engine.crossEntropy. The backward pass makes the probabilities again, so logSumExp stays unwritten. */
export function crossEntropy(on: Device, args: CrossEntropyArgs): void {
  const { tf } = on;
  const losses = lossesOf(on, "crossEntropy", args);
  const weights = countedOf(on, args, on.maybe(args.mask, [args.rows]));
  const divisor = divisorOf(on, weights, args.reduction);
  on.set(args.divisor, divisor);
  on.set(args.loss, shareOf(on, tf.reshape(tf.sum(tf.mul(losses, weights)), [1]), divisor));
}

/** See Engine.crossEntropyBackward. */
export function crossEntropyBackward(on: Device, args: CrossEntropyBackwardArgs): void {
  const weights = countedOf(on, args, on.maybe(args.mask, [args.rows]));
  const factor = shareOf(on, on.values(args.dLoss, [1]), on.values(args.divisor, [1]));
  differentiate(on, "crossEntropy", args, on.tf.mul(weights, factor));
}

/** See Engine.logProbabilities. As in crossEntropy, logSumExp stays unwritten. */
export function logProbabilities(on: Device, args: LogProbabilitiesArgs): void {
  on.set(args.out, countedOf(on, args, on.tf.neg(lossesOf(on, "logProbabilities", args))));
}

/** See Engine.logProbabilitiesBackward. */
export function logProbabilitiesBackward(on: Device, args: LogProbabilitiesBackwardArgs): void {
  const weights = countedOf(on, args, on.tf.neg(on.values(args.dOut, [args.rows])));
  differentiate(on, "logProbabilities", args, weights);
}
