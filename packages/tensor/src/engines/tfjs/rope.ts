import type { RopeArgs } from "../../kernel-arguments.js";
import { positionsOf } from "../reference/batch-places.js";
import type { Device } from "./device.js";
import { replace } from "./place.js";

/** Each pair (a, b) becomes (a cos - b sin, b cos + a sin); see Engine.rope. */
export function rope(on: Device, args: RopeArgs): void {
  const { tf } = on;
  const { rows, length, offset, heads, rotated, headDim, rotaryDim, interleaved } = args;
  const [batch, half] = [rows / length, rotaryDim / 2];
  const x = on.values(args.x, [batch, length, heads, headDim]);
  const table = on.values(args.table, [args.table.length / rotaryDim, rotaryDim]);
  const given = positionsOf("rope", args, table.shape[0]!, (buffer) => on.ids(buffer));
  const positions = given && on.values(args.positions!, [rows]);
  const angles = (from: number) =>
    positions
      ? tf.reshape(tf.slice(tf.gather(table, positions), [0, from], [rows, half]), [batch, length, 1, half])
      : tf.reshape(tf.slice(table, [offset, from], [length, half]), [length, 1, half]);
  const cos = angles(0);
  const sin = args.inverse ? tf.neg(angles(half)) : angles(half);
  const turned = tf.slice(x, [0, 0, 0, 0], [batch, length, rotated, headDim]);
  const strides = [1, 1, 1, interleaved ? 2 : 1];
  const every = (from: number, to: number) =>
    tf.stridedSlice(turned, [0, 0, 0, from], [batch, length, rotated, to], strides);
  const a = interleaved ? every(0, rotaryDim) : every(0, half); // (batch, length, rotated, half)
  const b = interleaved ? every(1, rotaryDim) : every(half, rotaryDim);
  const pair = [tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(b, cos), tf.mul(a, sin))];
  const pairs = interleaved
    ? tf.reshape(tf.stack(pair, 4), [batch, length, rotated, rotaryDim])
    : tf.concat(pair, 3);
  on.put(args.out, replace(on, x, replace(on, turned, pairs, 3, 0), 2, 0));
}
