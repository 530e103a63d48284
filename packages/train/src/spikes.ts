import type { Kinds } from "@llm/platform/options";
import { check } from "./check.js";

/** A loss far above those before it. */
export interface Spike {
  step: number;
  loss: number;
  /** Mean and standard deviation of the losses before it. */
  mean: number;
  deviation: number;
}

/** Options of {@link spikeWatch}. */
export interface SpikeWatchOptions {
  /** Steps looked back on. Default 100. */
  window?: number;
  /** How many standard deviations above the mean make a spike. Default 6. */
  deviations?: number;
}

const WATCH: Kinds<SpikeWatchOptions> = { window: "count", deviations: "number" };

/** Losses that are too few to tell. */
const LEAST = 20;

/**
 * Watches for steps whose loss is far above those before. What data a step was made of is a function of its number:
 * `data.batch({ split: "train", step, .. })` gives the very batch, and `inspect` shows it.
 */
export function spikeWatch(
  options: SpikeWatchOptions = {},
): (step: { step: number; loss: number }) => Spike | undefined {
  check("spikeWatch", options, WATCH);
  const { window = 100, deviations = 6 } = options;
  const seen: number[] = [];
  return ({ step, loss }) => {
    const mean = seen.reduce((sum, each) => sum + each, 0) / seen.length;
    const deviation = Math.sqrt(seen.reduce((sum, each) => sum + (each - mean) ** 2, 0) / seen.length);
    const isSpike = seen.length >= LEAST && loss > mean + deviations * deviation;
    // A spike does not raise what the next ones are measured by.
    if (!isSpike) seen.push(loss);
    if (seen.length > window) seen.shift();
    return isSpike ? { step, loss, mean, deviation } : undefined;
  };
}
