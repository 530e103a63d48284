/** Measures away from the page's thread, which may end it at any time. */
import { doctor, useEngine } from "@llm/tensor";
import { type Measured, type MeasurePlan, measure, SMALL } from "./measure.js";

/** What the page is told: what computes, then line by line, then the end. */
export type Told =
  | { readonly device: string; readonly isSoftware: boolean }
  | { readonly measured: Measured }
  | { readonly error: string }
  | { readonly done: true };

/** Products of GPT-2's shapes, and a model that trains in seconds. */
const GPT2: MeasurePlan = {
  ...{ rows: 1024, width: 768, vocabulary: 50_257, operations: 2e11, rounds: 7 },
  ...{ model: { vocabSize: 4096, blockSize: 256, nLayer: 2, nHead: 4, nEmbd: 256 }, batchSize: 16 },
};
const tell = (told: Told) => self.postMessage(told);

async function run(): Promise<void> {
  const gpu = (await doctor()).find(({ name }) => name === "webgpu")!;
  if (!gpu.available) throw new Error(`Nothing can be measured here: ${gpu.reason}.`);
  const on = await useEngine("webgpu");
  const isSoftware = on.device.endsWith("(software)");
  tell({ device: on.device, isSoftware });
  for await (const measured of measure(on, isSoftware ? SMALL : GPT2)) tell({ measured });
  tell({ done: true });
}

self.onmessage = () => void run().catch((error: Error) => tell({ error: error.message }));
