// What a GPU does: products of GPT-2's shapes, a training step and decoding. The docs' page measures so, and `npm run bench:webgpu` in
// apps/bench, which has peers beside it.
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

/** For a GPU in software, on which this only shows that it works. */
export const SMALL: MeasurePlan = {
  ...{ rows: 16, width: 16, vocabulary: 64, operations: 0, rounds: 1 },
  ...{ model: { vocabSize: 64, blockSize: 16, nLayer: 1, nHead: 1, nEmbd: 16 }, batchSize: 1 },
};

/** A product of a (m, k) and a (k, n) matrix, and where it stands in a GPT. */
export interface ProductShape {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Makes the product as often as it is asked to, and answers when the last is there. */
export interface Repeated {
  run(times: number): Promise<unknown>;
  dispose(): void;
}

/** The products of a GPT of this width. */
export function productsOf({ rows: m, width, vocabulary }: MeasurePlan): readonly ProductShape[] {
  return [
    { name: "queries, keys and values", m, n: 3 * width, k: width },
    { name: "after attention", m, n: width, k: width },
    { name: "into the MLP", m, n: 4 * width, k: width },
    { name: "out of the MLP", m, n: width, k: 4 * width },
    { name: "logits", m, n: vocabulary, k: width },
  ];
}

/** All, on the engine that is in use. */
export async function* measure(on: Engine, plan: MeasurePlan): AsyncGenerator<Measured, void, undefined> {
  for (const shape of productsOf(plan)) yield await rateOfProduct(engineProduct(on, shape), shape, plan);
  yield* measureModel(plan);
}

/** A training step and decoding, on the engine that is in use. */
export async function* measureModel(
  plan: MeasurePlan,
  { trains = true }: { trains?: boolean } = {},
): AsyncGenerator<Measured, void, undefined> {
  const model = Gpt.create(plan.model, { seed: 1 });
  try {
    const weights = `${(model.numParameters / 1e6).toFixed(1)} M weights`;
    if (trains) yield { what: `training, ${weights}`, rate: await training(model, plan), unit: "tokens/s" };
    yield { what: `decoding, ${weights}`, rate: await decoding(model, plan), unit: "tokens/s" };
  } finally {
    model.dispose();
  }
}

/** How fast a product is made, which is given up then. */
export async function rateOfProduct(
  product: Repeated,
  { name, m, n, k }: ProductShape,
  { operations, rounds }: MeasurePlan,
): Promise<Measured> {
  const times = Math.max(1, Math.round(operations / (2 * m * n * k)));
  const seconds = await secondsOf(rounds, () => product.run(times));
  product.dispose();
  return {
    what: `${name}: ${m} x ${n} x ${k}`,
    rate: (times * 2 * m * n * k) / seconds / 1e9,
    unit: "GFLOP/s",
  };
}

/** A product on an engine. */
export function engineProduct(on: Engine, { m, n, k }: ProductShape): Repeated {
  const [a, b, c, last] = [m * k, k * n, m * n, 1].map((length) => on.allocate(length, "float32"));
  on.fill(a!, 0.5);
  on.fill(b!, 0.25);
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        const sizes = { m, n, k, batch: 1, transposeA: false, transposeB: false };
        on.gemm({ ...sizes, a: a!, b: b!, out: { buffer: c!, accumulate: false } });
      }
      on.copy({
        ...{ x: c!, xOffset: 0, xStride: 1, rows: 1, columns: 1 },
        ...{ out: { buffer: last!, accumulate: false }, outOffset: 0, outStride: 1 },
      });
      await on.download(last!); // one number, so that its way does not count
    },
    dispose() {
      for (const each of [a!, b!, c!, last!]) on.free(each);
    },
  };
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
