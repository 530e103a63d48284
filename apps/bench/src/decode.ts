// GPT-2 124M in our engine and in llama.cpp, one thread each: a token after a prompt, and the prompt. Needs node-llama-cpp; see
// gguf.ts for how it is installed.
//
//     npm run bench:decode [-- <types, of f32,q8_0,q4_0>]
//
// The two take turns in one process. What counts is the processor's time, which other programs disturb less than the clock's.
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Gpt, presets, type WeightDType } from "@llm/gpt";
import { type GGUFWeights, writeGGUF } from "@llm/gpt/formats";
import { keep, nativeEngine, randomUniform, scope, sum, useEngine } from "@llm/tensor";

/** As much of node-llama-cpp as is used here. */
interface LlamaCpp {
  getLlama(options: object): Promise<{ loadModel(options: object): Promise<LlamaModel> }>;
}
interface LlamaModel {
  createContext(options: object): Promise<{ getSequence(): Sequence }>;
}
interface Sequence {
  clearHistory(): Promise<void>;
  controlledEvaluate(ids: unknown[]): Promise<unknown[]>;
}

const PROMPT = 128;
const TOKENS = 16;
/** Rounds that are not counted: V8 compiles the path of a token in another thread, which the processor's time would have in it. */
const WARM_UP = 4;
const ROUNDS = 5;
/** What each type is compared with, and how many times its time ours may take: a token, and the prompt. */
const TYPES: Record<string, { dtype: WeightDType; limits: [token: number, prompt: number | null] }> = {
  f32: { dtype: "float32", limits: [1.0, 0.7] },
  q8_0: { dtype: "int8", limits: [1.1, 1.0] },
  q4_0: { dtype: "int4", limits: [1.2, null] },
};

const { device } = await useEngine(await nativeEngine({ threads: 1 }));
console.log(`ours on ${device}; load ${loadavg()[0]!.toFixed(1)}`);
const scratch = await mkdtemp(join(tmpdir(), "decode-"));
const folder = join(scratch, "model");
const made = Gpt.create(presets.gpt2, { seed: 1 });
await made.save(folder);

const peer: string = "node-llama-cpp";
const { getLlama } = (await import(peer)) as LlamaCpp;
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
const ids = Array.from({ length: PROMPT + TOKENS }, (_, i) => (i * 7919 + 11) % 50_000);

/** Milliseconds of the processor and of the clock that the prompt took, and each token after it. */
interface Times {
  prompt: [cpu: number, wall: number];
  token: [cpu: number, wall: number];
}

async function timed(work: () => Promise<unknown>): Promise<[number, number]> {
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return [(user + system) / 1000, performance.now() - start];
}

async function turn(prompt: () => Promise<unknown>, token: (id: number) => Promise<unknown>): Promise<Times> {
  const first = await timed(prompt);
  await token(ids[PROMPT - 1]!);
  const rest = ids.slice(PROMPT);
  const [cpu, wall] = await timed(async () => {
    for (const id of rest) await token(id);
  });
  return { prompt: first, token: [cpu / rest.length, wall / rest.length] };
}

async function ours(model: Gpt): Promise<Times> {
  const session = model.session();
  const step = (some: readonly number[]) => session.step([{ row: 0, ids: some }]);
  try {
    return await turn(
      () => step(ids.slice(0, PROMPT)),
      (id) => step([id]),
    );
  } finally {
    session.dispose();
  }
}

async function theirs(sequence: Sequence): Promise<Times> {
  await sequence.clearHistory();
  const last = (id: number) => [id, { generateNext: { token: true, options: { temperature: 0 } } }];
  return turn(
    () => sequence.controlledEvaluate([...ids.slice(0, PROMPT - 1), last(ids[PROMPT - 1]!)]),
    (id) => sequence.controlledEvaluate([last(id)]),
  );
}

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;

async function compare(type: string): Promise<void> {
  const { dtype, limits } = TYPES[type]!;
  const file = join(scratch, `${type}.gguf`);
  await writeGGUF(made, file, { type: type as GGUFWeights });
  const model = await Gpt.load(folder, { dtype });
  const loaded = await llama.loadModel({ modelPath: file });
  const context = await loaded.createContext({
    threads: 1,
    batchSize: 512,
    contextSize: 256,
    flashAttention: false,
    experimentalKvCacheKeyType: "F32",
    experimentalKvCacheValueType: "F32",
  });
  const sequence = context.getSequence();
  const all: { ours: Times; theirs: Times }[] = [];
  const reads: number[] = [];
  const read = type === "f32" ? plainRead(model.numParameters) : null;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const both = { ours: await ours(model), theirs: await theirs(sequence) };
    const plain = read ? (await timed(read.once))[0] : 0;
    if (round < 0) continue;
    all.push(both);
    reads.push(plain);
  }
  for (const [i, what] of (["token", "prompt"] as const).entries()) {
    const [mine, other] = [0, 1].map((side) =>
      [0, 1].map((kind) => median(all.map((each) => (side === 0 ? each.ours : each.theirs)[what][kind]!))),
    );
    const ratio = median(all.map((each) => each.ours[what][0] / each.theirs[what][0]));
    const limit = limits[i];
    const times = (pair: number[]) =>
      `${pair[0]!.toFixed(1).padStart(6)} ms of CPU (${pair[1]!.toFixed(1)} by the clock)`;
    const verdict = limit == null ? "" : ` (limit ${limit}: ${ratio <= limit ? "met" : "MISSED"})`;
    console.log(
      `${type.padEnd(5)} ${what === "token" ? "a token    " : `${PROMPT} tokens`}  ours ${times(mine!)}, llama.cpp ${times(other!)}: ratio ${ratio.toFixed(2)}${verdict}`,
    );
  }
  if (read) {
    const share = median(all.map((each, i) => reads[i]! / each.ours.token[0]));
    console.log(
      `      a plain read of the weights takes ${median(reads).toFixed(1)} ms of CPU: a token reaches ${(100 * share).toFixed(0)}% of its speed (limit 80%)`,
    );
    read.dispose();
  }
  model.dispose();
}

/** Reads as many numbers as a model has, where they are only added up. */
function plainRead(count: number): { once: () => Promise<void>; dispose: () => void } {
  const x = scope(() => keep(randomUniform([count], { seed: 1 })));
  return { once: async () => scope(() => void sum(x)), dispose: () => x.dispose() };
}

for (const type of (process.argv[2] ?? "f32,q8_0,q4_0").split(",")) await compare(type);
console.log(`load ${loadavg()[0]!.toFixed(1)}`);
await rm(scratch, { recursive: true });
process.exit(0); // llama.cpp's threads would go on
