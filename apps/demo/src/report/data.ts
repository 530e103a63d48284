import type { Score } from "../baselines.js";

/** A step of the pipeline and what became of the documents that reached it. */
export interface FunnelStep {
  name: string;
  in: number;
  out: number;
  dropped: DropReason[];
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

/** The model's state after a number of steps: its validation loss, and what it wrote. */
export interface Checkup {
  step: number;
  valLoss: number;
  generations: { prompt: string; text: string }[];
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
  /** Pieces of a validation text, token by token. */
  tokens: { id: number; text: string }[];
}
