// What our engine "webgpu" does on the GPU that is here: products of GPT-2's shapes, a training step and a decoded token, with the
// adapter's name. In Node it needs the npm package `webgpu`: `npm install --no-save webgpu` here.
//
//     npm run bench:webgpu [-- <rows of the products, default 1024>]
//
// A GPU in software is refused: its times say nothing.
import { Gpt, type GptConfig, presets } from "@llm/gpt";
import {
  adamw,
  doctor,
  type Engine,
  type EngineOptions,
  parameter,
  scope,
  tensor,
  useEngine,
  valueAndGrad,
} from "@llm/tensor";

const ROUNDS = 7;
const rows = Number(process.argv[2] ?? 1024);
const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;

/** Milliseconds of some work that ends in a download, once it is warm. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    const start = performance.now();
    await work();
    if (round >= 0) times.push(performance.now() - start);
  }
  return median(times);
}

/** Billions of operations a second, of a product that is made so often before the host waits that waiting does not count. */
async function product(on: Engine, m: number, n: number, k: number): Promise<number> {
  const [a, b, c, last] = [m * k, k * n, m * n, 1].map((length) => on.allocate(length, "float32"));
  on.fill(a!, 0.5);
  on.fill(b!, 0.25);
  const times = Math.max(1, Math.ceil(2e11 / (2 * m * n * k)));
  const ms = await timed(async () => {
    for (let i = 0; i < times; i++) {
      const sizes = { m, n, k, batch: 1, transposeA: false, transposeB: false };
      on.gemm({ ...sizes, a: a!, b: b!, out: { buffer: c!, accumulate: false } });
    }
    on.copy({
      ...{ x: c!, xOffset: 0, xStride: 1, rows: 1, columns: 1 },
      ...{ out: { buffer: last!, accumulate: false }, outOffset: 0, outStride: 1 },
    });
    await on.download(last!); // one number, so that its way does not count
  });
  for (const each of [a!, b!, c!, last!]) on.free(each);
  return (times * 2 * m * n * k) / ms / 1e6;
}

/** Tokens a second that GPT-2 124M trains on. */
async function training(config: GptConfig, T: number, B: number): Promise<number> {
  const model = Gpt.create({ ...config, dropout: 0 }, { seed: 1 });
  const weights = model.parameters();
  const zeros = (shape: readonly number[], size: number) => parameter("state", new Float32Array(size), shape);
  const states = weights.map(({ shape, size }) => ({ m: zeros(shape, size), v: zeros(shape, size) }));
  const ids = Int32Array.from({ length: B * T }, (_, i) => (i * 7919 + 11) % 50_000);
  let step = 0;
  const ms = await timed(() =>
    scope(async () => {
      const [input, targets] = [0, 1].map(() => tensor(ids, [B, T], "int32"));
      const { value, grads } = valueAndGrad(() => model.loss(input!, targets!), weights);
      const numbers = { lr: 1e-4, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, step: ++step };
      adamw(
        weights.map((weight, i) => ({ parameter: weight, grad: grads[i]!, state: states[i]! })),
        numbers,
      );
      await value.data();
    }),
  );
  for (const { m, v } of states) for (const each of [m, v]) each.dispose();
  model.dispose();
  return (B * T * 1000) / ms;
}

/** Milliseconds of a token after a prompt of 128. */
async function decoding(config: GptConfig): Promise<number> {
  const model = Gpt.create(config, { seed: 1 });
  const session = model.session();
  await session.step([{ row: 0, ids: Array.from({ length: 128 }, (_, i) => i) }]);
  const ms = await timed(() => session.step([{ row: 0, ids: [7] }]));
  session.dispose();
  model.dispose();
  return ms;
}

const found = (await doctor()).find(({ name }) => name === "webgpu")!;
if (!found.available || /\(software\)/.test(found.device ?? "")) {
  console.log(`Nothing is measured: ${found.device ?? "no GPU"}. ${found.reason}.`);
  process.exit(0);
}
const C = 768;
const SHAPES: readonly (readonly [name: string, n: number, k: number])[] = [
  ["queries, keys and values", 3 * C, C],
  ["after attention", C, C],
  ["into the MLP", 4 * C, C],
  ["out of the MLP", C, 4 * C],
  ["logits", 50_257, C],
];
for (const options of [{}, { inputs: "float16" }] satisfies EngineOptions[]) {
  const on = await useEngine("webgpu", options);
  console.log(on.device);
  const rates: number[] = [];
  for (const [name, n, k] of SHAPES) {
    rates.push(await product(on, rows, n, k));
    console.log(`${name.padEnd(26)} ${rows} x ${n} x ${k}: ${rates.at(-1)!.toFixed(0)} GFLOP/s`);
  }
  const mean = Math.exp(rates.reduce((sum, rate) => sum + Math.log(rate), 0) / rates.length);
  console.log(`geometric mean ${mean.toFixed(0)} GFLOP/s`);
  if (!("inputs" in options)) {
    console.log(
      `training GPT-2 124M, T 256, B 4: ${(await training(presets.gpt2, 256, 4)).toFixed(0)} tokens/s`,
    );
  }
  console.log(`a token of GPT-2 124M: ${(await decoding(presets.gpt2)).toFixed(1)} ms`);
  await on.close();
}
process.exit(0);
