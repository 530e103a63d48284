// What a run in PyTorch needs to repeat one of ours: the same first weights, the same batches, the same learning rates.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Parameter, type SafetensorsInput, writeSafetensors } from "@llm/tensor";
import type { Batch, Batches } from "@llm/train";

/** How to train, for PyTorch's side to read. */
export interface TwinPlan {
  readonly name: string;
  readonly config: object;
  readonly steps: number;
  readonly batchSize: number;
  readonly blockSize: number;
  readonly seed: number;
  /** Batches of the validation split that are scored at the end. */
  readonly valBatches: number;
  readonly lr: (update: number) => number;
  readonly betas: readonly [number, number];
  readonly weightDecay: number;
}

/** What a side reports. */
export interface TwinResult {
  readonly engine: string;
  /** Of each step. */
  readonly losses: readonly number[];
  /** On the validation batches, after the last step. */
  readonly val?: number;
  /** After the last step, at one position; of finetuning. */
  readonly logits?: readonly number[];
  /** PyTorch's, from the weights that our side wrote after its last step. */
  readonly logitsOfOurs?: readonly number[];
  /** Time on processors, of all threads, in all steps. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** Writes plan.json, weights.safetensors and batches.safetensors. */
export async function writeTwin(
  folder: string,
  parameters: readonly Parameter[],
  data: Batches,
  plan: TwinPlan,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { steps, valBatches, lr, batchSize, blockSize, seed } = plan;
  const key = { batchSize, blockSize, seed };
  const train = Array.from({ length: steps }, (_, i) =>
    data.batch({ ...key, split: "train", step: i + 1, micro: 0 }),
  );
  const val = Array.from({ length: valBatches }, (_, micro) =>
    data.batch({ ...key, split: "val", step: 0, micro }),
  );
  const stacked = (batches: readonly Batch[], which: "ids" | "targets") => ({
    shape: [batches.length, batchSize, blockSize],
    data: Int32Array.from(batches.flatMap((batch) => [...batch[which]])),
  });
  const batches = new Map([
    ["train.ids", stacked(train, "ids")],
    ["train.targets", stacked(train, "targets")],
    ["val.ids", stacked(val, "ids")],
    ["val.targets", stacked(val, "targets")],
  ]);
  const weights = new Map<string, { shape: readonly number[]; data: SafetensorsInput }>();
  for (const { name, shape, ...rest } of await valuesOf(parameters)) weights.set(name, { shape, ...rest });
  writeFileSync(join(folder, "batches.safetensors"), writeSafetensors(batches));
  writeFileSync(join(folder, "weights.safetensors"), writeSafetensors(weights));
  const rates = Array.from({ length: steps }, (_, update) => lr(update));
  writeFileSync(join(folder, "plan.json"), JSON.stringify({ ...plan, lr: rates }));
}

/** Writes ours.json, beside what PyTorch's side writes as pytorch.json. */
export function writeResult(folder: string, result: TwinResult): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "ours.json"), JSON.stringify(result));
}

function valuesOf(parameters: readonly Parameter[]) {
  return Promise.all(
    parameters.map(async (p) => ({
      name: p.name,
      shape: p.shape,
      data: (await p.data()) as SafetensorsInput,
    })),
  );
}
