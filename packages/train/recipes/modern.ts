// What today's parts gain over GPT-2's, at equal operations: bits per byte on the demo's documents, part by part.
//
//     npm run demo -- --steps 1                                        # leaves the corpus in runs/demo
//     npx tsx --conditions=@llm/source packages/train/recipes/modern.ts runs/demo [--seeds 1337,1,2] [--parts first | all | none]
//
// Every variant has the parts of those before it. All train with the operations that GPT-2's takes for --steps; Muon's own, which
// are many where batches are small, count. A difference is a mean over seeds, with its 95% interval (Student's t, seeds paired). The
// variants between the first and the last train with the first seed only, or with all, or are left out.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Tokenizer } from "@llm/bpe";
import { Gpt, type GptConfig } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { adamw, bitsPerByte, groups, muon, schedule, train } from "@llm/train";
import { TokenShards } from "@llm/train/node";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: "string", default: "2500" },
    seeds: { type: "string", default: "1337" },
    batch: { type: "string", default: "32" },
    lr: { type: "string", default: "1e-3" },
    muon: { type: "string", default: "1e-2" },
    val: { type: "string", default: "50" },
    parts: { type: "string", default: "first" },
    threads: { type: "string" },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error("usage: modern.ts <folder of a run of the demo> [--steps 2500] [--seeds 1337,1,2]");
  process.exit(2);
}
const tokenizer = await Tokenizer.openHF(JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8")));
const special = new Set(tokenizer.specialTokens.values());
const tokenBytes = Uint32Array.from({ length: tokenizer.vocabSize }, (_, id) =>
  special.has(id) ? 0 : tokenizer.tokenBytes(id).length,
);
const data = await TokenShards.open(join(folder, "tokens"));

interface Variant {
  readonly name: string;
  readonly config: Partial<GptConfig>;
  readonly isMuon: boolean;
}
const PARTS: readonly [string, Partial<GptConfig>][] = [
  ["GPT-2's parts, AdamW", {}],
  ["+ RoPE", { position: "rope" }],
  ["+ RMSNorm, no biases", { norm: "rms", bias: false }],
  ["+ QK-norm", { qkNorm: "before-rope" }],
  ["+ ReLU^2", { activation: "relu2" }],
];
const variants: Variant[] = PARTS.map(([name], i) => {
  const config = Object.assign({}, ...PARTS.slice(0, i + 1).map(([, part]) => part));
  return { name, config, isMuon: false };
});
variants.push({ name: "+ Muon", config: variants.at(-1)!.config, isMuon: true });
const ends = [variants[0]!, variants.at(-1)!];

const shape = { vocabSize: tokenizer.vocabSize, nLayer: 3, nHead: 4, nEmbd: 128, blockSize: 64 };
const batch = { batchSize: Number(flags.batch), blockSize: shape.blockSize };
const seeds = flags.seeds.split(",").map(Number);
const lr = Number(flags.lr);
const isMatrix = ({ name, shape }: { name: string; shape: readonly number[] }) =>
  name.startsWith("h.") && shape.length === 2;

await useEngine("auto", flags.threads ? { threads: Number(flags.threads) } : {});
const budget = Number(flags.steps) * flopsPerStep(variants[0]!);
const scores = new Map<Variant, number[]>(variants.map((variant) => [variant, []]));
for (const [i, seed] of seeds.entries()) {
  const hasParts = flags.parts === "all" || (flags.parts === "first" && i === 0);
  for (const variant of hasParts ? variants : ends) {
    const score = await scoreOf(variant, seed);
    scores.get(variant)!.push(score);
    console.error(`seed ${seed}, ${variant.name}: ${score.toFixed(4)} bits per byte`);
  }
}

console.log("| parts | steps | bits per byte | against the first | against the one before, first seed |");
console.log("|---|---|---|---|---|");
const first = scores.get(variants[0]!)!;
let before: number | undefined;
for (const [variant, own] of scores) {
  if (own.length === 0) continue;
  const gain = own === first ? "" : inWords(own.map((score, i) => 100 * (score / first[i]! - 1)));
  const part = before === undefined ? "" : `${(100 * (own[0]! / before - 1)).toFixed(2)}%`;
  console.log(
    `| ${variant.name} | ${stepsOf(variant)} | ${own.map((score) => score.toFixed(4)).join(", ")} | ${gain} | ${part} |`,
  );
  before = own[0]!;
}
data.close();

/** Trains a variant and scores it on the validation documents. */
async function scoreOf(variant: Variant, seed: number): Promise<number> {
  const steps = stepsOf(variant);
  const model = Gpt.create({ ...shape, ...variant.config }, { seed });
  const rest = adamw({ betas: [0.9, 0.99], weightDecay: 0.1 });
  const matrices = muon({ lrScale: Number(flags.muon) / lr });
  const run = train(model, data, {
    ...batch,
    steps,
    seed,
    lr: schedule.cosine({ lr, minLr: lr / 10, warmup: Math.round(0.05 * steps), steps }),
    optimizer: variant.isMuon
      ? groups([{ parameters: isMatrix, optimizer: matrices }, { optimizer: rest }])
      : rest,
  });
  for await (const _ of run);
  const { val } = await bitsPerByte(model, data, {
    ...batch,
    batches: Number(flags.val),
    tokenBytes,
    seed: 1337,
  });
  model.dispose();
  return val!;
}

function stepsOf(variant: Variant): number {
  return Math.round(budget / flopsPerStep(variant));
}

/** Those of the model, and of the five Newton-Schulz steps of each matrix (m, n), m <= n: 4 m^2 n + 2 m^3 each. */
function flopsPerStep({ config, isMuon }: Variant): number {
  const model = Gpt.create({ ...shape, ...config }, { seed: 0 });
  const own = model.flopsPerToken(batch.blockSize) * batch.batchSize * batch.blockSize;
  const matrices = isMuon ? model.parameters().filter(isMatrix) : [];
  const steps = matrices.map((matrix) => {
    const [m, n] = [Math.min(...matrix.shape), Math.max(...matrix.shape)];
    return 5 * (4 * m * m * n + 2 * m ** 3);
  });
  model.dispose();
  return steps.reduce((sum, each) => sum + each, own);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A mean of percentages with its 95% interval. */
function inWords(values: readonly number[]): string {
  const centre = mean(values);
  const n = values.length;
  const t = [Number.NaN, 12.71, 4.303, 3.182, 2.776, 2.571][n - 1] ?? 2;
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  const margin = n > 1 ? `${(t * Math.sqrt(variance / n)).toFixed(2)}` : "not known from one seed";
  return `${centre.toFixed(2)}% +- ${margin}`;
}
