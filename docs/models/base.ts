import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Tokenizer, train as trainTokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { schedule, tokenArray, train } from "@llm/train";

/** The base model: small enough to be seen whole, large enough to write words of this project. */
export const base = {
  config: { vocabSize: 512, blockSize: 64, nLayer: 2, nHead: 4, nEmbd: 64 },
  /** On a logarithmic scale, so that what is learned first can be seen too. */
  checkpoints: [1, 5, 25, 125, 625, 3125],
  batchSize: 16,
  lr: 3e-3,
  seed: 1,
} as const;

/** Trains on these documents; writes a tokenizer, the text, and a model folder for each checkpoint. */
export async function makeBase(folder: string, documents: readonly string[]): Promise<void> {
  const { config, checkpoints, batchSize, lr, seed } = base;
  const tokenizer = await trainTokenizer(documents, { vocabSize: config.vocabSize });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer.toHF()));
  await writeFile(join(folder, "text.txt"), documents.join("\n"));

  const model = Gpt.create({ ...config, endOfText: endOf(tokenizer) }, { seed });
  const ids = documents.flatMap((text) => [...tokenizer.encodeOrdinary(text), endOf(tokenizer)]);
  const steps = checkpoints.at(-1)!;
  const plan = {
    steps,
    batchSize,
    blockSize: config.blockSize,
    lr: schedule.cosine({ lr, warmup: 50, steps }),
    seed,
  };
  for await (const { step, loss } of train(model, tokenArray(ids), plan)) {
    if (!(checkpoints as readonly number[]).includes(step)) continue;
    console.log(`base, step ${step}: ${loss.toFixed(3)} nats`);
    await mkdir(join(folder, `step-${step}`), { recursive: true });
    await model.save(join(folder, `step-${step}`), { dtype: "float16" });
  }
  model.dispose();
}

function endOf(tokenizer: Tokenizer): number {
  return tokenizer.specialTokens.get("<|endoftext|>")!;
}
