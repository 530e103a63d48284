import { checkStep } from "./check-pipeline.js";
import type { Document } from "./document.js";
import { formatExplanation } from "./explain-format.js";
import type { Explanation, StepExplanation, TextChanges } from "./explanation.js";
import { lineChanges } from "./line-changes.js";
import type { Pipeline } from "./pipeline.js";
import type { DropVerdict, Step } from "./step.js";
import { length } from "./text/python.js";

/**
 * Takes one document, or a bare text, through all steps, on after the first that drops it, and tells what each measured.
 *
 * @throws OptionsError for what is no step
 */
export async function explain(
  steps: Pipeline | Step | readonly Step[],
  document: Document | string,
): Promise<Explanation> {
  const list = stepsOf(steps);
  for (const step of list) checkStep("what explain is given", step);
  let current = typeof document === "string" ? { id: "", text: document, meta: {} } : document;
  const found: StepExplanation[] = [];
  let dropped: Explanation["dropped"];
  for (const step of list) {
    const inspection = await step.inspect?.(current);
    const verdicts = inspection?.verdicts ?? [];
    const next = inspection?.document ?? current;
    const drop = verdicts.find((verdict): verdict is DropVerdict => !verdict.keep);
    if (drop) dropped ??= { step: step.name, verdict: drop };
    const rewritten = next.text !== current.text;
    found.push({
      step: step.name,
      keep: !drop,
      verdicts,
      rewritten,
      ...(rewritten && { changes: await changesOf(current.text, next.text) }),
      inspected: inspection !== undefined,
    });
    current = next;
  }
  const keep = dropped === undefined;
  const explanation = { keep, ...(dropped && { dropped }), steps: found, document: current };
  return { ...explanation, toString: () => formatExplanation(explanation) };
}

function stepsOf(given: Pipeline | Step | readonly Step[]): readonly Step[] {
  if (Array.isArray(given)) return given;
  return typeof given === "object" && given !== null && "docs" in given ? given.steps : [given as Step];
}

async function changesOf(before: string, after: string): Promise<TextChanges> {
  return { before: length(before), after: length(after), lines: await lineChanges(before, after) };
}
