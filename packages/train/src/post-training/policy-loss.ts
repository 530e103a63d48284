// The loss of a policy, a token at a time, in double precision: small enough to be computed where the rewards are. The model
// is differentiated through log-probabilities only, so the derivative by each of them is all that it has to be told.
import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";

/** How far a token's probability may move from what it was when it was drawn: ratios from 1 - low to 1 + high. */
export interface ClipRange {
  low: number;
  high: number;
}

/** What a token's loss depends on besides its log-probability. */
export interface TokenTerms {
  /** How much better its text was than expected. */
  advantage: number;
  /** Its log-probability when it was drawn. Left out: the loss is that of REINFORCE. */
  old?: number | undefined;
  /** Its log-probability under the reference. Left out: it costs nothing to leave that. */
  reference?: number | undefined;
}

/** The loss of one token. */
export interface TokenLoss {
  loss: number;
  /** The derivative of the loss by the log-probability. */
  slope: number;
  /** An estimate of the divergence from the reference. */
  kl: number;
  /** Whether the ratio was beyond its range, so that there is no gradient. */
  isClipped: boolean;
}

/**
 * -A log p (REINFORCE; Williams, 1992), or with `old` -min(r A, clip(r) A) for r = p / p_old (PPO; Schulman et al., 2017). With
 * `reference` plus `klWeight` times the divergence, estimated by q/p - log(q/p) - 1 (Schulman, "Approximating KL divergence", 2020).
 */
export function tokenLoss(
  logprob: number,
  { advantage, old, reference }: TokenTerms,
  { clip, klWeight = 0 }: { clip?: ClipRange | undefined; klWeight?: number } = {},
): TokenLoss {
  let loss = -advantage * logprob;
  let slope = -advantage;
  let isClipped = false;
  if (old !== undefined) {
    const ratio = Math.exp(logprob - old);
    const bound = clip && (advantage > 0 ? Math.min(ratio, 1 + clip.high) : Math.max(ratio, 1 - clip.low));
    isClipped = bound !== undefined && bound !== ratio && advantage !== 0;
    loss = -advantage * (bound ?? ratio);
    slope = isClipped ? 0 : -advantage * ratio;
  }
  if (reference === undefined) return { loss, slope, kl: 0, isClipped };
  const gap = reference - logprob;
  const kl = Math.exp(gap) - gap - 1;
  return { loss: loss + klWeight * kl, slope: slope + klWeight * (1 - Math.exp(gap)), kl, isClipped };
}

/** What is taken off the reward of a text: the mean of its group, that of the others in it, or nothing. */
export type Baseline = "group" | "leave-one-out" | "none";
/** What advantages are divided by: nothing, or the deviation of the rewards of their group or of all groups. */
export type AdvantageScale = "none" | "group" | "batch";
/** What a sum over tokens is divided by, see `normalize` of `GrpoOptions`. */
export type Normalization = "tokens" | "group" | "sequence" | "constant";

/** Added to a deviation, so that rewards that differ by rounding alone do not become large advantages (as in TRL). */
const DEVIATION = 1e-4;

/** The advantage of each text, for rewards of groups of `samples` that follow each other. */
export function advantagesOf(
  rewards: readonly number[],
  samples: number,
  { baseline, scale }: { baseline: Baseline; scale: AdvantageScale },
): number[] {
  const ofAll = deviation(rewards);
  return rewards.map((reward, i) => {
    const from = i - (i % samples);
    const group = rewards.slice(from, from + samples);
    if (isLevel(group) && baseline !== "none") return 0;
    const others = group.toSpliced(i % samples, 1);
    const base = baseline === "none" ? 0 : mean(baseline === "group" ? group : others);
    const divisor = { none: 1, group: deviation(group) + DEVIATION, batch: ofAll + DEVIATION }[scale];
    return (reward - base) / divisor;
  });
}

/** Whether all rewards of a group are the same, so that there is nothing to choose between. */
export function isLevel(group: readonly number[]): boolean {
  return group.every((reward) => reward === group[0]);
}

/** What the loss of each token of a text is multiplied by, for `counts` tokens that count in each text. */
export function tokenWeights(
  counts: readonly number[],
  samples: number,
  normalize: Normalization,
  maxTokens: number,
): number[] {
  const total = sum(counts);
  return counts.map((count, i) => {
    const from = i - (i % samples);
    const ofGroup = sum(counts.slice(from, from + samples));
    const divisor = {
      tokens: total,
      group: (counts.length / samples) * ofGroup,
      sequence: counts.length * count,
      constant: counts.length * maxTokens,
    }[normalize];
    return count === 0 ? 0 : 1 / divisor;
  });
}

/** The range of ratios that an option names. @throws {OptionsError} */
export function clipRange(of: string, clip: number | ClipRange | undefined): ClipRange | undefined {
  if (clip === undefined) return undefined;
  const range = typeof clip === "number" ? { low: clip, high: clip } : clip;
  check(`clip of ${of}`, range, { low: "number!", high: "number!" } satisfies Kinds<ClipRange>);
  if (range.low > 0 && range.low <= 1 && range.high > 0) return range;
  throw new OptionsError(
    `clip of ${of} is from 1 - ${range.low} to 1 + ${range.high}; low must be above 0 and at most 1, high above 0`,
  );
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The mean, and 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** The standard deviation of a sample (n - 1), and 0 of a single value. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = sum(values.map((value) => (value - middle) ** 2));
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}
