import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT_TOKENS, type ChatMessage, renderChat, type Tokenizer, train as trainTokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { sft } from "@llm/train";

/** A run as the demo leaves it, with models that are small and hardly trained. */
export interface SmallRun {
  readonly folder: string;
  readonly tokenizer: Tokenizer;
  readonly models: readonly { folder: string; isChat: boolean; model: Gpt }[];
  close(): Promise<void>;
}

/** Makes its three models: one that has learned nothing, and two that answer sums with a digit and an end. */
export async function makeRun(): Promise<SmallRun> {
  const folder = await mkdtemp(join(tmpdir(), "llm-run-of-models-"));
  const tokenizer = await trainTokenizer("What is 3+4? What is 2+5? 7 What is 1+1? 2 ".repeat(4), {
    vocabSize: 280,
    specialTokens: ["<|endoftext|>", ...CHAT_TOKENS],
  });
  const endOfText = tokenizer.specialTokens.get("<|endoftext|>")!;
  const config = { vocabSize: tokenizer.vocabSize, blockSize: 48, nLayer: 1, nHead: 2, nEmbd: 16, endOfText };
  const models: SmallRun["models"][number][] = [];
  for (const [place, isChat, steps] of [
    ["model", false, 0],
    ["sft/model", true, 25],
    ["rl/model", true, 45],
  ] as const) {
    const model = Gpt.create(config, { seed: 3 });
    const plan = { steps, batchSize: 4, blockSize: 48, lr: 0.02, seed: 1 };
    const render = (messages: readonly ChatMessage[]) => renderChat(tokenizer, messages);
    if (steps > 0) for await (const _ of sft(model, sums(), { ...plan, render }));
    await mkdir(join(folder, place), { recursive: true });
    await model.save(join(folder, place));
    models.push({ folder: place, isChat, model });
  }
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer.toHF()));
  return {
    ...{ folder, tokenizer, models },
    async close() {
      for (const { model } of models) model.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function sums(): ChatMessage[][] {
  return Array.from({ length: 16 }, (_, i) => [
    { role: "user", content: `What is ${1 + (i % 4)}+${1 + (i >> 2)}?` },
    { role: "assistant", content: `${2 + (i % 4) + (i >> 2)}` },
  ]);
}
