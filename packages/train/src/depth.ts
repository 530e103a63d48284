// nanochat's one dial (Karpathy, as of July 2026): from the depth of a model follow its data, batch, rates and schedules.
import type { Kinds } from "@llm/platform/options";
import type { Parameter } from "@llm/tensor";
import { check } from "./check.js";
import { OptionsError } from "./errors.js";
import { adamw } from "./optimizer/adamw.js";
import { type Group, groups } from "./optimizer/groups.js";
import { muon } from "./optimizer/muon.js";
import type { Optimizer } from "./optimizer/optimizer.js";
import { type Schedule, schedule } from "./schedule.js";

/** Options of {@link depth}. */
export interface DepthOptions {
  /** As for `modern` of @llm/gpt: 32,768 there, if nothing is said. */
  vocabSize: number;
  /** Positions per row. */
  blockSize: number;
  /** Rows of one batch, as memory allows. Default 1. */
  batchSize?: number;
  /** Tokens to train on. Default: 12 for each scaling parameter. */
  tokens?: number;
}

/** How to train a model of some depth. */
export interface DepthPlan {
  /** Width of the model. */
  width: number;
  /** Weights that say how much data is worth while: the matrices of the blocks, and the head. */
  scalingParameters: number;
  /** Tokens to train on. */
  tokens: number;
  /** Tokens of one update. */
  tokensPerStep: number;
  /** What `train` takes. The learning rate is Muon's; the others are in proportion to it. */
  options: {
    steps: number;
    batchSize: number;
    blockSize: number;
    accumulation: number;
    lr: Schedule;
    optimizer: Optimizer;
    clip: number;
  };
  /** Each number and why, a line each. */
  reasons: string[];
}

const DEPTH: Kinds<DepthOptions> = {
  vocabSize: "count!",
  blockSize: "count!",
  batchSize: "count",
  tokens: "count",
};

/** What was found best by trial at depth 12; all others are in proportion to it. */
const REFERENCE = { depth: 12, width: 768, tokensPerStep: 2 ** 19 };
const TOKENS_PER_PARAMETER = 12;
const HEAD_DIM = 128;

const RATES = { matrices: 0.02, head: 0.008, embedding: 0.3, valueEmbedding: 0.15, x0: 0.5, residual: 0.005 };
const WEIGHT_DECAY = 0.28;
const WARMUP = 40;
const WARMDOWN = 0.65;
const LAST_SHARE = 0.05;
const MOMENTUM = { first: 0.85, high: 0.97, last: 0.9, rise: 400 };

/**
 * How to train @llm/gpt's `modern(n, { vocabSize, blockSize })` by nanochat's rules: all follows from `n`, its number of blocks.
 * The optimiser finds its groups by the names that model gives its weights.
 * @throws {OptionsError} for a depth or options that cannot be trained with
 */
export function depth(n: number, options: DepthOptions): DepthPlan {
  if (!(Number.isSafeInteger(n) && n > 0)) {
    throw new OptionsError(`depth got ${n} blocks; it takes a whole number of at least 1`);
  }
  check("depth", options, DEPTH);
  const { vocabSize, blockSize, batchSize = 1 } = options;
  const width = widthOf(n);
  const scalingParameters = countScaling(n, vocabSize);
  const tokens = options.tokens ?? TOKENS_PER_PARAMETER * scalingParameters;
  const referenceTokens = TOKENS_PER_PARAMETER * countScaling(REFERENCE.depth, vocabSize);

  const ideal = REFERENCE.tokensPerStep * (tokens / referenceTokens) ** 0.383;
  const wanted = 2 ** Math.round(Math.log2(ideal));
  const accumulation = Math.max(1, Math.round(wanted / (batchSize * blockSize)));
  const tokensPerStep = accumulation * batchSize * blockSize;
  const steps = Math.max(1, Math.floor(tokens / tokensPerStep));

  const batchScale = Math.sqrt(tokensPerStep / REFERENCE.tokensPerStep);
  const lr = RATES.matrices * batchScale;
  const weightDecay = (WEIGHT_DECAY * batchScale * referenceTokens) / tokens;
  const widthScale = (width / REFERENCE.width) ** -0.5;
  const warmdown = Math.min(Math.round(WARMDOWN * steps), steps);
  // The first update is at 1 / 40 of the rate, the 40th at all of it.
  const warmup = Math.min(WARMUP - 1, steps - warmdown);

  const format = (x: number) => (Number.isInteger(x) ? x.toLocaleString("en-US") : x.toPrecision(3));
  return {
    width,
    scalingParameters,
    tokens,
    tokensPerStep,
    options: {
      steps,
      batchSize,
      blockSize,
      accumulation,
      lr: schedule.wsd({ lr, minLr: LAST_SHARE * lr, warmup, steps, decay: warmdown }),
      optimizer: optimizerOf(widthScale, momentum(steps, warmdown), cosineToZero(weightDecay, steps)),
      clip: Number.POSITIVE_INFINITY,
    },
    reasons: [
      `width ${width}: 64 for each of ${n} blocks, rounded up to whole heads of ${HEAD_DIM}`,
      `scaling parameters ${format(scalingParameters)}: the blocks' matrices and the head; with these, and without embeddings, scaling laws are cleanest`,
      options.tokens === undefined
        ? `tokens ${format(tokens)}: ${TOKENS_PER_PARAMETER} for each scaling parameter, the best use of a budget by nanochat's trials (Chinchilla: 20 for each of all)`
        : `tokens ${format(tokens)}: as asked, ${format(tokens / scalingParameters)} for each scaling parameter`,
      `tokens of an update ${format(tokensPerStep)}: 2^19 at depth 12, growing with tokens^0.383 (Bergsma et al., 2025), to the nearest power of two${tokensPerStep === wanted ? "" : `, ${format(wanted)}, as near as ${batchSize} rows of ${blockSize} come`}`,
      `batch ${batchSize} x ${blockSize} tokens, accumulation ${accumulation}: that many make an update`,
      `steps ${format(steps)}: tokens / tokens of an update`,
      `learning rates times ${format(batchScale)}: sqrt(tokens of an update / 2^19), as a larger batch has less noise`,
      `matrices ${format(lr)}: Muon in nanochat's form, ${RATES.matrices} x ${format(batchScale)}`,
      `AdamW's rates times ${format(widthScale)} too: (width / 768)^-0.5, as they were tuned at width 768`,
      ...(["embedding", "valueEmbedding", "head"] as const).map(
        (name) => `${WORDS[name]} ${format(RATES[name] * batchScale * widthScale)}: ${RATES[name]} x both`,
      ),
      `residual scalars ${format(RATES.residual * batchScale)}, x0 scalars ${format(RATES.x0 * batchScale)}: ${RATES.residual} and ${RATES.x0}, which the width does not concern`,
      `warmup ${warmup + 1} updates, then all of the rate, then over the last ${warmdown} (65%) a straight line to 5%: most of the loss falls while the rate does`,
      `Muon's momentum ${MOMENTUM.first} to ${MOMENTUM.high} over ${MOMENTUM.rise} updates, to ${MOMENTUM.last} while the rate falls`,
      `Muon's weight decay ${format(weightDecay)}, to 0 by half a cosine: ${WEIGHT_DECAY} at depth 12, times sqrt(batch) / tokens, so that a weight is forgotten over the same share of the run (Wang & Aitchison, 2024)`,
      "no clipping: Muon's updates have one size whatever the gradient's is",
    ],
  };
}

const WORDS = { embedding: "embedding", valueEmbedding: "value embeddings", head: "head" };

function widthOf(n: number): number {
  return Math.ceil((64 * n) / HEAD_DIM) * HEAD_DIM;
}

/** Attention has 4 width^2, the MLP 8; every other block, the last one among them, a gate of the value embeddings. */
function countScaling(n: number, vocabSize: number): number {
  const width = widthOf(n);
  const gates = Math.ceil(n / 2) * 12 * (width / HEAD_DIM);
  return 12 * n * width ** 2 + gates + vocabSize * width;
}

function momentum(steps: number, warmdown: number): Schedule {
  const { first, high, last, rise } = MOMENTUM;
  return (update) => {
    if (update < rise) return first + (high - first) * (update / rise);
    const fallen = (update - (steps - warmdown)) / Math.max(1, warmdown);
    return high + (last - high) * Math.min(1, Math.max(0, fallen));
  };
}

function cosineToZero(value: number, steps: number): Schedule {
  return (update) => value * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, update / steps)));
}

function optimizerOf(widthScale: number, momentum: Schedule, weightDecay: Schedule): Optimizer {
  const { matrices, head, embedding, valueEmbedding, residual, x0 } = RATES;
  const beside = (ending: string, rate: number, betas: readonly [number, number], decay: number): Group => ({
    parameters: ({ name }: Parameter) => name.endsWith(ending),
    optimizer: adamw({
      lrScale: rate / matrices,
      betas,
      eps: 1e-10,
      weightDecay: decay,
      decays: () => decay > 0,
    }),
  });
  return groups([
    beside("lm_head.weight", head * widthScale, [0.8, 0.96], 0.01),
    beside("wte.weight", embedding * widthScale, [0.8, 0.995], 0.001),
    beside("value_embedding.weight", valueEmbedding * widthScale, [0.8, 0.995], 0.01),
    beside("resid_lambda", residual, [0.8, 0.95], 0.05),
    beside("x0_lambda", x0, [0.96, 0.95], 0),
    { optimizer: muon({ form: "nanochat", momentum, weightDecay }) },
  ]);
}
