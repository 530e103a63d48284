import type { DeviceBuffer } from "../../device-buffer.js";
import type { Device } from "./device.js";
import type { Tfjs, TfTensor } from "./module.js";

/** x to the nearest number of so many significant bits, either one of two: Veltkamp's splitting (1968). */
function nearest(tf: Tfjs, x: TfTensor, bits: number): TfTensor {
  const large = tf.mul(x, 2 ** (24 - bits) + 1);
  return tf.sub(large, tf.sub(large, x));
}

/** x to the nearest bfloat16, the even one of two. tfjs cannot look at bits, but its sums are rounded as float32 is. */
function rounded(tf: Tfjs, x: TfTensor): TfTensor {
  const size = tf.abs(x);
  const huge = tf.greater(size, 2 ** 100); // beyond, the splitting may overflow
  const y = tf.where(huge, tf.mul(x, 2 ** -32), x);
  const near = nearest(tf, y, 8);
  // Halfway between two are the numbers of exactly 9 bits; of those two, the even one has 7.
  const off = tf.where(tf.equal(nearest(tf, y, 9), y), tf.sub(y, near), tf.zeros(y.shape));
  const even = tf.where(tf.equal(nearest(tf, near, 7), near), near, tf.add(near, tf.mul(off, 2)));
  const normal = tf.where(huge, tf.mul(even, 2 ** 32), even);
  // Below the normal numbers, steps are of one size: that of the float32 near this one.
  const step = 1.5 * 2 ** -110;
  const tiny = tf.sub(tf.add(x, step), step);
  const finite = tf.where(tf.less(size, 2 ** -125), tiny, normal);
  return tf.where(tf.less(size, Number.POSITIVE_INFINITY), finite, x);
}

/** See Engine.cast; values in bfloat16 are kept as floats. */
export function cast(on: Device, args: { x: DeviceBuffer; out: DeviceBuffer }): void {
  const x = on.values(args.x);
  on.set(args.out, args.out.dtype === "bfloat16" ? rounded(on.tf, x) : x);
}
