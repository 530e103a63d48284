import type { DeviceBuffer, Into, RandomKey } from "../../device-buffer.js";
import type { CopyArgs, WriteRowsArgs } from "../../kernel-arguments.js";
import { fillNormal, fillUniform, randomBits } from "../../random-numbers.js";
import { copiesOf } from "./batch-places.js";
import { values } from "./buffers.js";

/** out[i] = value(i), or += with `accumulate`. */
function each(out: Into, value: (i: number) => number): void {
  const data = values(out.buffer);
  for (let i = 0; i < data.length; i++) data[i] = out.accumulate ? data[i]! + value(i) : value(i);
}

/** See Engine.add. */
export function add(args: { a: DeviceBuffer; b: DeviceBuffer; out: DeviceBuffer }): void {
  const a = values(args.a);
  const b = values(args.b);
  each({ buffer: args.out, accumulate: false }, (i) => a[i]! + b[i]!);
}

/** See Engine.multiply. */
export function multiply(args: { a: DeviceBuffer; b: DeviceBuffer; out: Into }): void {
  const a = values(args.a);
  const b = values(args.b);
  each(args.out, (i) => a[i]! * b[i]!);
}

/** See Engine.scale. */
export function scale(args: { x: DeviceBuffer; factor: number; out: Into }): void {
  const x = values(args.x);
  each(args.out, (i) => args.factor * x[i]!);
}

/** See Engine.scaleBy. */
export function scaleBy(args: { x: DeviceBuffer; factor: DeviceBuffer; out: DeviceBuffer }): void {
  scale({ x: args.x, factor: values(args.factor)[0]!, out: { buffer: args.out, accumulate: false } });
}

/** See Engine.rsqrt. */
export function rsqrt(args: { x: DeviceBuffer; min: number; out: DeviceBuffer }): void {
  const x = values(args.x);
  each({ buffer: args.out, accumulate: false }, (i) => 1 / Math.sqrt(Math.max(x[i]!, args.min)));
}

/** See Engine.broadcast. */
export function broadcast(args: { x: DeviceBuffer; factor: number; out: Into }): void {
  const value = args.factor * values(args.x)[0]!;
  each(args.out, () => value);
}

/** See Engine.dropout. */
export function dropout(args: { x: DeviceBuffer; p: number; key: RandomKey; out: Into }): void {
  const x = values(args.x);
  const threshold = args.p * 0x1_0000_0000;
  const factor = 1 / (1 - args.p);
  each(args.out, (i) => (randomBits(args.key, i) >>> 0 >= threshold ? factor * x[i]! : 0));
}

/** See Engine.random. */
export function random(args: {
  kind: "uniform" | "normal";
  key: RandomKey;
  offset: number;
  factor: number;
  out: DeviceBuffer;
}): void {
  const fill = args.kind === "normal" ? fillNormal : fillUniform;
  fill(values(args.out), args.key, args.offset, args.factor);
}

/** See Engine.copy. */
export function copy(args: CopyArgs): void {
  const x = values(args.x);
  const out = values(args.out.buffer);
  for (let r = 0; r < args.rows; r++) {
    const from = args.xOffset + r * args.xStride;
    const at = args.outOffset + r * args.outStride;
    for (let j = 0; j < args.columns; j++) {
      out[at + j] = args.out.accumulate ? out[at + j]! + x[from + j]! : x[from + j]!;
    }
  }
}

/** See Engine.writeRows. */
export function writeRows(args: WriteRowsArgs): void {
  for (const run of copiesOf(args, values)) copy(run);
}

/** See Engine.permute. */
export function permute(args: {
  x: DeviceBuffer;
  shape: readonly number[];
  axes: readonly number[];
  out: Into;
}): void {
  const { shape, axes } = args;
  const x = values(args.x);
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  each(args.out, (i) => {
    let rest = i;
    let from = 0;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const extent = shape[axes[axis]!]!;
      from += (rest % extent) * strides[axes[axis]!]!;
      rest = Math.floor(rest / extent);
    }
    return x[from]!;
  });
}

/** See Engine.unitNorm. */
export function unitNorm(args: { x: DeviceBuffer; out: DeviceBuffer; parts: number; eps: number }): void {
  const x = values(args.x);
  const out = values(args.out);
  const length = x.length / args.parts;
  for (let start = 0; start < x.length; start += length) {
    let squares = 0;
    for (let i = start; i < start + length; i++) squares += x[i]! * x[i]!;
    const factor = 1 / (Math.sqrt(squares) + args.eps);
    for (let i = start; i < start + length; i++) out[i] = x[i]! * factor;
  }
}
