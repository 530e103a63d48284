/**
 * Every number the demo chooses, in one place. They are fixed up front - steps, not minutes of the
 * clock - so that the same input gives the same model on the same kind of machine.
 */
export const defaults = {
  name: "demo",
  runs: "runs",
  seed: 1337,
  megabytes: 16,
  steps: 1000,
  /** What --minutes counts with: about what two plain cores do. */
  stepsPerMinute: 300,
  tokens: 120,
  temperature: 0.8,
  topP: 0.95,
} as const;

/** The tokenizer's size, the model's, and how it is trained. */
export const recipe = {
  vocabSize: 1024,
  /** Share of the kept bytes that is set aside for validation. */
  valShare: 0.1,
  model: { nLayer: 4, nHead: 4, nEmbd: 128, blockSize: 128 },
  training: {
    batchSize: 16,
    learningRate: 2e-3,
    finalLearningRate: 2e-4,
    warmup: 0.05,
    betas: [0.9, 0.99],
    weightDecay: 0.1,
    clip: 1,
    /** Evaluations and samples during training, and checkpoints kept. */
    evaluations: 10,
    keepCheckpoints: 2,
  },
  /** What the model writes on from while it learns. */
  prompts: ["To install ", "This function returns "],
  sampleTokens: 48,
} as const;
