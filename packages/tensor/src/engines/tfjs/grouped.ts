import { IndexError } from "../../errors.js";
import { GROUP, type GroupBits, offsetOf, PANEL, panelsOf } from "../../groups.js";
import type {
  GroupedProductArgs,
  GroupedProductBackwardArgs,
  GroupedRowsArgs,
} from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";

/** 2^(e - 25) for the exponents e of halves; subnormal ones have that of 1. */
const POWERS = Float32Array.from({ length: 32 }, (_, e) => 2 ** (Math.max(e, 1) - 25));

/** floor(x / by) and what is left, for x of at least 0. */
function divided(on: Device, x: TfTensor, by: number): { whole: TfTensor; rest: TfTensor } {
  const whole = on.tf.floor(on.tf.mul(x, 1 / by));
  return { whole, rest: on.tf.sub(x, on.tf.mul(whole, by)) };
}

/** Halves from their lower and upper bytes. */
function fromHalves(on: Device, lower: TfTensor, upper: TfTensor): TfTensor {
  const { tf } = on;
  const { whole: sign, rest: magnitude } = divided(on, upper, 128);
  const { whole: exponent, rest: leading } = divided(on, magnitude, 4);
  const fraction = tf.add(tf.mul(leading, 256), lower);
  const implied = tf.mul(tf.minimum(exponent, 1), 1024);
  const powers = tf.gather(tf.tensor(POWERS, [32], "float32"), tf.cast(exponent, "int32"));
  return tf.mul(tf.mul(tf.add(implied, fraction), powers), tf.sub(1, tf.mul(sign, 2)));
}

/** The weight (n, columns) as floats: tfjs has no products of integers. */
function unpacked(
  on: Device,
  { weight, bits, n, columns }: Pick<GroupedProductArgs, "weight" | "bits" | "n" | "columns">,
): TfTensor {
  const { tf } = on;
  const { panels, blocks, bytes } = panelsOf(n, columns, bits);
  const many = panels * blocks;
  const signed = on.values(weight, [many, bytes]);
  const all = tf.add(signed, tf.mul(tf.cast(tf.less(signed, 0), "float32"), 256)); // bytes without a sign
  const halves = tf.reshape(tf.slice(all, [0, 0], [many, 2 * PANEL]), [many, PANEL, 2]);
  const byte = (i: number) => tf.slice(halves, [0, 0, i], [many, PANEL, 1]);
  const scales = tf.reshape(fromHalves(on, byte(0), byte(1)), [many, 1, PANEL, 1]);
  const integers = tf.slice(all, [0, 2 * PANEL], [many, bytes - 2 * PANEL]);
  const chunks = tf.reshape(columnsOf(on, integers, bits), [many, GROUP / 4, PANEL, 4]);
  const values = tf.mul(tf.sub(chunks, offsetOf(bits)), scales); // (panel and block, chunk, row, column of 4)
  const apart = tf.reshape(values, [panels, blocks * (GROUP / 4), PANEL, 4]);
  const whole = tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [panels * PANEL, blocks * GROUP]);
  return tf.slice(whole, [0, 0], [n, columns]);
}

/** Integers of 4 bits, of which two are in a byte, in the order of their columns. */
function columnsOf(on: Device, bytes: TfTensor, bits: GroupBits): TfTensor {
  if (bits === 8) return bytes;
  const { whole, rest } = divided(on, bytes, 16);
  return on.tf.concat([rest, whole], 1);
}

/** x (rows, columns) with each group of columns rounded to 8 bits. */
function rounded(on: Device, x: TfTensor, rows: number, columns: number): TfTensor {
  const { tf } = on;
  const blocks = Math.ceil(columns / GROUP);
  const missing = blocks * GROUP - columns;
  const whole = missing > 0 ? tf.concat([x, tf.zeros([rows, missing])], 1) : x;
  const groups = tf.reshape(whole, [rows * blocks, GROUP]);
  const largest = tf.max(tf.abs(groups), 1, true);
  const inverse = tf.where(tf.greater(largest, 1e-30), tf.div(127, largest), tf.zeros([1]));
  // Where a number is not finite, its row is NaN.
  const scales = tf.add(tf.mul(largest, 1 / 127), tf.sub(largest, largest));
  const back = tf.reshape(tf.mul(tf.round(tf.mul(groups, inverse)), scales), [rows, blocks * GROUP]);
  return tf.slice(back, [0, 0], [rows, columns]);
}

/** See Engine.groupedProduct; sums are of floats, in the order of the device. */
export function groupedProduct(on: Device, args: GroupedProductArgs): void {
  const { rows, columns, n } = args;
  const x = rounded(on, on.values(args.x, [rows, columns]), rows, columns);
  const product = on.matMul(x, unpacked(on, args), false, true);
  const bias = on.maybe(args.bias, [n]);
  on.set(args.out, bias ? on.tf.add(product, bias) : product);
}

/** See Engine.groupedProductBackward. */
export function groupedProductBackward(on: Device, args: GroupedProductBackwardArgs): void {
  on.put(args.dX, on.matMul(on.values(args.dOut, [args.rows, args.n]), unpacked(on, args), false, false));
}

/** See Engine.groupedRows. */
export function groupedRows(on: Device, args: GroupedRowsArgs): void {
  const { rows, n } = args;
  for (const id of on.ids(args.ids).subarray(0, rows)) {
    if (id < 0 || id >= n) throw new IndexError(`groupedEmbedding: id ${id} is not in a table of ${n} rows.`);
  }
  on.set(args.out, on.tf.gather(unpacked(on, args), on.values(args.ids, [rows]))); // (rows, columns)
}
