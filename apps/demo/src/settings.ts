import type { ConversationCounts } from "./lessons/conversations.js";

/**
 * Every number the demo chooses, in one place. They are fixed up front - steps, not minutes of the
 * clock - so that the same input gives the same model on the same kind of machine.
 */
export const defaults = {
  name: "demo",
  runs: "runs",
  seed: 1337,
  megabytes: 16,
  /** Steps of the base model. */
  steps: 900,
  /** What --minutes counts with: about what two plain cores do. */
  stepsPerMinute: 500,
  tokens: 120,
  temperature: 0.8,
  topP: 0.95,
  /** An assistant answers with its likeliest tokens. */
  chatTemperature: 0,
  chatTokens: 64,
  port: 8080,
} as const;

/** The tokenizer's size, the model's, and how it is trained. */
export interface Recipe {
  vocabSize: number;
  /** Share of the kept bytes that is set aside for validation, and how much of it is measured. */
  validationShare: number;
  evaluationWindows: number;
  model: { nLayer: number; nHead: number; nEmbd: number; blockSize: number; mlpWidth: number };
  /** Pages of worked sums, and their share of what the base model reads. */
  textbook: { pages: number; share: number };
  training: {
    batchSize: number;
    learningRate: number;
    finalLearningRate: number;
    /** Muon's rate for matrices is so many times that of AdamW for the rest. */
    muonScale: number;
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
  sft: {
    conversations: ConversationCounts;
    steps: number;
    batchSize: number;
    learningRate: number;
    checkpointEvery: number;
  };
  grpo: {
    steps: number;
    /** So many sums a step, and so many answers to each. */
    prompts: number;
    samples: number;
    maxTokens: number;
    learningRate: number;
    /** How firmly the policy is held near the fine-tuned model. */
    kl: number;
    checkpointEvery: number;
  };
  /** Fine-tuning for longer sees as many more answers as reinforcement learning tries. */
  controls: { sftSteps: number };
  /** How a reward is learned from pairs, and then trusted for too long. */
  game: {
    pairs: number;
    judgeSteps: number;
    judgeRate: number;
    steps: number;
    prompts: number;
    samples: number;
    maxTokens: number;
    learningRate: number;
  };
  /** Sums that are asked, answers drawn to each, and names asked about, at most. */
  questions: { sums: number; samples: number; names: number };
  /** What the model writes on from while it learns - on your own input, as many openings of its documents - how, and how much. */
  prompts: readonly string[];
  sampling: { temperature: number; topP: number };
  sampleTokens: number;
}

/** What `npm run demo` trains. */
export const recipe: Recipe = {
  vocabSize: 512,
  validationShare: 0.1,
  evaluationWindows: 128,
  model: { nLayer: 4, nHead: 4, nEmbd: 128, blockSize: 128, mlpWidth: 320 },
  textbook: { pages: 1200, share: 0.5 },
  training: {
    batchSize: 8,
    learningRate: 3e-3,
    finalLearningRate: 3e-4,
    muonScale: 7,
    warmup: 0.05,
    betas: [0.9, 0.99],
    weightDecay: 0.1,
    clip: 1,
    evaluations: 6,
    stepsBetween: 25,
    keepCheckpoints: 2,
  },
  sft: {
    // With 700 made-up names a seed knew 6 to 9 of 10 new ones for such; that takes many, and as many real ones beside them.
    conversations: { sums: 6000, worked: 1 / 3, facts: 1800, unknown: 1400, twoTurns: 0.1 },
    steps: 300,
    batchSize: 8,
    learningRate: 5e-4,
    checkpointEvery: 50,
  },
  grpo: {
    ...{ steps: 50, prompts: 16, samples: 16, maxTokens: 32, learningRate: 1e-4 },
    // Without it rewards at random move the model, too: as far, and where to is chance.
    kl: 0.1,
    checkpointEvery: 10,
  },
  controls: { sftSteps: 400 },
  game: {
    ...{ pairs: 800, judgeSteps: 60, judgeRate: 3e-4 },
    ...{ steps: 60, prompts: 8, samples: 8, maxTokens: 40, learningRate: 4e-4 },
  },
  questions: { sums: 160, samples: 8, names: 60 },
  prompts: ["To install", "This function returns"],
  sampling: { temperature: defaults.temperature, topP: defaults.topP },
  sampleTokens: 48,
};

/** Every stage in about a minute: to see how it goes. The model is too small, and learns for too short, to add well. */
export const quickRecipe: Recipe = {
  ...recipe,
  evaluationWindows: 32,
  model: { nLayer: 2, nHead: 2, nEmbd: 64, blockSize: 128, mlpWidth: 160 },
  textbook: { pages: 300, share: 0.5 },
  training: { ...recipe.training, evaluations: 2 },
  sft: {
    ...recipe.sft,
    conversations: { ...recipe.sft.conversations, sums: 400, facts: 100, unknown: 100 },
    steps: 60,
  },
  grpo: { ...recipe.grpo, steps: 5, prompts: 8, samples: 8, checkpointEvery: 5 },
  controls: { sftSteps: 10 },
  game: { ...recipe.game, pairs: 40, judgeSteps: 5, steps: 5, prompts: 4, samples: 4 },
  questions: { sums: 24, samples: 4, names: 12 },
};

/** Steps of the base model, and bytes of input, of a quick run. */
export const quick = { steps: 120, megabytes: 4 } as const;
