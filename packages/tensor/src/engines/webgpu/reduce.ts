import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type { AxisArgs, SumsArgs } from "../../kernel-arguments.js";
import type { Call, Device } from "./device.js";
import { adds, each, eachRow, LOWEST, put, reductions } from "./wgsl.js";

/** Numbers that one workgroup sums. */
const PIECE = 16_384;
const LANES = 256;

interface Total {
  readonly key: string;
  readonly read: Readonly<Record<string, DeviceBuffer>>;
  readonly count: number;
  /** What is summed, for number `i`. */
  readonly value: string;
}

/** out[index] = factor * the sum of `count` values, in pieces and then the sums of these. */
function sumInto(on: Device, what: Total, out: DeviceBuffer, index: number, factor: number): void {
  const pieces = Math.ceil(what.count / PIECE);
  const run = (given: Total, to: DeviceBuffer, at: number, groups: number, scale: number) =>
    on.run({
      key: `sum ${given.key}`,
      read: given.read,
      write: { to },
      ints: { count: given.count, at },
      floats: { factor: scale },
      groups,
      size: [LANES, 1],
      code: () => `${reductions(LANES)}
---
if (group * ${PIECE}u >= p.count && group > 0u) { return; }
let end = min(p.count, (group + 1u) * ${PIECE}u);
var sum = 0.0;
for (var i = group * ${PIECE}u + lane; i < end; i += LANES) { sum += ${given.value}; }
let all = total(sum, lane);
if (lane == 0u) { $to[p.at + group] = p.factor * all; }`,
    });
  if (pieces <= 1) {
    run(what, out, index, 1, factor);
    return;
  }
  on.withScratch([pieces], (parts) => {
    run(what, parts!, 0, pieces, 1);
    sumInto(on, { key: "parts", read: { x: parts! }, count: pieces, value: "$x[i]" }, out, index, factor);
  });
}

/** See Engine.sum. */
export function sum(on: Device, args: { x: DeviceBuffer; factor: number; out: DeviceBuffer }): void {
  const { x, factor, out } = args;
  sumInto(on, { key: "x", read: { x }, count: x.length, value: "$x[i]" }, out, 0, factor);
}

/** See Engine.sums. */
export function sums(on: Device, { tensors, out, index }: SumsArgs): void {
  on.own(out, index + tensors.length);
  for (const [i, { x, squares }] of tensors.entries()) {
    const value = squares ? "$x[i] * $x[i]" : "$x[i]";
    sumInto(on, { key: squares ? "squares" : "x", read: { x }, count: x.length, value }, out, index + i, 1);
  }
}

/** Rows whose values of a column one invocation sums. */
const STRETCH = 256;

/** For each column j, out[j] = the sum over the rows r of `value`, which may name `at`, the place r * columns + j. */
export function sumColumns(
  on: Device,
  what: {
    key: string;
    read: Call["read"];
    rows: number;
    columns: number;
    value: string;
  },
  out: Into,
): void {
  const { rows, columns } = what;
  const pieces = Math.max(1, Math.ceil(rows / STRETCH));
  const across = Math.ceil(columns / 64);
  const run = (key: string, read: Call["read"], count: number, value: string, to: Into, parts: number) =>
    on.run({
      key: `columns ${key} ${adds(to)}`,
      read: read!,
      write: { to: to.buffer },
      ints: { rows: count, columns, across, parts },
      groups: across * parts,
      code: () => `
let piece = group / p.across;
let j = group % p.across * 64u + lane;
if (j >= p.columns || piece >= p.parts) { return; }
let end = min(p.rows, (piece + 1u) * ${STRETCH}u);
var sum = 0.0;
for (var r = piece * ${STRETCH}u; r < end; r++) {
  let at = r * p.columns + j;
  sum += ${value};
}
${put(to, "to", "piece * p.columns + j", "sum")}`,
    });
  if (pieces === 1) {
    run(what.key, what.read, rows, what.value, out, 1);
    return;
  }
  on.withScratch([pieces * columns], (parts) => {
    run(what.key, what.read, rows, what.value, { buffer: parts!, accumulate: false }, pieces);
    sumColumns(on, { key: "parts", read: { x: parts! }, rows: pieces, columns, value: "$x[at]" }, out);
  });
}

/** See Engine.columnSums. */
export function columnSums(
  on: Device,
  { x, out, rows, columns }: { x: DeviceBuffer; out: Into; rows: number; columns: number },
): void {
  sumColumns(on, { key: "x", read: { x }, rows, columns, value: "$x[at]" }, out);
}

/** See Engine.sumAxis. */
export function sumAxis(on: Device, args: AxisArgs & { factor: number }): void {
  const { x, out, outer, extent, inner, factor } = args;
  if (inner === 1) {
    eachRow(on, outer, extent, {
      key: `sumAxis ${adds(out)}`,
      read: { x },
      write: { out: out.buffer },
      floats: { factor },
      code: () => `
var sum = 0.0;
for (var j = lane; j < p.columns; j += LANES) { sum += $x[at + j]; }
let all = total(sum, lane);
if (lane == 0u) { ${put(out, "out", "row", "p.factor * all")} }`,
    });
    return;
  }
  each(on, outer * inner, {
    key: `sumAxis inner ${adds(out)}`,
    read: { x },
    write: { out: out.buffer },
    ints: { extent, inner },
    floats: { factor },
    code: () => `
var at = i / p.inner * p.extent * p.inner + i % p.inner;
var sum = 0.0;
for (var e = 0u; e < p.extent; e++) {
  sum += $x[at];
  at += p.inner;
}
${put(out, "out", "i", "p.factor * sum")}`,
  });
}

/** See Engine.broadcastAxis. */
export function broadcastAxis(on: Device, args: AxisArgs & { factor: number }): void {
  const { x, out, outer, extent, inner, factor } = args;
  each(on, outer * extent * inner, {
    key: `broadcastAxis ${adds(out)}`,
    read: { x },
    write: { out: out.buffer },
    ints: { extent, inner },
    floats: { factor },
    code: () => put(out, "out", "i", "p.factor * $x[i / (p.extent * p.inner) * p.inner + i % p.inner]"),
  });
}

/** See Engine.maxAxis. */
export function maxAxis(on: Device, args: AxisArgs & { index: DeviceBuffer }): void {
  const { x, out, index, outer, extent, inner } = args;
  each(on, outer * inner, {
    key: `maxAxis ${adds(out)}`,
    read: { x },
    write: { out: out.buffer, index },
    ints: { extent, inner },
    code: () => `
var at = i / p.inner * p.extent * p.inner + i % p.inner;
var most = $x[at];
var first = 0u;
for (var e = 1u; e < p.extent; e++) {
  at += p.inner;
  if ($x[at] > most) {
    most = $x[at];
    first = e;
  }
}
${put(out, "out", "i", "most")}
$index[i] = i32(first);`,
  });
}

/** See Engine.scatterAxis. */
export function scatterAxis(on: Device, args: AxisArgs & { index: DeviceBuffer }): void {
  const { x, out, index, outer, extent, inner } = args;
  each(on, outer * extent * inner, {
    key: `scatterAxis ${adds(out)}`,
    read: { x, index },
    write: { out: out.buffer },
    ints: { extent, inner },
    code: () => `
let source = i / (p.extent * p.inner) * p.inner + i % p.inner;
let e = i / p.inner % p.extent;
${put(out, "out", "i", "select(0.0, $x[source], u32($index[source]) == e)")}`,
  });
}

/** See Engine.softmax. */
export function softmax(
  on: Device,
  { x, out, rows, columns }: { x: DeviceBuffer; out: DeviceBuffer; rows: number; columns: number },
): void {
  eachRow(on, rows, columns, {
    key: "softmax",
    read: { x },
    write: { out },
    code: () => `
var own = ${LOWEST};
for (var j = lane; j < p.columns; j += LANES) { own = max(own, $x[at + j]); }
let most = largest(own, lane);
var sum = 0.0;
for (var j = lane; j < p.columns; j += LANES) { sum += exp($x[at + j] - most); }
let all = total(sum, lane);
for (var j = lane; j < p.columns; j += LANES) { $out[at + j] = exp($x[at + j] - most) / all; }`,
  });
}

/** See Engine.softmaxBackward. */
export function softmaxBackward(
  on: Device,
  args: { y: DeviceBuffer; dOut: DeviceBuffer; dX: Into; rows: number; columns: number },
): void {
  const { y, dOut, dX, rows, columns } = args;
  eachRow(on, rows, columns, {
    key: `softmaxBackward ${adds(dX)}`,
    read: { y, dOut },
    write: { dX: dX.buffer },
    code: () => `
var sum = 0.0;
for (var j = lane; j < p.columns; j += LANES) { sum += $y[at + j] * $dOut[at + j]; }
let dot = total(sum, lane);
for (var j = lane; j < p.columns; j += LANES) {
  ${put(dX, "dX", "at + j", "$y[at + j] * ($dOut[at + j] - dot)")}
}`,
  });
}
