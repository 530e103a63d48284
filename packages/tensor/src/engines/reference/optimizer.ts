import { scaleOf, writeClipScale } from "../../clip.js";
import type { DeviceBuffer } from "../../device-buffer.js";
import type { AdamwArgs, AdamwTensor, ClipScaleArgs } from "../../kernel-arguments.js";
import { values } from "./buffers.js";

/** See Engine.clipScale. */
export function clipScale({ clip, ...args }: ClipScaleArgs): void {
  writeClipScale(values(clip), args);
}

/** See Engine.adamw. */
export function adamw(args: AdamwArgs): void {
  const { gradScale } = args;
  const scale = scaleOf(typeof gradScale === "number" ? gradScale : values(gradScale));
  if (scale === null) return;
  for (const each of args.tensors) update(each, args, scale);
}

function update(tensor: AdamwTensor, args: AdamwArgs, scale: number): void {
  const { lr, beta1, beta2, eps, step } = args;
  const parameter = values(tensor.parameter);
  const grad = values(tensor.grad);
  const m = values(tensor.m);
  const v = values(tensor.v);
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  for (let i = 0; i < parameter.length; i++) {
    const g = grad[i]! * scale;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    const update = m[i]! / correction1 / (Math.sqrt(v[i]! / correction2) + eps);
    parameter[i] = parameter[i]! * (1 - lr * tensor.weightDecay) - lr * update;
  }
}

/** See Engine.cautiousDecay. */
export function cautiousDecay(args: { parameter: DeviceBuffer; update: DeviceBuffer; rate: number }): void {
  const parameter = values(args.parameter);
  const update = values(args.update);
  for (let i = 0; i < parameter.length; i++) {
    if (update[i]! * parameter[i]! >= 0) parameter[i] = parameter[i]! * (1 - args.rate);
  }
}
