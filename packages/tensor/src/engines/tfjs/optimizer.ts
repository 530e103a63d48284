import { CLIP, CLIP_EPS } from "../../clip.js";
import type { DeviceBuffer } from "../../device-buffer.js";
import type { AdamwArgs, AdamwTensor, ClipScaleArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";

/** See Engine.clipScale. */
export function clipScale(on: Device, { clip, norms, limit, divisor }: ClipScaleArgs): void {
  const { tf } = on;
  const { length } = on.own(clip, CLIP.sums + norms);
  const sums = tf.slice(on.values(clip, [length]), [CLIP.sums], [length - CLIP.sums]);
  const norm = tf.div(tf.sqrt(tf.sum(tf.slice(sums, [0], [norms]), 0, true)), divisor);
  const all = tf.concat([sums, norm], 0);
  const count = tf.sum(tf.cast(tf.less(tf.abs(all), Number.POSITIVE_INFINITY), "float32"), 0, true);
  const finite = tf.greaterEqual(count, all.size); // NaN is less than nothing
  const scale = tf.div(tf.minimum(tf.div(limit, tf.add(norm, CLIP_EPS)), 1), divisor);
  const chosen = tf.where(finite, scale, tf.zeros([1]));
  on.set(clip, tf.concat([chosen, tf.zeros([2]), tf.cast(finite, "float32"), sums], 0));
}

interface Scale {
  /** What gradients are multiplied by. */
  readonly factor: number | TfTensor;
  /** Whether anything is to be updated; null: it is. */
  readonly finite: TfTensor | null;
}

function scaleOf(on: Device, gradScale: number | DeviceBuffer): Scale {
  if (typeof gradScale === "number") return { factor: gradScale, finite: null };
  const { tf } = on;
  const clip = on.values(gradScale, [CLIP.sums]);
  return {
    factor: tf.slice(clip, [CLIP.scale], [1]),
    finite: tf.greater(tf.slice(clip, [CLIP.finite], [1]), 0),
  };
}

/** See Engine.adamw. */
export function adamw(on: Device, args: AdamwArgs): void {
  const scale = scaleOf(on, args.gradScale);
  for (const each of args.tensors) on.tf.tidy(() => update(on, each, args, scale));
}

/** The corrections of m and v are drawn into lr and eps, which saves a pass. */
function update(on: Device, tensor: AdamwTensor, args: AdamwArgs, { factor, finite }: Scale): void {
  const { lr, beta1, beta2, eps, step } = args;
  const { tf } = on;
  const grad = on.values(tensor.grad);
  const before = (buffer: DeviceBuffer) => on.values(buffer, grad.shape);
  const g = factor === 1 ? grad : tf.mul(grad, factor);
  const m = tf.add(tf.mul(before(tensor.m), beta1), tf.mul(g, 1 - beta1));
  const v = tf.add(tf.mul(before(tensor.v), beta2), tf.mul(tf.square(g), 1 - beta2));
  const correction = Math.sqrt(1 - beta2 ** step);
  const direction = tf.div(m, tf.add(tf.sqrt(v), eps * correction));
  const change = tf.mul(direction, (lr * correction) / (1 - beta1 ** step));
  const { parameter, weightDecay } = tensor;
  const decayed = weightDecay === 0 ? before(parameter) : tf.mul(before(parameter), 1 - lr * weightDecay);
  const chosen = finite && tf.broadcastTo(finite, grad.shape);
  for (const [buffer, value] of [
    [tensor.m, m],
    [tensor.v, v],
    [parameter, tf.sub(decayed, change)],
  ] as const) {
    on.set(buffer, chosen ? tf.where(chosen, value, before(buffer)) : value);
  }
}

/** See Engine.cautiousDecay. */
export function cautiousDecay(
  on: Device,
  args: { parameter: DeviceBuffer; update: DeviceBuffer; rate: number },
): void {
  const { tf } = on;
  const p = on.values(args.parameter);
  const isAlike = tf.greaterEqual(tf.mul(p, on.values(args.update, p.shape)), 0);
  on.set(args.parameter, tf.where(isAlike, tf.mul(p, 1 - args.rate), p));
}
