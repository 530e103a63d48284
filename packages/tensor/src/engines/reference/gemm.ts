import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type { GemmArgs } from "../../kernel-arguments.js";
import { activate } from "./activation.js";
import { floats, maybeValues, target, values } from "./buffers.js";

/** The product row by row: each row of the result is a sum of rows of B, kept in double precision. */
export function gemm(args: GemmArgs): void {
  const { m, n, k, batch, transposeA, transposeB, activation } = args;
  const a = values(args.a);
  const b = floats(args.b);
  const out = values(args.out.buffer);
  const bias = maybeValues(args.bias);
  const pre = maybeValues(args.pre);
  const residual = maybeValues(args.residual);
  const row = new Float64Array(n);
  for (let entry = 0; entry < batch; entry++) {
    const aAt = entry * m * k;
    const bAt = entry * k * n;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) row[j] = bias ? bias[j]! : 0;
      for (let p = 0; p < k; p++) {
        const factor = a[aAt + (transposeA ? p * m + i : i * k + p)]!;
        if (transposeB) for (let j = 0; j < n; j++) row[j]! += factor * b[bAt + j * k + p]!;
        else for (let j = 0; j < n; j++) row[j]! += factor * b[bAt + p * n + j]!;
      }
      const at = (entry * m + i) * n;
      for (let j = 0; j < n; j++) {
        if (pre) pre[at + j] = row[j]!;
        const activated = activation ? activate(activation, row[j]!) : row[j]!;
        const value = residual ? activated + residual[at + j]! : activated;
        out[at + j] = args.out.accumulate ? out[at + j]! + value : value;
      }
    }
  }
}

/** See Engine.columnSums. */
export function columnSums(args: { x: DeviceBuffer; out: Into; rows: number; columns: number }): void {
  const { rows, columns } = args;
  const x = values(args.x);
  const out = target(args.out);
  for (let j = 0; j < columns; j++) {
    let total = 0;
    for (let i = 0; i < rows; i++) total += x[i * columns + j]!;
    out[j]! += total;
  }
}
