import type { CompleteGptConfig } from "./config.js";
import { layout, sizeOf } from "./layout.js";

/** What `Gpt.flopsPerToken` says. */
export function trainingFlops(config: CompleteGptConfig, T: number): number {
  const { nHead, headDim, tied, windows } = config;
  const lookedUp = (name: string) => /^wpe|value_embedding/.test(name) || (name === "wte.weight" && !tied);
  const N = layout(config)
    .filter(({ name }) => !lookedUp(name))
    .reduce((total, { shape }) => total + sizeOf(shape), 0);
  const seen = windows.reduce((total, window) => total + (window > 0 ? Math.min(window, T) : T), 0);
  return 6 * N + 12 * nHead * headDim * seen;
}
