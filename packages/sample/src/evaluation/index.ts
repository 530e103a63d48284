export { comparePaired, type PairedDifference } from "./compare-paired.js";
export {
  type Choice,
  type EvaluateOptions,
  evaluate,
  multipleChoice,
  type TaskResult,
} from "./evaluate.js";
export {
  type EvaluateTasksOptions,
  evaluateTasks,
  type JudgedAnswer,
  type TaskOutcome,
  type TasksProgress,
  type TasksResult,
} from "./evaluate-tasks.js";
export { type FewShot, type FewShotOptions, fewShot, type Shot, type ShotFormat } from "./few-shot.js";
export {
  evaluateInContext,
  type InContextAccuracy,
  type InContextOptions,
  type ShotLabels,
} from "./in-context.js";
export type { Estimate } from "./interval.js";
export { passAt } from "./pass-at.js";
export { type Perplexity, type PerplexityOptions, perplexity } from "./perplexity.js";
export { type RepeatedTokens, type RepeatedTokensOptions, repeatedTokens } from "./repeated-tokens.js";
export {
  type ChoiceItem,
  type CompletionItem,
  type GenerationItem,
  readTask,
  type SchemaItem,
  type Task,
  type TaskItems,
  type TaskKind,
  type TaskSettings,
  type TextItem,
} from "./tasks.js";
export {
  type TaskAnswer,
  TaskCheckError,
  type TaskPlace,
  type VerifiableTask,
} from "./verifiable-task.js";
