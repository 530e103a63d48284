export { type Captured, type CaptureOptions, capture } from "./capture.js";
export { type DescribeOptions, describe } from "./describe.js";
export type { Index, Operation, Read, TensorDescription } from "./description.js";
export type { Values } from "./evaluate.js";
export { type Explanation, explainCell } from "./explain.js";
export { type LogitLensOptions, logitLens } from "./logit-lens.js";
export { estimateMemory, type MemoryEstimate, type MemoryOptions } from "./memory/estimate.js";
export type { Operand } from "./operands.js";
export { type Patches, patch } from "./patch.js";
