import { checkCount } from "../check.js";
import { InvalidOptionError } from "../errors.js";

/**
 * How probably one of `k` answers is right, where `right` of `samples` were: the unbiased estimate 1 - C(n-c, k) / C(n, k)
 * (Chen et al. 2021, "Evaluating large language models trained on code", arXiv 2107.03374).
 * @throws InvalidOptionError where k is more than the samples
 */
export function passAt(k: number, { samples, right }: { samples: number; right: number }): number {
  checkCount("samples", samples, 1);
  checkCount("right", right, 0);
  checkCount("k", k, 1);
  if (k > samples || right > samples) {
    const [name, value] = k > samples ? ["k", k] : ["right", right];
    throw new InvalidOptionError(name as string, `${name} is ${value}, and there are ${samples} samples`);
  }
  let wrong = 1; // that all k are: a product of ratios, since the binomials overflow
  for (let i = 0; i < k; i++) wrong *= Math.max(0, samples - right - i) / (samples - i);
  return 1 - wrong;
}
