import type { DeviceBuffer, Into, RandomKey } from "../../device-buffer.js";
import type { AdamwArgs } from "../../kernel-arguments.js";
import { fillNormal, fillUniform, randomBits } from "../../random-numbers.js";
import { permute as permuteOnHost } from "../reference/elementwise.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";
import { runOf, writePlace } from "./place.js";

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

/** See Engine.broadcast. */
export function broadcast(on: Device, args: { x: DeviceBuffer; factor: number; out: Into }): void {
  const { tf } = on;
  const value = tf.mul(on.values(args.x, [1]), args.factor);
  on.put(args.out, tf.mul(tf.fill([args.out.buffer.length], 1), value));
}

/** See Engine.sum. */
export function sum(
  on: Device,
  args: { x: DeviceBuffer; factor: number; out: DeviceBuffer; index: number; squares: boolean },
): void {
  const { tf } = on;
  const x = on.values(args.x);
  const total = tf.mul(tf.sum(args.squares ? tf.square(x) : x), args.factor);
  const place = runOf(on.own(args.out, args.index + 1).length, args.index, 1, 1, 1);
  writePlace(on, { buffer: args.out, accumulate: false }, place, tf.reshape(total, [1, 1, 1]));
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

/** See Engine.adamw. The corrections of m and v are drawn into lr and eps, which saves a pass. */
export function adamw(on: Device, args: AdamwArgs): void {
  const { lr, beta1, beta2, eps, weightDecay, step, gradScale } = args;
  const { tf } = on;
  const grad = on.values(args.grad);
  const parameter = on.values(args.parameter, grad.shape);
  const g = gradScale === 1 ? grad : tf.mul(grad, gradScale);
  const m = tf.add(tf.mul(on.values(args.m, grad.shape), beta1), tf.mul(g, 1 - beta1));
  const v = tf.add(tf.mul(on.values(args.v, grad.shape), beta2), tf.mul(tf.square(g), 1 - beta2));
  const correction = Math.sqrt(1 - beta2 ** step);
  const direction = tf.div(m, tf.add(tf.sqrt(v), eps * correction));
  const update = tf.mul(direction, (lr * correction) / (1 - beta1 ** step));
  const decayed = weightDecay === 0 ? parameter : tf.mul(parameter, 1 - lr * weightDecay);
  const next = tf.sub(decayed, update);
  on.set(args.m, m);
  on.set(args.v, v);
  on.set(args.parameter, next);
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
