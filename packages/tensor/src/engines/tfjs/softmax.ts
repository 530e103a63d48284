import type { DeviceBuffer, Into } from "../../device-buffer.js";
import { IndexError } from "../../errors.js";
import type { CrossEntropyArgs, CrossEntropyBackwardArgs } from "../../kernel-arguments.js";
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
 * softmax(x) of the last axis and log(sum(exp(x))), with that axis at 1. The largest element of a softmax is 1 / sum(exp(x -
 * max x)), so the sum needs no exponentials of its own: where backends have a fused softmax they are slow.
 */
export function softmaxOf(tf: Tfjs, x: TfTensor): { p: TfTensor; logSumExp: TfTensor } {
  const p = tf.softmax(x);
  const last = x.shape.length - 1;
  return { p, logSumExp: tf.sub(tf.max(x, last, true), tf.log(tf.max(p, last, true))) };
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
  const { rows, classes, ignoreIndex } = args;
  const ids = on.ids(args.targets).subarray(0, rows);
  const goals = ids.map((goal) => {
    if (goal === ignoreIndex) return 0;
    if (goal >= 0 && goal < classes) return goal;
    throw new IndexError(
      `${op}: target ${goal} is not in [0, ${classes}). Set ignoreIndex to leave rows out.`,
    );
  });
  const counts = tf.tensor(
    Float32Array.from(ids, (goal) => (goal === ignoreIndex ? 0 : 1)),
    [rows],
    "float32",
  );
  const mask = on.maybe(args.mask, [rows]);
  return { goals, weights: mask ? tf.mul(counts, mask) : counts };
}

/** x / counted, or 0 where nothing is counted. */
export function perCounted(on: Device, x: TfTensor, counted: TfTensor): TfTensor {
  const { tf } = on;
  return tf.where(tf.greater(counted, 0), tf.div(x, counted), tf.zeros([1]));
}

/** See Engine.crossEntropy. The backward pass makes the probabilities again, so logSumExp stays unwritten. */
export function crossEntropy(on: Device, args: CrossEntropyArgs): void {
  const { tf } = on;
  const { rows, classes } = args;
  const { goals, weights } = goalsOf(on, "crossEntropy", args);
  const logits = on.values(args.logits, [rows, classes]);
  const at = goals.map((goal, r) => r * classes + goal);
  const chosen = tf.gather(on.values(args.logits, [rows * classes]), tf.tensor(at, [rows], "int32"));
  const losses = tf.sub(tf.reshape(softmaxOf(tf, logits).logSumExp, [rows]), chosen);
  const counted = tf.reshape(tf.sum(weights), [1]);
  const loss = perCounted(on, tf.reshape(tf.sum(tf.mul(losses, weights)), [1]), counted);
  on.set(args.total, counted);
  on.set(args.loss, loss);
}

/** See Engine.crossEntropyBackward. */
export function crossEntropyBackward(on: Device, args: CrossEntropyBackwardArgs): void {
  const { tf } = on;
  const { rows, classes } = args;
  const { goals, weights } = goalsOf(on, "crossEntropy", args);
  const factor = perCounted(on, on.values(args.dLoss, [1]), on.values(args.total, [1]));
  const logits = on.values(args.logits, [rows, classes]);
  const targets = tf.tensor(goals, [rows], "int32");
  const slope =
    libtensorflow(tf)?.softmaxMinusOneHot(logits, targets) ??
    tf.sub(tf.softmax(logits), tf.oneHot(targets, classes)); // int32: the wasm backend gets float32 ones wrong
  on.put(args.dLogits, tf.mul(slope, tf.reshape(tf.mul(weights, factor), [rows, 1])));
}
