// Our GGUF files in llama.cpp, and its files here: probabilities of the next token, and greedy continuations. Needs
// node-llama-cpp, which is in no package.json, since it brings a gigabyte of binaries for GPUs. Without those:
//
//   npm install --no-save --omit=optional --ignore-scripts node-llama-cpp@3.22.1 @node-llama-cpp/linux-x64@3.22.1
//   npm run verify:gguf -- <folder of a model | file.gguf> [f32 | f16 | q8_0 | q4_0]
//
// A folder is written as GGUF first. llama.cpp rounds what goes into products with 4- and 8-bit matrices to 8 bits, so that
// there only files in f32 can be expected to agree closely. Its GELU is a table in half precision: a GPT-2 agrees to 2e-5.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Gpt } from "@llm/gpt";
import { type GGUFWeights, readGGUF, writeGGUF } from "@llm/gpt/formats";
import { scope, tensor, useEngine } from "@llm/tensor";

/** As much of node-llama-cpp as is used here. */
interface LlamaCpp {
  getLlama(options: object): Promise<{ loadModel(options: object): Promise<LlamaModel> }>;
}
interface LlamaModel {
  createContext(options: object): Promise<{ getSequence(): Sequence }>;
}
interface Sequence {
  clearHistory(): Promise<void>;
  controlledEvaluate(
    ids: unknown[],
  ): Promise<({ next?: { probabilities?: Map<number, number> } } | undefined)[]>;
}

const [source, type = "f32"] = process.argv.slice(2);
if (!source) throw new Error("name the folder of a model, or a GGUF file");

const { device, name } = await useEngine("auto");
const scratch = await mkdtemp(join(tmpdir(), "gguf-"));
const file = source.endsWith(".gguf") ? source : join(scratch, "model.gguf");
if (file !== source) {
  const model = await Gpt.load(source);
  await writeGGUF(model, file, { type: type as GGUFWeights });
  model.dispose();
}
const { model } = await readGGUF(file);

const peer: string = "node-llama-cpp";
const { getLlama } = (await import(peer)) as LlamaCpp;
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
const context = await (await llama.loadModel({ modelPath: file })).createContext({
  threads: 1,
  batchSize: 512,
  contextSize: Math.min(model.blockSize, 256),
  flashAttention: false,
  experimentalKvCacheKeyType: "F32",
  experimentalKvCacheValueType: "F32",
});
const sequence = context.getSequence();

async function theirs(ids: readonly number[]): Promise<Float64Array> {
  await sequence.clearHistory();
  const last = [ids.at(-1), { generateNext: { token: true, probabilities: true } }];
  const steps = await sequence.controlledEvaluate([...ids.slice(0, -1), last]);
  const probabilities = new Float64Array(model.vocabSize);
  for (const [id, p] of steps.at(-1)!.next!.probabilities!) probabilities[id] = p;
  return probabilities;
}

async function ours(ids: readonly number[]): Promise<Float64Array> {
  const logits = scope(() => model.forward(tensor([...ids], [1, ids.length], "int32")));
  const last = Float64Array.from((await logits.data()).slice(-model.vocabSize));
  logits.dispose();
  const largest = last.reduce((a, b) => Math.max(a, b));
  const exp = last.map((logit) => Math.exp(logit - largest));
  const sum = exp.reduce((a, b) => a + b, 0);
  return exp.map((each) => each / sum);
}

const best = (p: Float64Array) => p.reduce((at, each, id) => (each > p[at]! ? id : at), 0);

async function greedy(next: typeof ours, begin: readonly number[], length: number): Promise<number[]> {
  const ids = [...begin];
  while (ids.length < length) ids.push(best(await next(ids)));
  return ids;
}

const length = Math.min(48, model.blockSize - 2); // a full context is shifted there
const ids = Array.from({ length }, (_, i) => (i * 37 + 11) % Math.min(model.vocabSize, 10_000));
let worst = 0;
for (let n = 1; n <= length; n += 5) {
  const [a, b] = [await ours(ids.slice(0, n)), await theirs(ids.slice(0, n))];
  worst = a.reduce((largest, p, id) => Math.max(largest, Math.abs(p - b[id]!)), worst);
}
const prompt = ids.slice(0, Math.ceil(length / 4));
const [mine, other] = [await greedy(ours, prompt, length), await greedy(theirs, prompt, length)];
const equal = mine.findIndex((id, i) => id !== other[i]);
console.log(`${source} as ${type} on ${name} (${device}):`);
console.log(`  probabilities differ by at most ${worst.toExponential(1)}`);
console.log(
  equal < 0
    ? `  ${length - prompt.length} greedy tokens are equal`
    : `  greedy tokens differ from ${equal - prompt.length} on: ${mine.slice(equal).join(" ")} | ${other.slice(equal).join(" ")}`,
);
await rm(scratch, { recursive: true });
process.exit(0); // llama.cpp's threads would go on
