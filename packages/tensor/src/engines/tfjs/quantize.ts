import type { DeviceBuffer } from "../../device-buffer.js";
import type { QuantizedProductArgs, QuantizedProductBackwardArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";

/** Integers and the scale of each row, for x (rows, columns). tfjs has no 8-bit type, so they are floats, and products are of floats. */
function rounded(on: Device, x: TfTensor): { values: TfTensor; scales: TfTensor } {
  const { tf } = on;
  const largest = tf.max(tf.abs(x), 1, true); // (rows, 1)
  const inverse = tf.where(tf.greater(largest, 0), tf.div(127, largest), tf.zeros([1]));
  return { values: tf.round(tf.mul(x, inverse)), scales: tf.mul(largest, 1 / 127) };
}

/** See Engine.quantize. */
export function quantize(
  on: Device,
  args: { x: DeviceBuffer; values: DeviceBuffer; scales: DeviceBuffer; rows: number; columns: number },
): void {
  const { values, scales } = rounded(on, on.values(args.x, [args.rows, args.columns]));
  on.set(args.scales, scales);
  on.set(args.values, values);
}

/** See Engine.quantizedProduct. */
export function quantizedProduct(on: Device, args: QuantizedProductArgs): void {
  const { tf } = on;
  const { rows, columns, n } = args;
  const weights = on.values(args.values, [n, columns]);
  const x = on.values(args.x, [rows, columns]);
  const { values, scales } = args.inputs === "int8" ? rounded(on, x) : { values: x, scales: null };
  const product = tf.mul(on.matMul(values, weights, false, true), on.values(args.scales, [n])); // (rows, n)
  const scaled = scales ? tf.mul(product, scales) : product;
  const bias = on.maybe(args.bias, [n]);
  on.set(args.out, bias ? tf.add(scaled, bias) : scaled);
}

/** See Engine.quantizedProductBackward. */
export function quantizedProductBackward(on: Device, args: QuantizedProductBackwardArgs): void {
  const { rows, columns, n } = args;
  const scaled = on.tf.mul(on.values(args.dOut, [rows, n]), on.values(args.scales, [n])); // (rows, n)
  on.put(args.dX, on.matMul(scaled, on.values(args.values, [n, columns]), false, false));
}
