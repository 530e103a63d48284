import type { Estimate } from "@llm/sample/evaluation";
import type { Score } from "../baselines.js";

/** A step of the pipeline and what became of the documents that reached it. */
export interface FunnelStep {
  name: string;
  in: number;
  out: number;
  dropped: DropReason[];
}

/**
 * What a step kept of what came in, and what it dropped: together they are what came in. What went out differs from what was
 * kept where a step cuts documents into parts.
 */
export function keptAndLost({ in: all, dropped }: FunnelStep): { kept: number; lost: number } {
  const lost = dropped.reduce((sum, { count }) => sum + count, 0);
  return { kept: all - lost, lost };
}

/** Why documents were dropped, and one of them as an example. */
export interface DropReason {
  reason: string;
  count: number;
  example: { id: string; metric: string; value: string; threshold: string };
}

/** A training step, as logged. */
export interface StepRecord {
  step: number;
  loss: number;
  lr: number;
  gradNorm: number;
  seconds: number;
}

/** A step of fine-tuning, as logged; some with the loss on conversations set aside. */
export interface SftRecord {
  step: number;
  loss: number;
  lr: number;
  seconds: number;
  valLoss?: number;
}

/** Several answers to one question, and what each was rewarded with. */
export interface RlGroup {
  question: string;
  samples: { text: string; reward: number }[];
}

/** A step of reinforcement learning, as logged; some with the answers to one of its questions. */
export interface RlRecord {
  step: number;
  /** Mean, and standard deviation. */
  reward: number;
  rewardStd: number;
  /** Share of the questions whose answers were all rewarded alike. */
  zeroVariance: number;
  entropy: number;
  /** Tokens of an answer. */
  length: number;
  truncated: number;
  /** Share of the answers that are worked out. */
  worked: number;
  lr: number;
  seconds: number;
  group?: RlGroup;
}

/** The model's state after a number of steps: its validation loss, and what it wrote. */
export interface Checkup {
  step: number;
  valLoss: number;
  generations: { prompt: string; text: string }[];
}

/** What a model could do in the test. */
export interface ExamRow {
  name: string;
  passAt1: Estimate;
  greedy: number;
  worked: number;
  length: number;
  /** Share of the answers that own up to not knowing, of so many: names of conversations, of documents only, and of nothing. */
  unknown: Record<"known" | "unseen" | "madeUp", { share: number; of: number }>;
}

/** How much more often a model is right at the first try than another, by the same sums. */
export interface ExamGain {
  name: string;
  over: string;
  gain: Estimate;
}

/** What became of the base model. */
export interface AssistantReport {
  sft: SftRecord[];
  rl: RlRecord[];
  /** Rewards of the control whose rewards say nothing. */
  shuffled?: RlRecord[];
  exams: ExamRow[];
  gains: ExamGain[];
  compared: { question: string; expected: string; answers: Record<string, string> }[];
  gamed?: GamedReward;
}

/** A policy that a learned reward trained: what that reward said, and what is true. */
export interface GamedReward {
  /** How often the reward model agreed with the judge on pairs that it had not seen. */
  agreement: number;
  points: { step: number; learned: number; truth: number }[];
  /** How far single answers of the first step lay apart: the standard deviation of either reward. */
  spread: { learned: number; truth: number };
  /** What the policy wrote before, and in the end. */
  before: string[];
  after: string[];
}

/** What the report is drawn from. */
export interface ReportData {
  name: string;
  input: string;
  facts: [what: string, value: string][];
  funnel: FunnelStep[];
  relaxed: string[];
  steps: StepRecord[];
  checkups: Checkup[];
  scores: { model: Score; unigram: Score; bigram: Score };
  assistant?: AssistantReport;
  /** Pieces of a validation text, token by token. */
  tokens: { id: number; text: string }[];
}
