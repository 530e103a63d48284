// GPT-2, 124 M parameters, on FineWeb: llm.c's recipe, which ends at a validation loss of 3.28 after 10 billion tokens.
//
//     npx tsx --conditions=@llm/source packages/train/recipes/gpt2-124m.ts SHARDS_FOLDER --out FOLDER
//
// SHARDS_FOLDER holds what @llm/dataset writes of FineWeb with GPT-2's tokenizer, in train and val. A step is 524,288 tokens, and there
// are 18,865: work for days on a GPU's engine and for years on a processor, so it has not been run to its end here. With --out it may
// be stopped at any moment, and goes on when started again. `--check` trains some steps of 4 x 256 made-up tokens instead.
//
//     npx tsx --conditions=@llm/source packages/train/recipes/gpt2-124m.ts --check 20 --twin FOLDER
//     OMP_NUM_THREADS=1 python packages/train/recipes/twin/pretrain.py FOLDER
//
// `--check 20 --warmup 5 --layers 2 --width 192` is a small model at a rate too high for it: does it part from PyTorch, and PyTorch
// from itself? `pretrain.py FOLDER --perturb 1e-7` and `--double` tell.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Gpt, presets } from "@llm/gpt";
import { matmul, randomNormal, rng, useEngine } from "@llm/tensor";
import { adamw, schedule, tokenArray, train } from "@llm/train";
import { checkpoints, interrupts, jsonlLog, progressView, TokenShards } from "@llm/train/node";
import { writeResult, writeTwin } from "./twin/twin-folder.js";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: "string", default: "auto" },
    threads: { type: "string" },
    micro: { type: "string", default: "16" }, // rows a batch: as many as fit into memory
    peak: { type: "string" }, // TFLOP/s of the machine; default: what a product of matrices reaches
    warmup: { type: "string", default: "700" },
    check: { type: "string" },
    layers: { type: "string", default: "12" }, // fewer, and less wide, only to check
    width: { type: "string", default: "768" },
    twin: { type: "string" },
    out: { type: "string" },
  },
});
const [shards] = positionals;
const isCheck = flags.check !== undefined;
if (!isCheck && !(shards && flags.out)) {
  console.error(
    "usage: gpt2-124m.ts <folder of shards> --out <folder>   or: gpt2-124m.ts --check 20 [--twin folder]",
  );
  process.exit(2);
}
const seed = 1337;
const settings = { betas: [0.9, 0.95], weightDecay: 0.1 } as const;
const threads = flags.threads ? { threads: Number(flags.threads) } : {};
const engine = await useEngine(flags.engine as "auto" | "native" | "wasm", threads);
const width = Number(flags.width);
const size = { nLayer: Number(flags.layers), nEmbd: width, nHead: width / 64 };
const model = Gpt.create({ ...presets.gpt2, ...size }, { seed });
console.log(`${model.numParameters} parameters, engine ${engine.name}`);

const peak = flags.peak ? Number(flags.peak) * 1e12 : await peakOfProducts();
const micro = Number(flags.micro);
const steps = isCheck ? Number(flags.check) : 18_865;
const batch = isCheck ? { batchSize: 4, blockSize: 256 } : { batchSize: micro, blockSize: 1024 };
const lr = schedule.cosine({ lr: 6e-4, minLr: 0, warmup: Number(flags.warmup), steps: 18_865 });
const data = isCheck ? tokenArray(madeUp(100_000)) : await TokenShards.open(shards!);
if (isCheck && flags.twin) {
  const plan = {
    ...batch,
    ...settings,
    name: "gpt2-124m",
    config: model.config,
    steps,
    seed,
    valBatches: 0,
    lr,
  };
  await writeTwin(flags.twin, model.parameters(), data, plan);
}

const { signal, release } = interrupts();
const view = progressView({ steps });
const log = flags.out ? await jsonlLog(join(flags.out, "log.jsonl")) : undefined;
const losses: number[] = [];
let [tokens, wallSeconds] = [0, 0];
const cpu = process.cpuUsage();
for await (const step of train(model, data, {
  ...batch,
  steps,
  seed,
  lr,
  optimizer: adamw(settings),
  signal,
  peakFlops: peak,
  ...(isCheck
    ? {}
    : {
        accumulation: 524_288 / (micro * 1024),
        evaluate: { every: 250, batches: 160, splits: ["val"] },
      }),
  ...(flags.out ? { checkpoints: checkpoints(flags.out), checkpointEvery: 50 } : {}),
})) {
  losses.push(step.loss);
  tokens += step.tokensPerSecond * step.seconds;
  wallSeconds += step.seconds;
  await log?.write(step);
  view.step(step);
}
const { user, system } = process.cpuUsage(cpu);
view.end();
release();
await log?.close();
if (losses.length > 0) {
  const cpuSeconds = (user + system) / 1e6;
  const flops = model.flopsPerToken(batch.blockSize) * tokens;
  const speed = (seconds: number) => {
    const [rate, share] = [flops / seconds / 1e9, (100 * flops) / seconds / peak];
    return `${(tokens / seconds).toFixed(0)} tokens/s, ${rate.toFixed(0)} GFLOP/s, ${share.toFixed(0)}% of the peak`;
  };
  console.log(
    `loss ${losses.at(-1)!.toFixed(4)}; ${speed(wallSeconds)}; by time on processors ${speed(cpuSeconds)}`,
  );
  if (flags.twin) writeResult(flags.twin, { engine: engine.name, losses, cpuSeconds, wallSeconds });
}

/** Ids with something to learn: small ones are more frequent, and every other one follows from the one before. */
function madeUp(count: number): Int32Array {
  const random = rng(seed);
  const ids = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    ids[i] = i % 2 === 0 ? Math.floor(50_257 * random() ** 4) : (ids[i - 1]! * 31 + 7) % 50_257;
  }
  return ids;
}

/** FLOP/s of the fastest of many small products: one of them is not interrupted, however busy the machine is. */
async function peakOfProducts(): Promise<number> {
  const a = randomNormal([512, 512], { mean: 0, std: 1, seed, stream: 0 });
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 100; i++) {
    const started = performance.now();
    const product = matmul(a, a);
    await product.data();
    best = Math.min(best, performance.now() - started);
    product.dispose();
  }
  a.dispose();
  const peak = 2 * 512 ** 3 * (1000 / best);
  console.log(`a product of 512 x 512 matrices: ${(peak / 1e9).toFixed(0)} GFLOP/s`);
  return peak;
}
