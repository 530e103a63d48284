import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type { Device } from "./device.js";
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
