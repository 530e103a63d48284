import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type { GemmArgs } from "../../kernel-arguments.js";
import { activate } from "./activation.js";
import type { Device } from "./device.js";

/** See Engine.gemm. */
export function gemm(on: Device, args: GemmArgs): void {
  const { m, n, k, batch, transposeA, transposeB, activation } = args;
  const { tf } = on;
  const matrix = (rows: number, columns: number) => (batch === 1 ? [rows, columns] : [batch, rows, columns]);
  const a = on.values(args.a, transposeA ? matrix(k, m) : matrix(m, k));
  const b = on.values(args.b, transposeB ? matrix(n, k) : matrix(k, n));
  const product = on.matMul(a, b, transposeA, transposeB); // (batch, m, n)
  const bias = on.maybe(args.bias, [n]);
  const pre = bias ? tf.add(product, bias) : product;
  const value = activation ? activate(tf, activation, pre) : pre;
  const residual = on.maybe(args.residual, batch === 1 ? [m, n] : [batch, m, n]);
  if (args.pre) on.set(args.pre, pre);
  on.put(args.out, residual ? tf.add(value, residual) : value);
}

/** See Engine.columnSums. */
export function columnSums(
  on: Device,
  args: { x: DeviceBuffer; out: Into; rows: number; columns: number },
): void {
  on.put(args.out, on.tf.sum(on.values(args.x, [args.rows, args.columns]), 0));
}
