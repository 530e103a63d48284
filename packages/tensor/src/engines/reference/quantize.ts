import type { DeviceBuffer } from "../../device-buffer.js";
import type { QuantizedProductArgs, QuantizedProductBackwardArgs } from "../../kernel-arguments.js";
import { maybeValues, target, values } from "./buffers.js";

/** The nearest integer, the even one of two. */
export function nearest(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** See Engine.quantize; float32 whatever the engine's precision, so that every engine rounds alike. */
export function quantize(args: {
  x: DeviceBuffer;
  values: DeviceBuffer;
  scales: DeviceBuffer;
  rows: number;
  columns: number;
}): void {
  const { rows, columns } = args;
  const x = values(args.x);
  const quantized = values(args.values);
  const scales = values(args.scales);
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    let largest = 0;
    for (let j = 0; j < columns; j++) largest = Math.max(largest, Math.abs(x[at + j]!));
    scales[r] = largest / 127;
    const inverse = largest > 0 ? Math.fround(127 / largest) : 0;
    for (let j = 0; j < columns; j++) quantized[at + j] = nearest(Math.fround(x[at + j]! * inverse));
  }
}

/** See Engine.quantizedProduct. */
export function quantizedProduct(args: QuantizedProductArgs): void {
  if (args.inputs === "int8") {
    int8Product(args);
    return;
  }
  const { rows, columns, n } = args;
  const x = values(args.x);
  const quantized = values(args.values);
  const scales = values(args.scales);
  const bias = maybeValues(args.bias);
  const out = values(args.out);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let p = 0; p < columns; p++) dot += x[r * columns + p]! * quantized[j * columns + p]!;
      out[r * n + j] = dot * scales[j]! + (bias ? bias[j]! : 0);
    }
  }
}

/** See Engine.quantizedProductBackward; each sum is kept in double precision. */
export function quantizedProductBackward(args: QuantizedProductBackwardArgs): void {
  const { rows, columns, n } = args;
  const dOut = values(args.dOut);
  const quantized = values(args.values);
  const scales = values(args.scales);
  const dX = target(args.dX);
  for (let r = 0; r < rows; r++) {
    for (let p = 0; p < columns; p++) {
      let dot = 0;
      for (let j = 0; j < n; j++) dot += dOut[r * n + j]! * scales[j]! * quantized[j * columns + p]!;
      dX[r * columns + p]! += dot;
    }
  }
}

/** Float32 and integers whatever the engine's precision: every engine computes these very bits. */
function int8Product(args: QuantizedProductArgs): void {
  const { rows, columns, n } = args;
  const { fround } = Math;
  const x = values(args.x);
  const quantized = values(args.values);
  const scales = values(args.scales);
  const bias = maybeValues(args.bias);
  const out = values(args.out);
  for (let r = 0; r < rows; r++) {
    const row = Array.from(x.subarray(r * columns, (r + 1) * columns), fround);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const inverse = largest > 0 ? fround(127 / largest) : 0;
    const inputScale = fround(largest / 127);
    const integers = row.map((value) => nearest(fround(value * inverse)));
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let p = 0; p < columns; p++) dot += integers[p]! * quantized[j * columns + p]!;
      const product = fround(fround(inputScale * fround(scales[j]!)) * fround(dot));
      out[r * n + j] = fround(product + (bias ? fround(bias[j]!) : 0));
    }
  }
}
