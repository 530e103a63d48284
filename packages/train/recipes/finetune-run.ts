// Some steps of finetuning on a text: all weights, or adapters (LoRA) that are merged at the end.
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { lora } from "@llm/gpt/lora";
import { scope, tensor } from "@llm/tensor";
import { adamw, type Batches, schedule, tokenArray, train } from "@llm/train";

/** How to finetune. */
export interface FinetuneOptions {
  /** A model of a published family with its tokenizer, in Hugging Face's layout. */
  model: string;
  text: string;
  method: "full" | "lora";
  steps: number;
  /** Where the adapters are written before and after, or the finetuned model. */
  folder?: string;
}

/** What came of it. */
export interface Finetuned {
  readonly losses: readonly number[];
  /** What the finetuned model, adapters merged, answers at the end of the first validation row. */
  readonly logits: readonly number[];
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

export const SETTINGS = { batchSize: 4, blockSize: 64, seed: 1337 } as const;
export const BETAS = [0.9, 0.99] as const;
const LORA = { rank: 8, alpha: 16, targets: "all-linear", seed: 1337 } as const;

/** The learning rate and the weight decay of a method. */
export function ratesOf(method: "full" | "lora") {
  const lr = schedule.constant({ lr: method === "lora" ? 1e-3 : 3e-4, warmup: 5 });
  return { lr, weightDecay: method === "lora" ? 0 : 0.1 };
}

/** The batches of a text, in the model's tokens. */
export async function batchesOf(model: string, text: string): Promise<Batches> {
  const file = JSON.parse(await readFile(join(model, "tokenizer.json"), "utf8"));
  const tokenizer = await Tokenizer.openHF(file);
  return tokenArray(tokenizer.encode(text));
}

/** Finetunes on the current engine. */
export async function finetune(options: FinetuneOptions): Promise<Finetuned> {
  const { method, steps, folder } = options;
  const data = await batchesOf(options.model, options.text);
  const base = await Gpt.load(options.model);
  const adapters = method === "lora" ? lora(base, LORA) : undefined;
  if (folder) mkdirSync(folder, { recursive: true });
  if (folder && adapters) await adapters.saveAdapter(join(folder, "adapter-before"));
  const { lr, weightDecay } = ratesOf(method);
  const losses: number[] = [];
  let wallSeconds = 0;
  const from = process.cpuUsage();
  for await (const step of train(adapters ?? base, data, {
    ...SETTINGS,
    steps,
    lr,
    optimizer: adamw({ betas: BETAS, weightDecay }),
  })) {
    losses.push(step.loss);
    wallSeconds += step.seconds;
  }
  const { user, system } = process.cpuUsage(from);
  if (folder && adapters) await adapters.saveAdapter(join(folder, "adapter-after"));
  const merged = adapters ? adapters.merge() : base;
  if (folder && !adapters) await merged.save(join(folder, "model-after"));
  const { ids } = data.batch({ ...SETTINGS, split: "val", step: 0, micro: 0, batchSize: 1 });
  const answer = scope(() => merged.forward(tensor(ids, [1, ids.length], "int32")));
  const logits = [...(await answer.data()).slice(-merged.vocabSize)];
  answer.dispose();
  base.dispose();
  return { losses, logits, cpuSeconds: (user + system) / 1e6, wallSeconds };
}
