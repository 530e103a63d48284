// What `npm run bench:webgpu` measures, in Node and as a page: the same work for each contender, which take turns.
import { presets } from "@llm/gpt";
import { doctor, type Engine, type EngineOptions, useEngine } from "@llm/tensor";
import {
  engineProduct,
  type Measured,
  type MeasurePlan,
  measureModel,
  type ProductShape,
  productsOf,
  type Repeated,
  rateOfProduct,
  SMALL,
} from "../../../docs/measure/measure.js";

export interface Contender {
  readonly name: string;
  readonly device: string;
  product(shape: ProductShape): Promise<Repeated>;
  /** Where it can run a model: the training step and decoding, or decoding alone. */
  readonly model?: { readonly engine: Engine; readonly trains: boolean };
}

/** A line of the result, or why there is none. */
export type Line = (Measured | { readonly failed: string }) & { readonly of: Contender };

/** GPT-2 124M on 4 x 256 tokens, its products with so many rows. */
const gpt2 = (rows: number): MeasurePlan => ({
  ...{ rows, width: 768, vocabulary: 50_257, operations: 2e11, rounds: 7 },
  ...{ model: { ...presets.gpt2, blockSize: 256, dropout: 0 }, batchSize: 4 },
});

/** What is measured here; of a GPU in software that it works, in numbers which say nothing. @throws where there is no GPU */
export async function planHere(rows: number): Promise<{ plan: MeasurePlan; isSoftware: boolean }> {
  const gpu = (await doctor()).find(({ name }) => name === "webgpu")!;
  if (!gpu.available) throw new Error(`Nothing can be measured here: ${gpu.reason}.`);
  const isSoftware = /\(software\)/.test(gpu.device ?? "");
  return { plan: isSoftware ? SMALL : gpt2(rows), isSoftware };
}

/** An engine, which products are made on without the tape. */
export const onEngine = (name: string, engine: Engine, { trains = true } = {}): Contender => ({
  ...{ name, device: engine.device, model: { engine, trains } },
  product: async (shape) => engineProduct(engine, shape),
});

/** Our engine, in float32 and with factors rounded to halves, which trains nothing. */
export async function ours(): Promise<Contender[]> {
  const float32 = onEngine("@llm/tensor webgpu", await useEngine("webgpu"));
  const options = { inputs: "float16" } satisfies EngineOptions;
  return [
    float32,
    onEngine("@llm/tensor webgpu, float16", await useEngine("webgpu", options), { trains: false }),
  ];
}

/** Each product by all, one after the other; then the model of each. */
export async function* compareOnGpu(
  contenders: readonly Contender[],
  plan: MeasurePlan,
): AsyncGenerator<Line, void, undefined> {
  for (const shape of productsOf(plan)) {
    for (const of of contenders) {
      try {
        yield { of, ...(await rateOfProduct(await of.product(shape), shape, plan)) };
      } catch (error) {
        yield { of, failed: `${shape.name}: ${(error as Error).message}` };
      }
    }
  }
  for (const of of contenders) {
    if (!of.model) continue;
    try {
      await useEngine(of.model.engine);
      for await (const measured of measureModel(plan, of.model)) yield { of, ...measured };
    } catch (error) {
      yield { of, failed: `the model: ${(error as Error).message}` };
    }
  }
}

/** The geometric mean of each contender's products, in billions of operations a second, and how many times as fast the first is. */
export function means(lines: readonly Line[]): readonly { of: Contender; rate: number; ratio: number }[] {
  const rates = new Map<Contender, number[]>();
  for (const line of lines) {
    if (!("rate" in line) || line.unit !== "GFLOP/s") continue;
    rates.set(line.of, [...(rates.get(line.of) ?? []), line.rate]);
  }
  const found = [...rates].map(([of, list]) => ({
    of,
    rate: Math.exp(list.reduce((sum, rate) => sum + Math.log(rate), 0) / list.length),
  }));
  return found.map((each) => ({ ...each, ratio: found[0]!.rate / each.rate }));
}
