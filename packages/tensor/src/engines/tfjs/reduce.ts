import type { DeviceBuffer } from "../../device-buffer.js";
import type { AxisArgs, SumsArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import { runOf, writePlace } from "./place.js";

/** See Engine.sum. */
export function sum(on: Device, args: { x: DeviceBuffer; factor: number; out: DeviceBuffer }): void {
  on.set(args.out, on.tf.mul(on.tf.sum(on.values(args.x)), args.factor));
}

/** See Engine.sums. */
export function sums(on: Device, { tensors, out, index }: SumsArgs): void {
  const { tf } = on;
  const totals = tensors.map(({ x, squares }) => {
    const value = on.values(x);
    return tf.sum(squares ? tf.square(value) : value);
  });
  const { length } = on.own(out, index + totals.length);
  const place = runOf(length, index, totals.length, 1, totals.length);
  writePlace(
    on,
    { buffer: out, accumulate: false },
    place,
    tf.reshape(tf.stack(totals, 0), [1, 1, totals.length]),
  );
}

/** See Engine.sumAxis. */
export function sumAxis(on: Device, args: AxisArgs & { factor: number }): void {
  const { tf } = on;
  const { outer, extent, inner, factor } = args;
  on.put(args.out, tf.mul(tf.sum(on.values(args.x, [outer, extent, inner]), 1), factor));
}

/** See Engine.broadcastAxis. */
export function broadcastAxis(on: Device, args: AxisArgs & { factor: number }): void {
  const { tf } = on;
  const { outer, extent, inner, factor } = args;
  on.put(args.out, tf.mul(on.values(args.x, [outer, 1, inner]), tf.fill([extent, 1], factor)));
}

/** See Engine.maxAxis. */
export function maxAxis(on: Device, args: AxisArgs & { index: DeviceBuffer }): void {
  const { tf } = on;
  const { outer, extent, inner } = args;
  const x = on.values(args.x, [outer, extent, inner]);
  on.set(args.index, tf.argMax(x, 1));
  on.put(args.out, tf.max(x, 1, false));
}

/** See Engine.scatterAxis. */
export function scatterAxis(on: Device, args: AxisArgs & { index: DeviceBuffer }): void {
  const { tf } = on;
  const { outer, extent, inner } = args;
  const at = tf.reshape(tf.range(0, extent, 1, "int32"), [extent, 1]);
  const chosen = tf.equal(on.values(args.index, [outer, 1, inner]), at); // (outer, extent, inner)
  on.put(args.out, tf.where(chosen, on.values(args.x, [outer, 1, inner]), tf.zeros([1])));
}
