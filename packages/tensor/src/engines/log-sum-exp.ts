import type { TensorData } from "../device-buffer.js";

/**
 * Keeps the log of a row's sum as two numbers: as the array rounds it, and the rest that the rounding took away. With the first
 * alone, the gradient of logits with a common offset of 1e6 would be off by 3%. Below 16 the rest is left out, since it is no
 * more than the error of e^x in float32.
 */
export function storeLog(logs: TensorData, row: number, log: number): void {
  logs[2 * row] = log;
  logs[2 * row + 1] = Math.abs(log) < 16 ? 0 : log - logs[2 * row]!;
}
