import { expect } from "vitest";

interface CustomMatchers {
  /** Every element within atol + rtol * |expected|. */
  toBeAllclose(expected: ArrayLike<number>, options?: { rtol?: number; atol?: number }): void;
}

declare module "vitest" {
  interface Matchers extends CustomMatchers {}
}

expect.extend({
  toBeAllclose(received: ArrayLike<number>, expected: ArrayLike<number>, options = {}) {
    const { rtol = 1e-5, atol = 1e-6 } = options as { rtol?: number; atol?: number };
    const wrong: string[] = [];
    if (received.length !== expected.length) {
      wrong.push(`${received.length} values, expected ${expected.length}`);
    } else {
      for (let i = 0; i < expected.length; i++) {
        const error = Math.abs(received[i]! - expected[i]!);
        if (!(error <= atol + rtol * Math.abs(expected[i]!))) {
          wrong.push(`[${i}] is ${received[i]}, expected ${expected[i]} (off by ${error})`);
        }
      }
    }
    return {
      pass: wrong.length === 0,
      message: () => `${wrong.length} of ${expected.length} values differ:\n${wrong.slice(0, 8).join("\n")}`,
    };
  },
});
