// Matrix products of transformers, packing included: ours in WebAssembly and machine code beside OpenBLAS (or what LLM_BLAS
// names), in GFLOP/s, one run. `npm run bench:gemm [-- <seconds a shape>]`.
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { matmul, nativeEngine, randomUniform, scope, type Tensor, useEngine, wasmEngine } from "@llm/tensor";

const seconds = Number(process.argv[2] ?? 0.2);

/** Rows (batch times length) and channels of five models. */
const models = [
  [768, 128],
  [1024, 256],
  [2048, 384],
  [512, 512],
  [1024, 768],
] as const;

interface Product {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
}

/** Each layer's product forward (NN), the gradient of its input (NT) and of its weight (TN). */
const products: Product[] = models.flatMap(([rows, c]) =>
  [
    [c, 3 * c],
    [c, c],
    [c, 4 * c],
    [4 * c, c],
  ].flatMap(([from, to]): Product[] => [
    { m: rows, n: to!, k: from!, transposeA: false, transposeB: false },
    { m: rows, n: from!, k: to!, transposeA: false, transposeB: true },
    { m: from!, n: to!, k: rows, transposeA: true, transposeB: false },
  ]),
);

type Run = (product: Product, seconds: number) => number;

function fastest(work: () => void, limit: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + limit * 1e3; performance.now() < end; ) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1e3;
}

const ours: Run = ({ m, n, k, transposeA, transposeB }, limit) =>
  scope(() => {
    const make = (shape: number[]): Tensor => randomUniform(shape, { low: -1, seed: 1 });
    const a = make(transposeA ? [k, m] : [m, k]);
    const b = make(transposeB ? [n, k] : [k, n]);
    return fastest(() => matmul(a, b, { transposeA, transposeB }).dispose(), limit);
  });

/** OpenBLAS with its own threads. */
function openblas(threads: number): Run | undefined {
  try {
    const koffi = createRequire(new URL("../../../packages/tensor/", import.meta.url).pathname)("koffi");
    const library = koffi.load(process.env["LLM_BLAS"] ?? "libopenblas.so.0");
    const sgemm = library.func(
      "void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)",
    );
    library.func("void openblas_set_num_threads(int threads)")(threads);
    if (threads === 1) console.log(`OpenBLAS: ${library.func("const char *openblas_get_config()")()}`);
    return ({ m, n, k, transposeA, transposeB }, limit) => {
      const make = (size: number) => Float32Array.from({ length: size }, () => Math.random() - 0.5);
      const [a, b, c] = [make(m * k), make(k * n), new Float32Array(m * n)];
      const [ta, tb] = [transposeA, transposeB].map((transposed) => (transposed ? 112 : 111));
      return fastest(
        () => sgemm(101, ta, tb, m, n, k, 1, a, transposeA ? m : k, b, transposeB ? k : n, 0, c, n),
        limit,
      );
    };
  } catch (error) {
    console.log(`Skipped: OpenBLAS: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
}

/** Until the threads of the one before have given up waiting for more: OpenBLAS's stay busy for that long. */
const rest = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);

const mean = (values: number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
const results = new Map<string, number[]>();
for (const threads of new Set([1, availableParallelism()])) {
  const blas = openblas(threads);
  const contenders: Record<string, Run> = {};
  const engines = { wasm: await wasmEngine({ threads }), native: await nativeEngine({ threads }) };
  for (const [name, engine] of Object.entries(engines)) {
    contenders[name] = (product, limit) => {
      void useEngine(engine);
      return ours(product, limit);
    };
  }
  if (blas) contenders["OpenBLAS"] = blas;
  const rates: Record<string, number[]> = Object.fromEntries(
    Object.keys(contenders).map((name) => [name, []]),
  );
  // By turns, so that a drift of the machine meets all alike.
  for (const product of products) {
    const { m, n, k } = product;
    for (const [name, run] of Object.entries(contenders)) {
      rest();
      rates[name]!.push((2 * m * n * k) / run(product, seconds) / 1e9);
    }
  }
  console.log(
    `\n${products.length} products, ${threads} thread${threads > 1 ? "s" : ""}: geometric mean, least and most GFLOP/s`,
  );
  for (const [name, values] of Object.entries(rates)) {
    results.set(`${name} ${threads}`, values);
    const large = values.filter((_, i) => Math.min(products[i]!.m, products[i]!.n, products[i]!.k) > 128);
    const ratio = rates["OpenBLAS"]
      ? `  ${mean(values.map((v, i) => v / rates["OpenBLAS"]![i]!)).toFixed(2)}x OpenBLAS`
      : "";
    const one = results.get(`${name} 1`)!;
    const scaling = threads > 1 ? `  ${mean(values.map((v, i) => v / one[i]!)).toFixed(2)}x one thread` : "";
    console.log(
      `  ${name.padEnd(9)} ${mean(values).toFixed(0).padStart(5)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}; all dimensions over 128: ${mean(large).toFixed(0)}, least ${Math.min(...large).toFixed(0)})${ratio}${scaling}`,
    );
  }
}
