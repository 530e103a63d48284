export type { Document } from "./document.js";
export {
  type Documents,
  type Drop,
  documents,
  type Pipeline,
  pipeline,
  type RunOptions,
  type StepStats,
} from "./pipeline.js";
export {
  type DropVerdict,
  filter,
  type Inspection,
  rewrite,
  type Source,
  type Step,
  type StepContext,
  type Verdict,
} from "./step.js";
