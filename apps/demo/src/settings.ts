/**
 * Every number the demo chooses, in one place. They are fixed up front - steps, not minutes of the
 * clock - so that the same input gives the same model on the same kind of machine.
 */
export const defaults = {
  name: "demo",
  runs: "runs",
  seed: 1337,
  megabytes: 16,
  steps: 1500,
  /** What --minutes counts with: about what two plain cores do. */
  stepsPerMinute: 500,
  tokens: 120,
  temperature: 0.8,
  topP: 0.95,
} as const;

/** The tokenizer's size, the model's, and how it is trained. */
export interface Recipe {
  vocabSize: number;
  /** Share of the kept bytes that is set aside for validation, and how much of it is measured. */
  validationShare: number;
  evaluationWindows: number;
  model: { nLayer: number; nHead: number; nEmbd: number; blockSize: number };
  training: {
    batchSize: number;
    learningRate: number;
    finalLearningRate: number;
    /** Share of the steps. */
    warmup: number;
    betas: readonly [number, number];
    weightDecay: number;
    clip: number;
    /** How often, in all, the model is measured, sampled from and saved. */
    evaluations: number;
    /** At least so many steps lie between two of those. */
    stepsBetween: number;
    keepCheckpoints: number;
  };
  /** What the model writes on from while it learns, how, and how much. */
  prompts: readonly string[];
  sampling: { temperature: number; topP: number };
  sampleTokens: number;
}

/** What `npm run demo` trains. */
export const recipe: Recipe = {
  vocabSize: 512,
  validationShare: 0.1,
  evaluationWindows: 256,
  model: { nLayer: 3, nHead: 4, nEmbd: 128, blockSize: 64 },
  training: {
    batchSize: 8,
    learningRate: 1e-3,
    finalLearningRate: 1e-4,
    warmup: 0.05,
    betas: [0.9, 0.99],
    weightDecay: 0.1,
    clip: 1,
    evaluations: 10,
    stepsBetween: 25,
    keepCheckpoints: 2,
  },
  prompts: ["To install ", "This function returns "],
  sampling: { temperature: defaults.temperature, topP: defaults.topP },
  sampleTokens: 48,
};
