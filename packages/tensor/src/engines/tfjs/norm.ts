import type { NormArgs, NormBackwardArgs, ResidualNormArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";

/** The norm of the rows of x (rows, columns), whatever `args.x` holds. */
function normalize(on: Device, args: NormArgs, x: TfTensor): void {
  const { tf } = on;
  const { columns, eps } = args;
  const mean = args.mean ? tf.mean(x, 1, true) : null;
  const centered = mean ? tf.sub(x, mean) : x;
  const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), eps));
  const normal = tf.mul(centered, rstd);
  const gain = on.maybe(args.gain, [columns]);
  const bias = on.maybe(args.bias, [columns]);
  const scaled = gain ? tf.mul(normal, gain) : normal;
  const out = bias ? tf.add(scaled, bias) : scaled;
  if (args.mean && mean) on.set(args.mean, mean);
  on.set(args.rstd, rstd);
  on.set(args.out, out);
}

/** See Engine.norm. */
export function norm(on: Device, args: NormArgs): void {
  normalize(on, args, on.values(args.x, [args.rows, args.columns]));
}

/** See Engine.residualNorm. */
export function residualNorm(on: Device, args: ResidualNormArgs): void {
  const shape = [args.rows, args.columns];
  const sum = on.tf.add(on.values(args.x, shape), on.values(args.residual, shape));
  normalize(on, args, sum);
  on.set(args.sum, sum);
}

/** With n = (x - mean) rstd and g = dOut gain: dX = rstd (g - mean(g) - n mean(g n)); RMS norm has no mean(g). */
export function normBackward(on: Device, args: NormBackwardArgs): void {
  const { rows, columns } = args;
  const { tf } = on;
  const x = on.values(args.x, [rows, columns]);
  const dOut = on.values(args.dOut, [rows, columns]);
  const mean = on.maybe(args.mean, [rows, 1]);
  const rstd = on.values(args.rstd, [rows, 1]);
  const gain = on.maybe(args.gain, [columns]);
  const normal = tf.mul(mean ? tf.sub(x, mean) : x, rstd);
  const dGain = args.dGain ? tf.sum(tf.mul(dOut, normal), 0) : null;
  const dBias = args.dBias ? tf.sum(dOut, 0) : null;
  if (args.dX) {
    const g = gain ? tf.mul(dOut, gain) : dOut;
    const along = tf.mul(normal, tf.mean(tf.mul(g, normal), 1, true));
    const rest = tf.sub(mean ? tf.sub(g, tf.mean(g, 1, true)) : g, along);
    on.put(args.dX, tf.mul(rstd, rest));
  }
  if (args.dGain && dGain) on.put(args.dGain, dGain);
  if (args.dBias && dBias) on.put(args.dBias, dBias);
}
