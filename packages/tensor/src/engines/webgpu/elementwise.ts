import type { DeviceBuffer, Into, RandomKey } from "../../device-buffer.js";
import { fillNormal, fillUniform } from "../../random-numbers.js";
import { permute as permuteOnHost } from "../reference/elementwise.js";
import type { Device } from "./device.js";
import { hostView, load } from "./transfer.js";
import { adds, each, eachRow, put, RANDOM } from "./wgsl.js";

/** See Engine.add. */
export function add(
  on: Device,
  { a, b, out }: { a: DeviceBuffer; b: DeviceBuffer; out: DeviceBuffer },
): void {
  each(on, out.length, {
    key: "add",
    read: { a, b },
    write: { out },
    code: () => "$out[i] = $a[i] + $b[i];",
  });
}

/** See Engine.multiply. */
export function multiply(on: Device, { a, b, out }: { a: DeviceBuffer; b: DeviceBuffer; out: Into }): void {
  each(on, a.length, {
    key: `multiply ${adds(out)}`,
    read: { a, b },
    write: { out: out.buffer },
    code: () => put(out, "out", "i", "$a[i] * $b[i]"),
  });
}

/** See Engine.scale. */
export function scale(on: Device, { x, factor, out }: { x: DeviceBuffer; factor: number; out: Into }): void {
  each(on, x.length, {
    key: `scale ${adds(out)}`,
    read: { x },
    write: { out: out.buffer },
    floats: { factor },
    code: () => put(out, "out", "i", "p.factor * $x[i]"),
  });
}

/** See Engine.scaleBy. */
export function scaleBy(
  on: Device,
  { x, factor, out }: { x: DeviceBuffer; factor: DeviceBuffer; out: DeviceBuffer },
): void {
  each(on, x.length, {
    key: "scaleBy",
    read: { x, factor },
    write: { out },
    code: () => "$out[i] = $factor[0] * $x[i];",
  });
}

/** See Engine.rsqrt. */
export function rsqrt(
  on: Device,
  { x, min, out }: { x: DeviceBuffer; min: number; out: DeviceBuffer },
): void {
  each(on, x.length, {
    key: "rsqrt",
    read: { x },
    write: { out },
    floats: { least: min },
    code: () => "$out[i] = 1.0 / sqrt(max($x[i], p.least));",
  });
}

/** See Engine.broadcast. */
export function broadcast(
  on: Device,
  { x, factor, out }: { x: DeviceBuffer; factor: number; out: Into },
): void {
  each(on, out.buffer.length, {
    key: `broadcast ${adds(out)}`,
    read: { x },
    write: { out: out.buffer },
    floats: { factor },
    code: () => put(out, "out", "i", "p.factor * $x[0]"),
  });
}

/** See Engine.dropout. */
export function dropout(
  on: Device,
  { x, p, key, out }: { x: DeviceBuffer; p: number; key: RandomKey; out: Into },
): void {
  each(on, x.length, {
    key: `dropout ${adds(out)}`,
    read: { x },
    write: { out: out.buffer },
    ints: { key0: key[0], key1: key[1], least: Math.ceil(p * 0x1_0000_0000) },
    floats: { factor: 1 / (1 - p) },
    code: () =>
      `${RANDOM}\n---\n${put(out, "out", "i", "select(0.0, p.factor * $x[i], bits(p.key0, p.key1, i) >= p.least)")}`,
  });
}

/** See Engine.random. Drawn on the host, to be equal to the last bit on every engine. */
export function random(
  on: Device,
  args: { kind: "uniform" | "normal"; key: RandomKey; offset: number; factor: number; out: DeviceBuffer },
): void {
  const values = new Float32Array(args.out.length);
  const fill = args.kind === "normal" ? fillNormal : fillUniform;
  fill(values, args.key, args.offset, args.factor);
  load(on, args.out, values);
}

/** See Engine.permute. */
export function permute(
  on: Device,
  args: { x: DeviceBuffer; shape: readonly number[]; axes: readonly number[]; out: Into },
): void {
  const { x, shape, axes, out } = args;
  const target = on.own(out.buffer);
  if (target.dtype === "int32") {
    permuteOnHost({ ...args, x: hostView(on, x), out: { ...out, buffer: hostView(on, target) } });
    load(on, target, target.ids!);
    return;
  }
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const ints = Object.fromEntries(
    axes.flatMap((axis, i) => [
      [`extent${i}`, shape[axis]!],
      [`stride${i}`, strides[axis]!],
    ]),
  );
  const steps = axes.map((_, i) => `source += rest % p.extent${i} * p.stride${i};\nrest /= p.extent${i};`);
  each(on, target.length, {
    key: `permute ${axes.length} ${adds(out)}`,
    read: { x },
    write: { out: target },
    ints,
    code: () =>
      `var rest = i;\nvar source = 0u;\n${steps.reverse().join("\n")}\n${put(out, "out", "i", "$x[source]")}`,
  });
}

/** See Engine.unitNorm. */
export function unitNorm(
  on: Device,
  { x, out, parts, eps }: { x: DeviceBuffer; out: DeviceBuffer; parts: number; eps: number },
): void {
  eachRow(on, parts, x.length / parts, {
    key: "unitNorm",
    read: { x },
    write: { out },
    floats: { eps },
    code: () => `
var squares = 0.0;
for (var j = lane; j < p.columns; j += LANES) { squares += $x[at + j] * $x[at + j]; }
let factor = 1.0 / (sqrt(total(squares, lane)) + p.eps);
for (var j = lane; j < p.columns; j += LANES) { $out[at + j] = $x[at + j] * factor; }`,
  });
}
