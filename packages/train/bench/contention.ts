// How much slower a step of the 0.8 M model (12 x 64) becomes while other processes keep every core busy, here and in PyTorch.
//
//     LLM_PYTHON=python npx tsx --conditions=@llm/source packages/train/bench/contention.ts [rounds] [steps]
//
// LLM_PYTHON is a Python that has torch. All settings are taken by turns within one run, some steps at a time: alone and busy,
// ours and PyTorch's, with one thread and with two. Milliseconds on the clock. The slowdown is that of the median busy step from
// the fastest step alone, as a machine with other work to do leaves few steps alone; the aim is at most 1.3 times PyTorch's.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism, loadavg } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Gpt, presets } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { adamw, tokenArray, train } from "@llm/train";

const [rounds = 5, steps = 10] = process.argv.slice(2).map(Number);
const cores = availableParallelism();
const config = { ...presets["shakespeare-char-cpu"], vocabSize: 65, dropout: 0 };
const sizes = { batchSize: 12, blockSize: config.blockSize };
const data = tokenArray(Uint16Array.from({ length: 20_000 }, (_, i) => (i * i) % 65));

type Run = (threads: number) => Promise<number[]>;

/** A model on an engine of its own for each number of threads. */
const engines = new Map<number, Awaited<ReturnType<typeof useEngine>>>();
const models = new Map<number, Gpt>();
const ours: Run = async (threads) => {
  const engine = engines.get(threads) ?? (await useEngine("native", { threads }));
  engines.set(threads, engine);
  await useEngine(engine);
  const model = models.get(threads) ?? Gpt.create(config, { seed: 1 });
  models.set(threads, model);
  const times: number[] = [];
  const optimizer = adamw({ betas: [0.9, 0.99] });
  for await (const { seconds } of train(model, data, { ...sizes, steps, lr: 1e-3, optimizer })) {
    times.push(1000 * seconds);
  }
  return times;
};

const script = fileURLToPath(new URL("contention.py", import.meta.url));
const python = spawn(
  process.env["LLM_PYTHON"] ?? "python3",
  [script, JSON.stringify({ ...config, ...sizes })],
  {
    stdio: ["pipe", "pipe", "inherit"],
  },
);
python.on("exit", (code) => {
  if (code) throw new Error(`PyTorch's side ended with ${code}; LLM_PYTHON must be a Python that has torch`);
});
const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
const theirs: Run = async (threads) => {
  python.stdin.write(`${threads} ${steps}\n`);
  const { value } = await lines.next();
  return JSON.parse(value);
};

/** Keeps every core busy while something is done. */
async function busily<T>(work: () => Promise<T>): Promise<T> {
  const others: ChildProcess[] = Array.from({ length: cores }, () =>
    spawn(process.execPath, ["-e", "for (;;);"]),
  );
  await Promise.all(others.map((other) => once(other, "spawn")));
  await new Promise((resolve) => setTimeout(resolve, 200));
  try {
    return await work();
  } finally {
    for (const other of others) other.kill("SIGKILL");
  }
}

const times = new Map<string, number[]>();
for (let round = -1; round < rounds; round++) {
  for (const threads of [1, 2]) {
    for (const state of ["alone", "busy"]) {
      const both = async () => {
        for (const [name, run] of Object.entries({ ours, theirs })) {
          const found = await run(threads);
          if (round < 0) continue; // to warm up
          const key = `${name} ${state} ${threads}`;
          times.set(key, [...(times.get(key) ?? []), ...found]);
        }
      };
      await (state === "busy" ? busily(both) : both());
    }
  }
}
python.stdin.end();

const sorted = (key: string) => times.get(key)!.sort((a, b) => a - b);
const median = (key: string) => sorted(key)[times.get(key)!.length >> 1]!;
console.log(
  `${cores} cores, a load of ${loadavg()[0]!.toFixed(1)} in the end, ${rounds * steps} steps each\n`,
);
console.log("| threads | | fastest alone, ms | median alone | median busy | slowdown |");
console.log("|---|---|---|---|---|---|");
for (const threads of [1, 2]) {
  for (const [name, label] of [
    ["ours", "here"],
    ["theirs", "PyTorch"],
  ]) {
    const [alone, busy] = [`${name} alone ${threads}`, `${name} busy ${threads}`];
    const fastest = sorted(alone)[0]!;
    const shown = [fastest, median(alone), median(busy)].map((ms) => ms.toFixed(0)).join(" | ");
    console.log(`| ${threads} | ${label} | ${shown} | ${(median(busy) / fastest).toFixed(2)} |`);
  }
}
process.exit();
