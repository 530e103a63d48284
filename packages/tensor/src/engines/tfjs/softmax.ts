import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type { CrossEntropyArgs, CrossEntropyBackwardArgs, Reduction } from "../../kernel-arguments.js";
import { checkTargets } from "../counted-rows.js";
import type { Device } from "./device.js";
import { libtensorflow } from "./libtensorflow.js";
import type { Tfjs, TfTensor } from "./module.js";

/** See Engine.softmax. */
export function softmax(
  on: Device,
  { x, out, rows, columns }: { x: DeviceBuffer; out: DeviceBuffer; rows: number; columns: number },
): void {
  on.set(out, on.tf.softmax(on.values(x, [rows, columns])));
}

/**
 * Of the last axis softmax(x), the largest x, and the sum of e^(x - largest), which is 1 / the largest of softmax(x) and so needs
 * no exponentials of its own: where backends have a fused softmax they are slow. The log of the sum of e^x is not made: with
 * a large x it would lose the digits of the sum.
 */
export function softmaxOf(tf: Tfjs, x: TfTensor): { p: TfTensor; largest: TfTensor; sum: TfTensor } {
  const p = tf.softmax(x);
  const last = x.shape.length - 1;
  return { p, largest: tf.max(x, last, true), sum: tf.div(1, tf.max(p, last, true)) };
}

/** See Engine.softmaxBackward. */
export function softmaxBackward(
  on: Device,
  args: { y: DeviceBuffer; dOut: DeviceBuffer; dX: Into; rows: number; columns: number },
): void {
  const { tf } = on;
  const y = on.values(args.y, [args.rows, args.columns]);
  const dOut = on.values(args.dOut, [args.rows, args.columns]);
  on.put(args.dX, tf.mul(y, tf.sub(dOut, tf.sum(tf.mul(y, dOut), 1, true))));
}

/** The target of each row (0 where it is ignored), and what the row counts. `op` names the caller in errors. */
export function goalsOf(
  on: Device,
  op: string,
  args: Pick<CrossEntropyArgs, "targets" | "mask" | "ignoreIndex" | "rows" | "classes">,
) {
  const { tf } = on;
  const { rows, ignoreIndex } = args;
  const ids = on.ids(args.targets).subarray(0, rows);
  checkTargets(op, ids, args);
  const goals = ids.map((goal) => (goal === ignoreIndex ? 0 : goal));
  const counts = tf.tensor(
    Float32Array.from(ids, (goal) => (goal === ignoreIndex ? 0 : 1)),
    [rows],
    "float32",
  );
  const mask = on.maybe(args.mask, [rows]);
  // A product would let the NaN of an ignored row through.
  return { goals, weights: mask ? tf.where(tf.greater(counts, 0), mask, counts) : counts };
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

/** See Engine.crossEntropy. The backward pass makes the probabilities again, so logSumExp stays unwritten. */
export function crossEntropy(on: Device, args: CrossEntropyArgs): void {
  const { tf } = on;
  const { rows, classes } = args;
  const { goals, weights } = goalsOf(on, "crossEntropy", args);
  const logits = on.values(args.logits, [rows, classes]);
  const at = goals.map((goal, r) => r * classes + goal);
  const chosen = tf.gather(on.values(args.logits, [rows * classes]), tf.tensor(at, [rows], "int32"));
  const { largest, sum } = softmaxOf(tf, logits);
  const losses = tf.add(tf.sub(tf.reshape(largest, [rows]), chosen), tf.log(tf.reshape(sum, [rows])));
  const divisor = divisorOf(on, weights, args.reduction);
  on.set(args.divisor, divisor);
  on.set(args.loss, shareOf(on, tf.reshape(tf.sum(tf.mul(losses, weights)), [1]), divisor));
}

/** As int32, for the wasm backend gets float32 ones wrong. tfjs itself refuses a single class. */
const oneHot = (tf: Tfjs, targets: TfTensor, classes: number): TfTensor =>
  classes > 1 ? tf.oneHot(targets, classes) : tf.fill([targets.size, 1], 1);

/** See Engine.crossEntropyBackward. */
export function crossEntropyBackward(on: Device, args: CrossEntropyBackwardArgs): void {
  const { tf } = on;
  const { rows, classes } = args;
  const { goals, weights } = goalsOf(on, "crossEntropy", args);
  const factor = shareOf(on, on.values(args.dLoss, [1]), on.values(args.divisor, [1]));
  const logits = on.values(args.logits, [rows, classes]);
  const targets = tf.tensor(goals, [rows], "int32");
  const slope =
    libtensorflow(tf)?.softmaxMinusOneHot(logits, targets) ??
    tf.sub(tf.softmax(logits), oneHot(tf, targets, classes));
  on.put(args.dLogits, tf.mul(slope, tf.reshape(tf.mul(weights, factor), [rows, 1])));
}
