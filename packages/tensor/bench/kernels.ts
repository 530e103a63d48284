import {
  crossEntropy,
  linear,
  linearCrossEntropy,
  muon,
  parameter,
  quantize,
  quantizedLinear,
  randomNormal,
  randomUniform,
  residualRmsNorm,
  ropeQkv,
  ropeTable,
  scope,
  selfAttention,
  swiglu,
  type Tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { fastest } from "./gemm.js";

const make = (...shape: number[]): Tensor => randomUniform(shape, { low: -1, seed: 1 });
const show = (name: string, ...cells: string[]) =>
  console.log(name.padEnd(44) + cells.map((cell) => cell.padStart(16)).join(""));
const time = (fn: () => void) => fastest(() => scope(fn));
const ms = (seconds: number) => `${(seconds * 1000).toFixed(2)} ms`;

/** Kernels at the sizes of GPT-2: 1024 positions of 768 columns, 12 heads. */
export function benchKernels(): void {
  console.log("\nkernels, forward; GB/s are of what is read and written");
  scope(() => {
    const [T, C, H] = [1024, 768, 12];
    const [x, r, qkv, both] = [make(1, T, C), make(1, T, C), make(1, T, 3 * C), make(1, T, 8 * C)];
    const table = ropeTable(T, C / H);
    const rate = (floats: number, seconds: number) => `${((4 * floats) / seconds / 1e9).toFixed(1)} GB/s`;
    for (const [name, floats, fn] of [
      ["rope of q and k in qkv (1024 x 2304)", 2 * T * 3 * C, () => ropeQkv(qkv, table, { nHead: H })],
      ["swiglu (1024 x 6144)", T * 12 * C, () => swiglu(both)],
      ["residual + rmsNorm (1024 x 768)", 4 * T * C, () => residualRmsNorm(x, r)],
      ["random normal (1024 x 768)", T * C, () => randomNormal([T, C], { seed: 1 })],
    ] as const) {
      const seconds = time(fn);
      show(name, ms(seconds), rate(floats, seconds));
    }
    for (const options of [{}, { window: 256 }, { window: 64 }, { softcap: 50 }]) {
      const seconds = time(() => selfAttention(qkv, { nHead: H, ...options }));
      show(`attention of 1024, ${JSON.stringify(options)}`, ms(seconds));
    }
  });
  scope(() => {
    for (const [n, k] of [
      [50257, 768],
      [3072, 768],
      [768, 3072],
    ] as const) {
      const weight = make(n, k);
      const small = quantize(weight);
      for (const rows of [1, 4, 64]) {
        const x = make(rows, k);
        const plain = time(() => linear(x, weight, null, { transposed: true }));
        const seconds = time(() => quantizedLinear(x, small));
        const rounded = time(() => quantizedLinear(x, small, null, { inputs: "int8" }));
        const rate = (bytes: number, per: number) => `${((bytes * n * k) / per / 1e9).toFixed(1)} GB/s`;
        show(
          `${rows} x ${k} times ${n} rows: f32, int8, both int8`,
          ms(plain),
          rate(4, plain),
          ms(seconds),
          rate(1, seconds),
          ms(rounded),
          rate(1, rounded),
        );
      }
    }
  });
  scope(() => {
    const p = parameter("p", new Float32Array(768 * 3072), [768, 3072]);
    const [grad, state] = [make(768, 3072), { momentum: zeros([768, 3072]) }];
    const seconds = time(() => muon(p, grad, state, { lr: 0 }));
    // Five times X X', its square, and the product with X.
    const flops = 5 * 2 * (2 * 768 * 768 * 3072 + 768 ** 3);
    show("muon step of 768 x 3072", ms(seconds), `${(flops / seconds / 1e9).toFixed(1)} GFLOP/s`);
    p.dispose();
  });
}

/** The loss of GPT-2's vocabulary, forward and backward: time, and the most memory above inputs and gradients. */
export async function benchLoss(): Promise<void> {
  const [rows, classes, columns] = [1024, 50257, 768];
  console.log(`\nloss of ${rows} x ${columns} against ${classes} classes, forward and backward`);
  type Loss = (x: Tensor, weight: Tensor, targets: Tensor) => Tensor;
  const losses: Record<string, Loss> = {
    "linear, then crossEntropy": (x, weight, targets) =>
      crossEntropy(linear(x, weight, null, { transposed: true }), targets),
    linearCrossEntropy: (x, weight, targets) => linearCrossEntropy(x, weight, targets),
    "linearCrossEntropy by 1024 x 4096": (x, weight, targets) =>
      linearCrossEntropy(x, weight, targets, { chunk: { rows, classes: 4096 } }),
  };
  for (const [name, loss] of Object.entries(losses)) {
    const on = await useEngine(await wasmEngine()); // a fresh one, for its peak
    const x = parameter("x", new Float32Array(rows * columns).fill(0.1), [rows, columns]);
    const weight = parameter("weight", new Float32Array(classes * columns).fill(0.1), [classes, columns]);
    const targets = zeros([rows], "int32");
    const before = on.memory.bytes;
    const start = performance.now();
    scope(() => valueAndGrad(() => loss(x, weight, targets), [x, weight]));
    const seconds = (performance.now() - start) / 1000;
    const peak = on.memory.peakBytes - before - 4 * (x.size + weight.size);
    show(name, ms(seconds), `${(peak / 2 ** 20).toFixed(0)} MB`);
  }
}
