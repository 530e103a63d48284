import { Gpt, type GptConfig } from "@llm/gpt";
import type { Engine } from "@llm/tensor";
import { schedule, tokenArray, train } from "@llm/train";

/** A line of the table. */
export interface Measured {
  readonly what: string;
  readonly rate: number;
  readonly unit: string;
}

/** How much is measured. */
export interface MeasurePlan {
  /** Rows of the products; columns of what passes through the network that they are of, and its tokens. */
  readonly rows: number;
  readonly width: number;
  readonly vocabulary: number;
  /** Operations of a product that are asked for before the host waits, so that waiting does not count. */
  readonly operations: number;
  /** How often each is measured; the median counts. */
  readonly rounds: number;
  readonly model: GptConfig;
  readonly batchSize: number;
}

/** The weights of a GPT of this width: columns and rows. */
const productsOf = ({ width, vocabulary }: MeasurePlan) =>
  [
    ["queries, keys and values", 3 * width, width],
    ["after attention", width, width],
    ["into the MLP", 4 * width, width],
    ["out of the MLP", width, 4 * width],
    ["logits", vocabulary, width],
  ] as const;

/** Products, a training step and decoding, on the engine that is in use. */
export async function* measure(on: Engine, plan: MeasurePlan): AsyncGenerator<Measured, void, undefined> {
  for (const [name, n, k] of productsOf(plan)) {
    const what = `${name}: ${plan.rows} x ${n} x ${k}`;
    yield { what, rate: await product(on, n, k, plan), unit: "GFLOP/s" };
  }
  const model = Gpt.create(plan.model, { seed: 1 });
  try {
    const weights = `${(model.numParameters / 1e6).toFixed(1)} M weights`;
    yield { what: `training, ${weights}`, rate: await training(model, plan), unit: "tokens/s" };
    yield { what: `decoding, ${weights}`, rate: await decoding(model, plan), unit: "tokens/s" };
  } finally {
    model.dispose();
  }
}

/** The median of the seconds that work takes, once it is warm. */
async function secondsOf(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const start = performance.now();
    await work();
    if (round >= 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds >> 1]! / 1000;
}

async function product(on: Engine, n: number, k: number, plan: MeasurePlan): Promise<number> {
  const { rows: m, operations, rounds } = plan;
  const buffers = [m * k, k * n, m * n, 1].map((length) => on.allocate(length, "float32"));
  const [a, b, c, last] = buffers as [
    (typeof buffers)[0],
    (typeof buffers)[0],
    (typeof buffers)[0],
    (typeof buffers)[0],
  ];
  on.fill(a, 0.5);
  on.fill(b, 0.25);
  const times = Math.max(1, Math.round(operations / (2 * m * n * k)));
  const seconds = await secondsOf(rounds, async () => {
    for (let i = 0; i < times; i++) {
      const sizes = { m, n, k, batch: 1, transposeA: false, transposeB: false };
      on.gemm({ ...sizes, a, b, out: { buffer: c, accumulate: false } });
    }
    on.copy({
      ...{ x: c, xOffset: 0, xStride: 1, rows: 1, columns: 1 },
      ...{ out: { buffer: last, accumulate: false }, outOffset: 0, outStride: 1 },
    });
    await on.download(last); // one number, so that its way does not count
  });
  for (const each of buffers) on.free(each);
  return (times * 2 * m * n * k) / seconds / 1e9;
}

async function training(model: Gpt, { rounds, batchSize }: MeasurePlan): Promise<number> {
  const { blockSize, vocabSize } = model.config;
  const ids = tokenArray(Int32Array.from({ length: 20 * blockSize }, (_, i) => (i * 7919 + 11) % vocabSize));
  const steps = rounds + 3;
  const lr = schedule.cosine({ lr: 1e-4, warmup: 1, steps });
  const run = train(model, ids, { steps, batchSize, blockSize, lr, seed: 1 });
  const seconds = await secondsOf(rounds, () => run.next());
  await run.return();
  return (batchSize * blockSize) / seconds;
}

/** Tokens that follow a prompt of half the context. */
async function decoding(model: Gpt, { rounds }: MeasurePlan): Promise<number> {
  const session = model.session();
  try {
    const ids = Array.from({ length: model.config.blockSize / 2 }, (_, i) => i);
    await session.step([{ row: 0, ids }]);
    return 1 / (await secondsOf(rounds, () => session.step([{ row: 0, ids: [7] }])));
  } finally {
    session.dispose();
  }
}
