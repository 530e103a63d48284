import type { DeviceBuffer, Into } from "../../device-buffer.js";
import { target, values } from "./buffers.js";

/** See Engine.softmax. */
export function softmax(args: { x: DeviceBuffer; out: DeviceBuffer; rows: number; columns: number }): void {
  const { rows, columns } = args;
  const x = values(args.x);
  const out = values(args.out);
  for (let at = 0; at < rows * columns; at += columns) {
    let largest = -Infinity;
    for (let j = 0; j < columns; j++) largest = Math.max(largest, x[at + j]!);
    let total = 0;
    for (let j = 0; j < columns; j++) total += Math.exp(x[at + j]! - largest);
    for (let j = 0; j < columns; j++) out[at + j] = Math.exp(x[at + j]! - largest) / total;
  }
}

/** See Engine.softmaxBackward. */
export function softmaxBackward(args: {
  y: DeviceBuffer;
  dOut: DeviceBuffer;
  dX: Into;
  rows: number;
  columns: number;
}): void {
  const { rows, columns } = args;
  const y = values(args.y);
  const dOut = values(args.dOut);
  const dX = target(args.dX);
  for (let at = 0; at < rows * columns; at += columns) {
    let dot = 0;
    for (let j = 0; j < columns; j++) dot += y[at + j]! * dOut[at + j]!;
    for (let j = 0; j < columns; j++) dX[at + j]! += y[at + j]! * (dOut[at + j]! - dot);
  }
}
