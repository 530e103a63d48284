// A run of several processes for the tests of the command. LLM_TRAIN_FAULT is the rank that a fault happens in.
import process from "node:process";
import { Gpt } from "@llm/gpt";
import { type Batches, tokenArray } from "@llm/train";
import { mpi } from "@llm/train/mpi";
import { defineRun } from "@llm/train/node";

const rows = tokenArray(Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 10));
const data: Batches = {
  batch(key) {
    const isFaulty = String(key.rank) === process.env["LLM_TRAIN_FAULT"];
    if (isFaulty && key.step === 3) throw new Error("the third batch is not there");
    return rows.batch(key);
  },
};

export default defineRun({
  model: async () => Gpt.create({ vocabSize: 10, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 16 }, { seed: 1 }),
  data,
  options: ({ steps = 6 }) => ({
    steps,
    batchSize: 4,
    blockSize: 8,
    lr: 0.01,
    evaluate: { every: 3, batches: 2 },
    checkpointEvery: 2,
    processes: mpi(),
  }),
  engine: "reference",
});
