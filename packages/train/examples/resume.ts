// Stops a run half-way and goes on with another model object: the losses are those of a run in one
// piece, to the last bit, because batches, dropout and rates are functions of the step alone.
import { Gpt } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { type CheckpointStore, type Snapshot, schedule, tokenArray, train } from "@llm/train";

await useEngine("reference");

const data = tokenArray(Array.from({ length: 500 }, (_, i) => (i * i) % 11));
const config = { vocabSize: 11, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 16, dropout: 0.1 };

async function run(seed: number, checkpoints?: CheckpointStore, stopAfter?: number) {
  const stop = new AbortController();
  const losses: number[] = [];
  for await (const { step, loss } of train(Gpt.create(config, { seed }), data, {
    steps: 20,
    batchSize: 4,
    blockSize: 8,
    lr: schedule.wsd({ lr: 0.01, warmup: 2, decay: 8, steps: 20 }),
    signal: stop.signal,
    ...(checkpoints ? { checkpoints } : {}),
  })) {
    losses.push(loss);
    if (step === stopAfter) stop.abort();
  }
  return losses;
}

// In a program this is `checkpoints(folder)` of @llm/train/node.
let saved: Snapshot | undefined;
const store: CheckpointStore = {
  latest: async () => saved,
  save: async (snapshot) => {
    saved = snapshot;
  },
};

const straight = await run(1);
const first = await run(1, store, 10);
console.log(`stopped after step ${saved?.step}`);
const second = await run(2, store);
console.log(`${first.length} + ${second.length} losses`);
console.log(`equal: ${[...first, ...second].every((loss, i) => loss === straight[i])}`);

// Output:
// stopped after step 10
// 10 + 10 losses
// equal: true
