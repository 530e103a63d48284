import type { SamplingResult } from "../../engine/sampling.js";

/** A token's logit, or what a stage made of it, as it is called. */
interface Logit {
  readonly name: string;
  readonly value: number;
}

/** A token's logit behind a stage: the model's own, or behind temperature divided by it. undefined: a stage of another kind, or a penalty has changed it before. */
export function logitAt(
  { steps, logits, temperature }: SamplingResult,
  at: number,
  id: number,
): Logit | undefined {
  const stages = steps.slice(0, at + 1).map(({ stage }) => stage);
  if (stages[at] === "model") return { name: "logit", value: logits[id]! };
  const isDivided = stages[at] === "temperature" && temperature > 0 && !stages.includes("penalties");
  return isDivided ? { name: "logit / temperature", value: logits[id]! / temperature } : undefined;
}
