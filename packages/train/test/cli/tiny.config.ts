// A run for the tests of the command: LLM_TRAIN_LR changes its learning rate.
import process from "node:process";
import { Gpt } from "@llm/gpt";
import { adamw, averaged, schedule, tokenArray } from "@llm/train";
import { defineRun } from "@llm/train/node";

const letters = "abcdefghij";

export default defineRun({
  model: async () => Gpt.create({ vocabSize: 10, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 16 }, { seed: 1 }),
  data: () => tokenArray(Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 10)),
  options: ({ steps = 6 }) => ({
    steps,
    batchSize: 4,
    blockSize: 8,
    lr: schedule.constant({ lr: Number(process.env["LLM_TRAIN_LR"] ?? 0.01) }),
    optimizer: averaged(adamw(), { decay: 0.5 }),
    evaluate: { every: 3, batches: 2 },
    checkpointEvery: 2,
  }),
  engine: "reference",
  tokenBytes: new Uint8Array(10).fill(1),
  decode: (id) => letters[id]!,
});
