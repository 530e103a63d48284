// nanoGPT's two character-level Shakespeare recipes: 0.8 M parameters for a CPU, 10.8 M for a GPU.
//
//     npx tsx --conditions=@llm/source packages/train/recipes/shakespeare-char.ts tinyshakespeare.txt [options]
//
// nanoGPT publishes validation losses of 1.88 (--size cpu, on 20 batches) and 1.4697 (--size gpu, the best of evaluations on
// 200 batches). What is measured here is in the README. With --out the run may be stopped, and goes on when started again.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Gpt, presets } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { adamw, evaluate, groups, muon, schedule, tokenArray, train } from "@llm/train";
import { checkpoints, interrupts, jsonlLog, progressView, readJsonl } from "@llm/train/node";
import { sample } from "./sample.js";
import { writeResult, writeTwin } from "./twin/twin-folder.js";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string", default: "cpu" }, // or gpu
    engine: { type: "string", default: "auto" },
    threads: { type: "string" },
    steps: { type: "string" }, // of the schedule
    until: { type: "string" }, // stops after so many of them; no evaluations on the way
    batch: { type: "string" },
    seed: { type: "string", default: "1337" },
    dropout: { type: "string" },
    windows: { type: "string", default: "random" }, // as nanoGPT, or dealt
    lr: { type: "string", default: "1e-3" },
    muon: { type: "string" }, // the matrices by Muon, at this learning rate
    val: { type: "string", default: "200" }, // validation batches at the end
    out: { type: "string" }, // checkpoints and log
    twin: { type: "string" }, // what PyTorch needs to do the same: twin/pretrain.py
  },
});
const [path] = positionals;
if (!path) {
  console.error("usage: shakespeare-char.ts <path to tinyshakespeare.txt> [--size cpu | gpu] [--out folder]");
  process.exit(2);
}
const isSmall = flags.size === "cpu";
const preset = presets[isSmall ? "shakespeare-char-cpu" : "shakespeare-char-gpu"];
const steps = Number(flags.steps ?? (isSmall ? 2000 : 5000));
const until = Number(flags.until ?? steps);
const seed = Number(flags.seed);
const lr = Number(flags.lr);
const valBatches = Number(flags.val);

const text = await readFile(path, "utf8");
const characters = [...new Set(text)].sort();
const idOf = new Map(characters.map((character, id) => [character, id]));
const windows = flags.windows as "random" | "dealt";
const data = tokenArray(
  Uint16Array.from([...text], (character) => idOf.get(character)!),
  { windows },
);

const threads = flags.threads ? { threads: Number(flags.threads) } : {};
const engine = await useEngine(flags.engine as "auto" | "native" | "wasm" | "reference", threads);
const config = {
  ...preset,
  vocabSize: characters.length,
  ...(flags.dropout ? { dropout: Number(flags.dropout) } : {}),
};
const model = Gpt.create(config, { seed });
console.log(`${model.numParameters} parameters, ${text.length} characters, engine ${engine.name}`);

const batch = { batchSize: Number(flags.batch ?? (isSmall ? 12 : 64)), blockSize: config.blockSize, seed };
const rate = schedule.cosine({ lr, minLr: lr / 10, warmup: Math.min(100, steps), steps });
const settings = { betas: [0.9, 0.99], weightDecay: 0.1 } as const;
const isMatrix = ({ name, shape }: { name: string; shape: readonly number[] }) =>
  name.startsWith("h.") && shape.length === 2;
const optimizer = flags.muon
  ? groups([
      { parameters: isMatrix, optimizer: muon({ lrScale: Number(flags.muon) / lr }) },
      { optimizer: adamw(settings) },
    ])
  : adamw(settings);
if (flags.twin) {
  const name = `shakespeare-char-${flags.size}`;
  const plan = { ...batch, ...settings, name, config: model.config, steps: until, valBatches, lr: rate };
  await writeTwin(flags.twin, model.parameters(), data, plan);
}

const { signal, release } = interrupts();
const view = progressView({ steps: until });
const store = flags.out ? checkpoints(flags.out) : undefined;
const resumeFrom = (await store?.latest())?.step ?? 0;
const logPath = flags.out ? join(flags.out, "log.jsonl") : undefined;
const log = logPath ? await jsonlLog(logPath, { resumeFrom }) : undefined;
const earlier = logPath ? ((await readJsonl(logPath)) as { loss: number }[]) : [];
const losses = earlier.map(({ loss }) => loss);
let wallSeconds = 0;
const cpu = process.cpuUsage();
for await (const step of train(model, data, {
  ...batch,
  steps: until,
  lr: rate,
  optimizer,
  signal,
  ...(store ? { checkpoints: store, checkpointEvery: isSmall ? 250 : 10 } : {}),
  ...(store && !flags.until
    ? { evaluate: { every: 250, batches: isSmall ? 20 : 200, splits: ["val"] } }
    : {}),
})) {
  losses.push(step.loss);
  wallSeconds += step.seconds;
  await log?.write(step);
  view.step(step);
}
const { user, system } = process.cpuUsage(cpu);
view.end();
release();
await log?.close();
if (signal.aborted) process.exit(130);

const val =
  valBatches > 0 ? (await evaluate(model, data, { ...batch, batches: valBatches })).val! : undefined;
const cpuSeconds = (user + system) / 1e6;
if (val !== undefined) console.log(`validation loss ${val.toFixed(4)} on ${valBatches} batches`);
if (flags.twin) {
  const share = losses.length / (losses.length - earlier.length); // the times are of this process's steps
  const result = {
    engine: engine.name,
    losses,
    cpuSeconds: share * cpuSeconds,
    wallSeconds: share * wallSeconds,
  };
  writeResult(flags.twin, val === undefined ? result : { ...result, val });
}
const tokens = (losses.length - earlier.length) * batch.batchSize * batch.blockSize;
console.log(
  `${(wallSeconds / 60).toFixed(1)} minutes, ${(tokens / wallSeconds).toFixed(0)} tokens/s, ${cpuSeconds.toFixed(0)} s on processors`,
);
const ids = await sample(model, { first: idOf.get("\n")!, seed, temperature: 0.8 });
console.log(ids.map((id) => characters[id]).join(""));
