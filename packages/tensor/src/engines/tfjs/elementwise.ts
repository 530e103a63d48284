import type { DeviceBuffer, Into, RandomKey } from "../../device-buffer.js";
import { fillNormal, fillUniform, randomBits } from "../../random-numbers.js";
import { permute as permuteOnHost } from "../reference/elementwise.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";

/** See Engine.add. */
export function add(
  on: Device,
  { a, b, out }: { a: DeviceBuffer; b: DeviceBuffer; out: DeviceBuffer },
): void {
  const x = on.values(a);
  on.set(out, on.tf.add(x, on.values(b, x.shape)));
}

/** See Engine.multiply. */
export function multiply(on: Device, { a, b, out }: { a: DeviceBuffer; b: DeviceBuffer; out: Into }): void {
  const x = on.values(a);
  on.put(out, on.tf.mul(x, on.values(b, x.shape)));
}

/** See Engine.scale. */
export function scale(on: Device, { x, factor, out }: { x: DeviceBuffer; factor: number; out: Into }): void {
  on.put(out, on.tf.mul(on.values(x), factor));
}

/** See Engine.scaleBy. */
export function scaleBy(
  on: Device,
  args: { x: DeviceBuffer; factor: DeviceBuffer; out: DeviceBuffer },
): void {
  on.set(args.out, on.tf.mul(on.values(args.x), on.values(args.factor, [1])));
}

/** See Engine.rsqrt. */
export function rsqrt(on: Device, args: { x: DeviceBuffer; min: number; out: DeviceBuffer }): void {
  const { tf } = on;
  on.set(args.out, tf.rsqrt(tf.neg(tf.minimum(tf.neg(on.values(args.x)), -args.min))));
}

/** See Engine.broadcast. */
export function broadcast(on: Device, args: { x: DeviceBuffer; factor: number; out: Into }): void {
  const { tf } = on;
  const value = tf.mul(on.values(args.x, [1]), args.factor);
  on.put(args.out, tf.mul(tf.fill([args.out.buffer.length], 1), value));
}

/** What dropout multiplies by. It is drawn on the host: tfjs multiplies integers in floating point. */
export function dropoutFactors(on: Device, p: number, key: RandomKey, shape: readonly number[]): TfTensor {
  const threshold = p * 0x1_0000_0000;
  const factor = 1 / (1 - p);
  const length = shape.reduce((product, extent) => product * extent, 1);
  const factors = Float32Array.from({ length }, (_, i) =>
    randomBits(key, i) >>> 0 >= threshold ? factor : 0,
  );
  return on.tf.tensor(factors, [...shape], "float32");
}

/** See Engine.dropout. */
export function dropout(on: Device, args: { x: DeviceBuffer; p: number; key: RandomKey; out: Into }): void {
  const x = on.values(args.x);
  on.put(args.out, on.tf.mul(x, dropoutFactors(on, args.p, args.key, x.shape)));
}

/** See Engine.random. Drawn on the host, to be equal to the last bit on every engine. */
export function random(
  on: Device,
  args: { kind: "uniform" | "normal"; key: RandomKey; offset: number; factor: number; out: DeviceBuffer },
): void {
  const values = new Float32Array(args.out.length);
  const fill = args.kind === "normal" ? fillNormal : fillUniform;
  fill(values, args.key, args.offset, args.factor);
  on.load(args.out, values);
}

/** See Engine.permute. */
export function permute(
  on: Device,
  args: { x: DeviceBuffer; shape: readonly number[]; axes: readonly number[]; out: Into },
): void {
  const { x, shape, axes, out } = args;
  const target = on.own(out.buffer);
  if (target.dtype === "int32") {
    permuteOnHost({ ...args, x: on.hostView(x), out: { ...out, buffer: on.hostView(target) } });
    target.clear();
    return;
  }
  on.put(out, on.tf.transpose(on.values(x, shape), [...axes]));
}

/** See Engine.unitNorm. */
export function unitNorm(
  on: Device,
  args: { x: DeviceBuffer; out: DeviceBuffer; parts: number; eps: number },
): void {
  const { tf } = on;
  const x = on.values(args.x, [args.parts, args.x.length / args.parts]);
  on.set(args.out, tf.div(x, tf.add(tf.sqrt(tf.sum(tf.square(x), 1, true)), args.eps)));
}
