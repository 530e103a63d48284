import { engine } from "./current.js";
import { hashKeys } from "./random-numbers.js";
import { storageOf, type Tensor, zeros } from "./tensor.js";

/** Normal values, a function of (seed, stream) and the element's index: the same on every engine. */
export function randomNormal(
  shape: readonly number[],
  options: { mean?: number; std?: number; seed: number; stream?: number },
): Tensor {
  const { mean = 0, std = 1, seed, stream = 0 } = options;
  const key = hashKeys(0x6e6f726d, seed, stream);
  const out = zeros(shape);
  engine().random({
    kind: "normal",
    key,
    offset: mean,
    factor: std,
    out: storageOf(out, "randomNormal").buffer,
  });
  return out;
}

/** Uniform values in [low, high), a function of (seed, stream) and the element's index: the same on every engine. */
export function randomUniform(
  shape: readonly number[],
  options: { low?: number; high?: number; seed: number; stream?: number },
): Tensor {
  const { low = 0, high = 1, seed, stream = 0 } = options;
  const key = hashKeys(0x66696c6c, seed, stream);
  const out = zeros(shape);
  engine().random({
    kind: "uniform",
    key,
    offset: low,
    factor: high - low,
    out: storageOf(out, "randomUniform").buffer,
  });
  return out;
}
