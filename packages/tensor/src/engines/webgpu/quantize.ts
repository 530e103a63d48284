import type { DeviceBuffer } from "../../device-buffer.js";
import type { QuantizedProductArgs, QuantizedProductBackwardArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import { adds, BY_BITS, byteAt, each, eachRow, put, reductions } from "./wgsl.js";

/** The largest magnitude of each row, NaN where a number is not finite. */
function scaleRows(on: Device, x: DeviceBuffer, scales: DeviceBuffer, rows: number, columns: number): void {
  eachRow(on, rows, columns, {
    key: "row scales",
    read: { x },
    write: { scales },
    floats: { nan: Number.NaN },
    code: () => `${BY_BITS}
---
var own = 0.0;
var wrong = 0.0;
for (var j = lane; j < p.columns; j += LANES) {
  own = max(own, abs($x[at + j]));
  if (!is_finite($x[at + j])) { wrong = 1.0; }
}
let most = largest(own, lane);
let any = largest(wrong, lane);
if (lane == 0u) { $scales[row] = select(p.nan, most, any == 0.0); }`,
  });
}

/** The integer that stands for a value in a row whose largest magnitude is `most`: the even one of two equally near. */
const NEAREST = `
fn nearest(x: f32, most: f32) -> i32 {
  if (!is_finite(most) || most <= 0.0) { return 0; }
  return i32(round(x * (127.0 / most)));
}`;

/** See Engine.quantize. */
export function quantize(
  on: Device,
  args: { x: DeviceBuffer; values: DeviceBuffer; scales: DeviceBuffer; rows: number; columns: number },
): void {
  const { x, values, scales, rows, columns } = args;
  scaleRows(on, x, scales, rows, columns);
  each(on, Math.ceil((rows * columns) / 4), {
    key: "quantize",
    read: { x, scales },
    write: { values },
    ints: { columns, length: rows * columns },
    code: () => `${BY_BITS}
${NEAREST}
---
var word = 0u;
for (var b = 0u; b < 4u; b++) {
  let at = 4u * i + b;
  if (at >= p.length) { break; }
  word = insertBits(word, bitcast<u32>(nearest($x[at], $scales[at / p.columns])), 8u * b, 8u);
}
$values[i] = word;`,
  });
  each(on, rows, {
    key: "row scales to steps",
    write: { scales },
    code: () => "$scales[i] = $scales[i] / 127.0;",
  });
}

const LANES = 64;

/** A workgroup for each value of the result: its invocations share the columns. */
function multiply(
  on: Device,
  { values, scales, bias, out, rows, columns, n }: QuantizedProductArgs,
  how: {
    key: string;
    read: Record<string, DeviceBuffer | { buffer: DeviceBuffer; as: "i32" }>;
    head: string;
    /** The sum over the columns of row `r` and weight row `j`, of which this invocation has some. */
    sum: string;
    value: string;
  },
): void {
  on.run({
    key: `quantizedProduct ${how.key} ${bias ? "b" : ""}`,
    read: { values, scales, bias, ...how.read },
    write: { out },
    ints: { rows, columns, n },
    groups: rows * n,
    size: [LANES, 1],
    code: () => `${byteAt("values")}
${how.head}
---
if (group >= p.rows * p.n) { return; }
let r = group / p.n;
let j = group % p.n;
${how.sum}
if (lane == 0u) { $out[group] = ${how.value}${bias ? " + $bias[j]" : ""}; }`,
  });
}

/** See Engine.quantizedProduct. */
export function quantizedProduct(on: Device, args: QuantizedProductArgs): void {
  const { x, rows, columns } = args;
  if (args.inputs === "float32") {
    multiply(on, args, {
      key: "float32",
      read: { x },
      head: reductions(LANES),
      sum: `var own = 0.0;
for (var q = lane; q < p.columns; q += LANES) { own += $x[r * p.columns + q] * f32(values_at(j * p.columns + q)); }
let dot = total(own, lane);`,
      value: "dot * $scales[j]",
    });
    return;
  }
  on.withScratch([rows * columns, rows], (integers, largest) => {
    scaleRows(on, x, largest!, rows, columns);
    each(on, rows * columns, {
      key: "round rows",
      read: { x, largest },
      write: { integers: { buffer: integers!, as: "i32" } },
      ints: { columns },
      code: () => `${BY_BITS}
${NEAREST}\n---\n$integers[i] = nearest($x[i], $largest[i / p.columns]);`,
    });
    multiply(on, args, {
      key: "int8",
      read: { integers: { buffer: integers!, as: "i32" }, most: largest! },
      head: `var<workgroup> parts: array<i32, ${LANES}>;`,
      sum: `var own = 0;
for (var q = lane; q < p.columns; q += ${LANES}u) { own += $integers[r * p.columns + q] * values_at(j * p.columns + q); }
parts[lane] = own;
workgroupBarrier();
for (var half = ${LANES / 2}u; half > 0u; half >>= 1u) {
  if (lane < half) { parts[lane] += parts[lane + half]; }
  workgroupBarrier();
}
let dot = f32(parts[0]);`,
      value: "($most[r] / 127.0) * $scales[j] * dot",
    });
  });
}

/** See Engine.quantizedProductBackward. */
export function quantizedProductBackward(on: Device, args: QuantizedProductBackwardArgs): void {
  const { dOut, values, scales, dX, rows, columns, n } = args;
  each(on, rows * columns, {
    key: `quantizedProductBackward ${adds(dX)}`,
    read: { dOut, values, scales },
    write: { dX: dX.buffer },
    ints: { columns, n },
    code: () => `${byteAt("values")}
---
let r = i / p.columns;
let q = i % p.columns;
var sum = 0.0;
for (var j = 0u; j < p.n; j++) {
  sum += $dOut[r * p.n + j] * $scales[j] * f32(values_at(j * p.columns + q));
}
${put(dX, "dX", "i", "sum")}`,
  });
}
