import type { CompleteGptConfig } from "../config.js";
import { estimateMemory } from "../inspect/memory/estimate.js";
import { layout, sizeOf } from "../layout.js";

/** Bytes of memory that a model takes. */
export interface Memory {
  /** Its weights in float32. */
  readonly weights: number;
  /** All of it while one text grows to blockSize. */
  readonly decoding: number;
  /** All of it in a step of training with AdamW on one row of blockSize. */
  readonly training: number;
}

export function memoryOf(config: CompleteGptConfig): Memory {
  const one = { batch: 1, T: config.blockSize };
  return {
    weights: weightBytes(config),
    decoding: estimateMemory(config, { ...one, training: false, prompt: 1 }).total,
    training: estimateMemory(config, { ...one, training: true }).total,
  };
}

/** Bytes of all weights in float32. */
export function weightBytes(config: CompleteGptConfig): number {
  return 4 * layout(config).reduce((total, { shape }) => total + sizeOf(shape), 0);
}

/** Bytes of the largest weight in float32. */
export function largestWeight(config: CompleteGptConfig): number {
  return 4 * Math.max(...layout(config).map(({ shape }) => sizeOf(shape)));
}
