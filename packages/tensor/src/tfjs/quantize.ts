import type { DeviceBuffer, QuantizedProductArgs } from "../engine.js";
import type { Device } from "./device.js";

/** See Engine.quantize. tfjs has no 8-bit type, so the integers are held as floats, of which products are made. */
export function quantize(
  on: Device,
  args: { x: DeviceBuffer; values: DeviceBuffer; scales: DeviceBuffer; rows: number; columns: number },
): void {
  const { tf } = on;
  const { rows, columns } = args;
  const x = on.values(args.x, [rows, columns]);
  const largest = tf.max(tf.abs(x), 1, true); // (rows, 1)
  const inverse = tf.where(tf.greater(largest, 0), tf.div(127, largest), tf.zeros([1]));
  const values = tf.round(tf.mul(x, inverse));
  on.set(args.scales, tf.mul(largest, 1 / 127));
  on.set(args.values, values);
}

/** See Engine.quantizedProduct. */
export function quantizedProduct(on: Device, args: QuantizedProductArgs): void {
  const { tf } = on;
  const { rows, columns, n } = args;
  const values = on.values(args.values, [n, columns]);
  const product = on.matMul(on.values(args.x, [rows, columns]), values, false, true); // (rows, n)
  const scaled = tf.mul(product, on.values(args.scales, [n]));
  const bias = on.maybe(args.bias, [n]);
  on.set(args.out, bias ? tf.add(scaled, bias) : scaled);
}
