// Fine-tuning on conversations, all weights against adapters: a base model that has read worked sums learns to be asked for them.
//
//     npx tsx --conditions=@llm/source packages/train/recipes/lora-sums.ts [--seeds 1,2,3] [--rank 4] [--out FOLDER]
//
// Bases are kept in the folder, and the adapter of each seed is written there. Sums are split three ways by hash: the base and the conversations have one part, rates are chosen on the second, and the
// table is of the third.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CHAT_TOKENS, type ChatMessage, renderChat, train as trainTokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { type LoraModel, lora } from "@llm/gpt/lora";
import { type LogitsModel, sampleBatch } from "@llm/sample";
import { parameter, rng, useEngine } from "@llm/tensor";
import { adamw, groups, muon, schedule, sft, type Trainable, tokenArray, train } from "@llm/train";
import { checkpoints } from "@llm/train/node";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    rank: { type: "string", default: "4" },
    steps: { type: "string", default: "1500" },
    out: { type: "string", default: "runs/lora-sums" },
  },
});
const rank = Number(flags.rank);
await useEngine("auto", { threads: 1 });

type Sum = readonly [a: number, b: number];
const all: Sum[] = Array.from({ length: 8100 }, (_, i) => [10 + (i % 90), 10 + Math.floor(i / 90)]);
/** 0 to 9: the tenth of the sums that this one is in, whichever of its numbers comes first. */
const tenth = ([a, b]: Sum) => Math.floor(rng(Math.min(a, b), Math.max(a, b))() * 10);
const training = all.filter((sum) => tenth(sum) < 8);
const validation = all.filter((sum) => tenth(sum) === 8);
const test = all.filter((sum) => tenth(sum) === 9);

/** `count` of a list, drawn without replacement. */
function some<T>(list: readonly T[], count: number, seed: number): T[] {
  const draw = rng(seed);
  const keyed = list.map((each) => ({ each, key: draw() }));
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ each }) => each);
}

/** From the right, as at school: 37+48 is 7+8=15, 3+4+1=8, so 85. */
function worked([a, b]: Sum): string {
  const ones = (a % 10) + (b % 10);
  const carry = ones > 9 ? "+1" : "";
  const tens = Math.floor((a + b) / 10);
  return `${a % 10}+${b % 10}=${ones}, ${Math.floor(a / 10)}+${Math.floor(b / 10)}${carry}=${tens}, ${a + b}`;
}

const chat = (sum: Sum): ChatMessage[] => [
  { role: "user", content: `What is ${sum[0]}+${sum[1]}?` },
  { role: "assistant", content: `${sum[0]}+${sum[1]}: ${worked(sum)}.` },
];

// No merges: each character is a token, so that digits are.
const tokenizer = await trainTokenizer(["+"], {
  vocabSize: 256 + CHAT_TOKENS.length,
  specialTokens: CHAT_TOKENS,
});
const render = (messages: ChatMessage[]) => renderChat(tokenizer, messages);
const end = tokenizer.specialTokens.get("<|assistant_end|>")!;

const config = {
  ...{ vocabSize: tokenizer.vocabSize, blockSize: 128, nLayer: 3, nHead: 3, nEmbd: 96 },
  ...({ position: "rope", norm: "rms", activation: "relu2", bias: false } as const),
};

/** A model that has read sums and how they are worked out, one a line. It has seen no conversation. */
async function base(seed: number): Promise<Gpt> {
  const draw = rng(seed, 1);
  const lines = some([...training, ...training], 2 * training.length, seed).map((sum) => {
    const line = `${sum[0]}+${sum[1]}: ${worked(sum)}\n`;
    // Every second one is asked for first, and some words later answered: so it learns to look back.
    if (draw() < 0.5) return line;
    const words = Array.from(
      { length: Math.floor(draw() * 12) },
      () => "aeiou mnst"[Math.floor(draw() * 10)],
    );
    return `${sum[0]}+${sum[1]}?${words.join("")} ${line}`;
  });
  const model = Gpt.create(config, { seed });
  const data = tokenArray(tokenizer.encode(lines.join("")), { windows: "dealt", split: 0.98 });
  const steps = Number(flags.steps);
  const rates = { lr: 3e-3, minLr: 3e-4, warmup: 50, steps };
  const isMatrix = ({ name, shape }: { name: string; shape: readonly number[] }) =>
    shape.length === 2 && !/^(wte|lm_head)/.test(name);
  for await (const { step, loss } of train(model, data, {
    ...{ steps, batchSize: 8, blockSize: 96, lr: schedule.cosine(rates), seed },
    optimizer: groups([
      { parameters: isMatrix, optimizer: muon({ lrScale: 0.02 / rates.lr }) },
      { optimizer: adamw({ weightDecay: 0 }) },
    ]),
    checkpoints: checkpoints(join(flags.out, `base-${seed}`)),
  })) {
    if (step % 250 === 0) console.error(`base, seed ${seed}, step ${step}: loss ${loss.toFixed(3)}`);
  }
  return model;
}

async function copyOf(model: Gpt): Promise<Gpt> {
  const weights = model
    .parameters()
    .map(async (p) => parameter(p.name, (await p.data()) as Float32Array, p.shape));
  return Gpt.fromWeights(config, await Promise.all(weights));
}

/** The share of 8 answers to each sum that are right, drawn at temperature 1, and the half of its 95% interval over sums. */
async function passAt1(model: LogitsModel, sums: readonly Sum[], seed: number) {
  const prompts = sums.map((sum) => renderChat(tokenizer, chat(sum), { completion: true }).ids);
  const samples = 8;
  const drawn = await sampleBatch(model, prompts, { samples, maxTokens: 40, stopIds: [end], seed });
  const right = sums.map(() => 0);
  for (const { prompt, ids, stoppedBy } of drawn) {
    const [a, b] = sums[prompt]!;
    const said = tokenizer.decode(ids.slice(0, -1));
    if (stoppedBy === end && said.endsWith(` ${a + b}.`)) right[prompt]! += 1 / samples;
  }
  const mean = right.reduce((sum, share) => sum + share, 0) / right.length;
  const variance = right.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (right.length - 1);
  return { mean, half: 1.96 * Math.sqrt(variance / right.length) };
}

const RATES = { full: [1e-3, 3e-3], lora: [3e-3, 1e-2, 3e-2] } as const;
const percent = (x: number) => `${(100 * x).toFixed(1)}%`;

for (const seed of flags.seeds.split(",").map(Number)) {
  const model = await base(seed);
  const conversations = some(training, 1000, seed + 100).map(chat);
  const heldOut = some(validation, 100, seed).map(chat);
  const untrained = await passAt1(model, some(test, 200, seed), seed);
  console.log(`seed ${seed}: the base answers ${percent(untrained.mean)}`);
  for (const method of ["full", "lora"] as const) {
    let best: { lr: number; mean: number; model: LogitsModel & Trainable; loss: number } | undefined;
    for (const lr of RATES[method]) {
      const own = await copyOf(model);
      const tuned =
        method === "full" ? own : lora(own, { rank, alpha: 2 * rank, targets: "all-linear", seed });
      let loss = Number.NaN;
      for await (const step of sft(tuned, conversations, {
        ...{ render, heldOut, batchSize: 4, blockSize: 128, epochs: 3, lr, seed },
      })) {
        loss = step.evaluation?.val ?? loss;
      }
      const { mean } = await passAt1(tuned, some(validation, 60, seed), seed);
      console.error(`${method}, rate ${lr}: validation loss ${loss.toFixed(4)}, pass@1 ${percent(mean)}`);
      if (!best || mean > best.mean) best = { lr, mean, model: tuned, loss };
    }
    const { lr, model: tuned } = best!;
    const { mean, half } = await passAt1(tuned, some(test, 200, seed), seed);
    const trained = tuned.parameters().reduce((sum, { size }) => sum + size, 0);
    console.log(
      `seed ${seed}, ${method}: ${trained} weights trained (${percent(trained / model.numParameters)}), rate ${lr}, pass@1 ${percent(mean)} +- ${percent(half)}`,
    );
    if ("saveAdapter" in tuned) await (tuned as LoraModel).saveAdapter(join(flags.out, `adapter-${seed}`));
  }
}
