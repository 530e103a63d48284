// One model, trained by several processes: each takes rows of its own, and their gradients are summed.
//
//     mpirun -np 2 node --import tsx --conditions=@llm/source packages/train/examples/node/processes.ts
//
// Started without mpirun it is one process, and does twice the accumulation: the losses are the same to 1e-5. As root, Open MPI
// wants `--allow-run-as-root`, and `--oversubscribe` for more processes than cores. With Slurm: `srun -n 2 node ..`.
// Options: --steps 50, --engine native | wasm, --out FOLDER, which all processes must see (run again to go on).
import { parseArgs } from "node:util";
import { Gpt } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { schedule, tokenArray, train } from "@llm/train";
import { mpi } from "@llm/train/mpi";
import { checkpoints, interrupts } from "@llm/train/node";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "50" },
    engine: { type: "string", default: "wasm" },
    out: { type: "string" },
  },
});
const steps = Number(flags.steps);

const processes = mpi();
// One thread for each: processes on one machine share its cores.
await useEngine(flags.engine as "native" | "wasm", { threads: 1 });

// All begin with the same weights: the same seed.
const model = Gpt.create({ vocabSize: 64, blockSize: 64, nLayer: 4, nHead: 4, nEmbd: 128 }, { seed: 1 });
const data = tokenArray(
  Array.from({ length: 50_000 }, (_, i) => (i * i + (i >> 4)) % 64),
  { windows: "dealt" },
);

const { signal, release } = interrupts();
let seconds = 0;
for await (const step of train(model, data, {
  steps,
  batchSize: 12,
  blockSize: 64,
  accumulation: 4 / processes.world,
  lr: schedule.cosine({ lr: 1e-3, warmup: 10, steps }),
  processes,
  signal,
  ...(flags.out ? { checkpoints: checkpoints(flags.out), checkpointEvery: 10 } : {}),
})) {
  seconds += step.seconds;
  // All yield the same steps; one prints them.
  if (processes.rank === 0 && (step.step === 1 || step.step % 10 === 0)) {
    console.log(
      `step ${step.step}: loss ${step.loss.toFixed(5)}, ${(step.tokens / seconds).toFixed(0)} tokens/s`,
    );
  }
}
release();
