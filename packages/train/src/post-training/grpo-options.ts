import type { Kinds } from "@llm/platform/options";
import type { ForcedTokens, LogitsModel } from "@llm/sample";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import { hashOfIds } from "../hash.js";
import type { Policy } from "./passes.js";
import {
  type AdvantageScale,
  type Baseline,
  type ClipRange,
  clipRange,
  type Normalization,
} from "./policy-loss.js";
import type { RewardedText } from "./rewards.js";
import { POST_TRAINING, type PostTrainingOptions } from "./run.js";

/** What `grpo` asks of a model: it is trained, and sampled from. @llm/gpt's `Gpt` is one. */
export interface SampledPolicy extends Policy, LogitsModel {
  readonly config?: { readonly endOfText?: number | undefined };
}

/** Options of {@link grpo}. */
export interface GrpoOptions extends PostTrainingOptions {
  /** Prompts of each step. Default 16. */
  prompts?: number;
  /** Texts of each prompt. Default 16. */
  samples?: number;
  /** Tokens of a text, at most, those included that are put in. */
  maxTokens: number;
  /** Divides the logits, where texts are drawn and where they are scored. Default 1. */
  temperature?: number;
  /** Ids that end a text where they are drawn; they are trained like all that is drawn. By default the model's own end token. */
  stopIds?: Iterable<number>;
  /** Tokens that are put in, such as a tool's answer, as in `sampleBatch` of @llm/sample: they are read, and not trained. `prompt` is the index among all. */
  forced?: Exclude<ForcedTokens, readonly unknown[]>;
  /** Texts that are written at a time, at most, and the bytes that their cache may take: as in `sampleBatch`. */
  maxRows?: number;
  maxBytes?: number;
  /**
   * What is taken off a reward, to make an advantage: the mean of its group, the mean of the others in it (RLOO), or nothing.
   * Default "group".
   */
  baseline?: Baseline;
  /** What advantages are divided by: nothing, or the standard deviation of the rewards of the group, or of the step. Default "none". */
  scale?: AdvantageScale;
  /**
   * What the sum over all tokens is divided by. "tokens": by their number. "group": the same in each group, then the mean over
   * groups. "sequence": the mean of each text, then over texts: long texts count less. "constant": by texts times `maxTokens`.
   * Default "tokens".
   */
  normalize?: Normalization;
  /** How far a token's probability may move within a step before its gradient ends: 0.2, or { low: 0.2, high: 0.28 }. Default: any. */
  clip?: number | ClipRange;
  /** Updates from the texts of a step. From the second on, and with `clip`, the loss is that of ratios. Default 1. */
  updates?: number;
  /** Holds the policy near a reference, such as a clone of the model as it was before. Default: nothing does. */
  kl?: { weight: number; reference: Policy };
  /** Milliseconds that one reward may take. Default 60,000. */
  rewardTimeout?: number;
  /** Rewards that are asked for at a time. Default 16. */
  rewardsAtOnce?: number;
  /** Writes ids as text, for the samples of each event. */
  decode?: (ids: Uint32Array) => string;
}

const GRPO: Kinds<GrpoOptions> = {
  ...POST_TRAINING,
  prompts: "count",
  samples: "count",
  maxTokens: "count!",
  temperature: "number",
  stopIds: "iterable",
  forced: "function",
  maxRows: "count",
  maxBytes: "number",
  baseline: ["group", "leave-one-out", "none"],
  scale: ["none", "group", "batch"],
  normalize: ["tokens", "group", "sequence", "constant"],
  clip: "number|object",
  updates: "count",
  kl: "object",
  rewardTimeout: "number",
  rewardsAtOnce: "count",
  decode: "function",
};

/** Sampling that would draw from another distribution than the one that is trained. */
const OTHER = [
  ...[
    "topK",
    "topP",
    "minP",
    "typicalP",
    "topNSigma",
    "xtcProbability",
    "mask",
    "logitBias",
    "noRepeatNgram",
  ],
  ...["repetitionPenalty", "frequencyPenalty", "presencePenalty", "dryMultiplier", "vocabSize"],
];

/** The options, complete. @throws {OptionsError} */
export function grpoPlan(options: GrpoOptions, prompts: readonly ArrayLike<number>[]) {
  const other = OTHER.find((name) => (options as object as Record<string, unknown>)[name] !== undefined);
  if (other !== undefined) {
    throw new OptionsError(
      `grpo takes no ${other}: texts must be drawn from the very distribution that is trained; leave it out, and set temperature if at all`,
    );
  }
  check("grpo", options, GRPO);
  const { samples = 16, temperature = 1, updates = 1, kl } = options;
  const { baseline = "group", scale = "none", normalize = "tokens" } = options;
  if (prompts.length === 0) throw new OptionsError("prompts of grpo are none; give at least one");
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new OptionsError(`temperature of grpo is ${temperature}; it must be above 0: texts have to differ`);
  }
  if (samples === 1 && (baseline !== "none" || scale === "group")) {
    throw new OptionsError(
      'grpo compares the texts of a prompt, and samples is 1; take more, or baseline: "none" and no scale by group',
    );
  }
  if (kl) check("kl of grpo", kl, { weight: "number!", reference: "object!" });
  return {
    ...{ samples, temperature, updates, kl, baseline, scale, normalize },
    clip: clipRange("grpo", options.clip),
    prompts: options.prompts ?? 16,
    maxTokens: options.maxTokens,
    passTokens: options.passTokens ?? 4096,
    seed: options.seed ?? 0,
    timeout: options.rewardTimeout ?? 60_000,
    atOnce: options.rewardsAtOnce ?? 16,
  };
}

/** What tells these prompts from others. */
export function describePrompts(prompts: readonly ArrayLike<number>[]): Readonly<Record<string, unknown>> {
  const lengths = Uint32Array.from(prompts, ({ length }) => length);
  const all = prompts.flatMap((ids) => Array.from(ids));
  return { prompts: prompts.length, ids: hashOfIds([...lengths, ...all]) };
}

/** A text of a step, judged. */
export interface JudgedSample extends Omit<RewardedText, "signal" | "prompt"> {
  readonly reward: number;
  readonly advantage: number;
  /** Where `decode` was given: the text. */
  readonly text?: string;
}

/** What one step of {@link grpo} did. */
export interface GrpoStep {
  readonly type: "step";
  /** Steps done, this one included: the first is 1. */
  readonly step: number;
  /** The loss of the last update, before it. That of ratios is near 0 whatever is learned; look at the reward. */
  readonly loss: number;
  /** Global norm of that update's gradients before clipping; 0 where nothing could be learned, and no update was made. */
  readonly gradNorm: number;
  readonly lr: number;
  /** Mean of the rewards, and their standard deviation. */
  readonly reward: number;
  readonly rewardStd: number;
  /** The share of groups whose rewards are all the same: they teach nothing. */
  readonly zeroVariance: number;
  /** Mean over drawn tokens of -log p, in nats: an estimate of the entropy of what is sampled from. */
  readonly entropy: number;
  /** The share of tokens whose ratio was clipped, over all updates. */
  readonly clipped: number;
  /** With `kl`: the divergence from the reference, estimated, in nats a token. */
  readonly kl?: number;
  /** The share of texts that were cut off before they ended. */
  readonly truncated: number;
  /** Mean number of tokens of all texts, and of those that ended by themselves (NaN where none did). */
  readonly length: number;
  readonly endedLength: number;
  /** Tokens drawn since the first step of the run. */
  readonly tokens: number;
  /** Wall time of the step, and of its drawing. */
  readonly seconds: number;
  readonly samplingSeconds: number;
  /** Tokens written in a second of drawing. */
  readonly tokensPerSecond: number;
  readonly samples: readonly JudgedSample[];
}
