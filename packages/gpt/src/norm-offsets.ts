import { add, type Parameter, parameter, type Tensor } from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";

/** What norms add to their weights, where a configuration says that they do. */
export class NormOffsets {
  readonly #offset: number;
  readonly #byWidth = new Map<number, Parameter>();

  constructor({ normOffset }: CompleteGptConfig) {
    this.#offset = normOffset;
  }

  /** What a norm multiplies by. */
  added(gain: Tensor): Tensor {
    if (this.#offset === 0) return gain;
    const [width] = gain.shape as [number];
    let offset = this.#byWidth.get(width);
    if (!offset) {
      offset = parameter("norm offset", new Float32Array(width).fill(this.#offset), [width]); // outlives scopes
      this.#byWidth.set(width, offset);
    }
    return add(gain, offset);
  }

  dispose(): void {
    for (const offset of this.#byWidth.values()) offset.dispose();
  }
}
