import { matmul, randomUniform, scope, type Tensor } from "@llm/tensor";

/** Calls `fn` for about `seconds` and returns the fastest call in seconds. */
export function fastest(fn: () => void, seconds = 0.4): number {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + seconds * 1000;
  do {
    const start = performance.now();
    fn();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  return best / 1000;
}

/** m x n x k of the layers of the models in training-step.ts and of GPT-2. */
const shapes = [
  [768, 384, 128],
  [768, 512, 128],
  [2048, 1152, 384],
  [2048, 1536, 384],
  [2048, 384, 1536],
  [1024, 4096, 256],
  [256, 3072, 768],
  [256, 768, 3072],
  [512, 512, 512],
  [1, 3072, 768],
  [4, 3072, 768],
  [16, 3072, 768],
] as const;

/** GFLOP/s of the matrix product, packing included. */
export function benchGemm(): void {
  console.log("matrix product, GFLOP/s (limit of 128-bit FMA on the reference machine: 59)");
  console.log(`${"m x n x k".padEnd(20)}${["NN", "NT", "TN"].map((name) => name.padStart(8)).join("")}`);
  for (const [m, n, k] of shapes) {
    const cells = [
      [false, false],
      [false, true],
      [true, false],
    ].map(([transposeA, transposeB]) =>
      scope(() => {
        const make = (shape: number[]): Tensor => randomUniform(shape, { low: -1, seed: 1 });
        const a = make(transposeA ? [k, m] : [m, k]);
        const b = make(transposeB ? [n, k] : [k, n]);
        const seconds = fastest(() => matmul(a, b, { transposeA, transposeB }).dispose());
        return ((2 * m * n * k) / seconds / 1e9).toFixed(1).padStart(8);
      }),
    );
    console.log(`${`${m} x ${n} x ${k}`.padEnd(20)}${cells.join("")}`);
  }
}
