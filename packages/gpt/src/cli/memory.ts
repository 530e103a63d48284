import type { CompleteGptConfig } from "../config.js";
import { attentionWidths, layout, sizeOf } from "../layout.js";

/** Bytes of memory that a model takes. */
export interface Memory {
  /** Its weights in float32. */
  readonly weights: number;
  /** Keys and values of one sequence of blockSize positions. */
  readonly cache: number;
  /** Weights, their gradients and AdamW's two moments. Activations come on top, by the size of a batch. */
  readonly training: number;
}

export function memoryOf(config: CompleteGptConfig): Memory {
  const weights = 4 * layout(config).reduce((total, { shape }) => total + sizeOf(shape), 0);
  const cache = 4 * 2 * config.nLayer * config.blockSize * attentionWidths(config).kv;
  return { weights, cache, training: 4 * weights };
}

/** Bytes of the largest weight in float32. */
export function largestWeight(config: CompleteGptConfig): number {
  return 4 * Math.max(...layout(config).map(({ shape }) => sizeOf(shape)));
}
