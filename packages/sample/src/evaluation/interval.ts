/** A mean, and the interval that holds the true one in 95 of 100 cases. */
export interface Estimate {
  mean: number;
  low: number;
  high: number;
}

/** 97.5% quantiles of t for 1 to 9 degrees of freedom. */
const QUANTILES = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622];
const NORMAL = 1.959964;

/**
 * Student's t.
 * @param values independent of each other; of a single one the interval is all there is, from -Infinity
 */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const { mean, variance } = momentsOf(values);
  if (n < 2) return { mean, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const half = quantile(n - 1) * Math.sqrt(variance / (n - 1));
  return { mean, low: mean - half, high: mean + half };
}

/**
 * The mean of shares, each from 0 to 1. Wilson's score interval (1927), which stays within 0 and 1 and has a width where all
 * are 0 or 1, with the quantile of Student's t. As many yes-or-no values as would vary as much as the shares count as their
 * number (the "effective sample size" of Korn and Graubard 1998): as many as there are, where all shares are 0 or 1.
 */
export function estimateShare(shares: readonly number[]): Estimate {
  const n = shares.length;
  const { mean, variance } = momentsOf(shares);
  if (n < 2) return { mean, low: 0, high: 1 };
  const number = variance > 0 ? (n * mean * (1 - mean)) / variance : n;
  const squared = quantile(n - 1) ** 2 / number;
  const middle = (mean + squared / 2) / (1 + squared);
  const half = Math.sqrt(squared * (mean * (1 - mean) + squared / 4)) / (1 + squared);
  return { mean, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n };
}

/** From 10 degrees on the expansion of Cornish and Fisher is within 0.0002. */
function quantile(freedom: number): number {
  const z = NORMAL;
  return (
    QUANTILES[freedom - 1] ??
    z +
      (z ** 3 + z) / (4 * freedom) +
      (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
      (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
