// nanoGPT's character-level Shakespeare on a CPU: a 0.8 M parameter GPT from nothing, in minutes.
//
//     npx tsx --conditions=@llm/source packages/train/examples/node/shakespeare-char.ts tinyshakespeare.txt
//
// nanoGPT publishes a validation loss of 1.88 nats per character after 2,000 steps, estimated on 20
// batches. What this script ends at, on 200 batches, is in the README.
// Options: --engine auto | wasm | reference, --steps 2000, --seed 1337, --windows dealt | random, --out FOLDER (checkpoints and
// log; run again with the same folder to go on where it stopped).
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Gpt, presets } from "@llm/gpt";
import { rng, useEngine } from "@llm/tensor";
import { adamw, evaluate, schedule, tokenArray, train } from "@llm/train";
import { checkpoints, interrupts, jsonlLog, progressView } from "@llm/train/node";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: "string", default: "auto" },
    steps: { type: "string", default: "2000" },
    seed: { type: "string", default: "1337" },
    windows: { type: "string", default: "dealt" },
    out: { type: "string" },
  },
});
const [path] = positionals;
if (!path) {
  console.error("usage: shakespeare-char.ts <path to tinyshakespeare.txt> [--engine wasm] [--out folder]");
  process.exit(2);
}
const steps = Number(flags.steps);
const seed = Number(flags.seed);

const text = await readFile(path, "utf8");
const characters = [...new Set(text)].sort();
const idOf = new Map(characters.map((character, id) => [character, id]));
const windows = flags.windows as "random" | "dealt";
const data = tokenArray(
  Uint16Array.from([...text], (character) => idOf.get(character)!),
  { windows },
);

const engine = await useEngine(flags.engine as "auto" | "wasm" | "reference");
const config = { ...presets["shakespeare-char-cpu"], vocabSize: characters.length };
const model = Gpt.create(config, { seed });
console.log(`${model.numParameters} parameters, ${text.length} characters, engine ${engine.name}`);

const { signal, release } = interrupts();
const view = progressView({ steps });
const started = performance.now();
const batch = { batchSize: 12, blockSize: config.blockSize, seed };
const log = flags.out ? await jsonlLog(join(flags.out, "log.jsonl")) : undefined;
let tokens = 0;
let seconds = 0;
for await (const step of train(model, data, {
  ...batch,
  steps,
  lr: schedule.cosine({ lr: 1e-3, minLr: 1e-4, warmup: Math.min(100, steps), steps }),
  optimizer: adamw({ betas: [0.9, 0.99], weightDecay: 0.1 }),
  evaluate: { every: 250, batches: 20, splits: ["train", "val"] },
  signal,
  ...(flags.out ? { checkpoints: checkpoints(flags.out), checkpointEvery: 250 } : {}),
})) {
  tokens += 12 * config.blockSize;
  seconds += step.seconds;
  await log?.write(step);
  view.step(step);
}
view.end();
release();
await log?.close();

if (signal.aborted) process.exit(130);

// The estimate that counts: ten times the batches of those above.
const { val } = await evaluate(model, data, { ...batch, batches: 200 });
const minutes = (performance.now() - started) / 60_000;
console.log(
  `final validation loss ${val?.toFixed(4)}, ${minutes.toFixed(1)} minutes, ${(tokens / seconds).toFixed(0)} tokens/s`,
);

/** Draws an id from softmax(logits / temperature). */
function draw(logits: Float32Array, temperature: number, uniform: number): number {
  const top = Math.max(...logits);
  const weights = Array.from(logits, (z) => Math.exp((z - top) / temperature));
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [id, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return id;
  }
  return weights.length - 1;
}

const random = rng(seed);
const session = model.session();
let sample = "";
let next = idOf.get("\n")!;
while (session.length(0) < config.blockSize) {
  const [logits] = await session.step([{ row: 0, ids: [next] }]);
  next = draw(logits!, 0.8, random());
  sample += characters[next];
}
session.dispose();
console.log(sample);
