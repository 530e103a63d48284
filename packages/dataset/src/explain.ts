import type { Document } from "./document.js";
import { formatExplanation } from "./explain-format.js";
import { type LineChange, lineChanges } from "./line-changes.js";
import type { Pipeline } from "./pipeline.js";
import type { DropVerdict, Step, Verdict } from "./step.js";
import { length } from "./text/python.js";

/** What a step made of a text. */
export interface TextChanges {
  /** Characters before and after it. */
  readonly before: number;
  readonly after: number;
  /** Line by line; null where most of it is new, as when a page becomes its content. */
  readonly lines: readonly LineChange[] | null;
}

/** What one step finds in a document. */
export interface StepExplanation {
  step: string;
  keep: boolean;
  /** Every check, also those after the first that drops. */
  verdicts: Verdict[];
  /** Whether the step changes the text. */
  rewritten: boolean;
  /** How, if it does. */
  changes?: TextChanges;
  /** False for a step that judges a document by the others it has seen, and so has nothing to say about one. */
  inspected: boolean;
}

/** Why a document is kept or dropped. Plain data, so that it can be written as JSON; `toString()` prints it as a table. */
export interface Explanation {
  keep: boolean;
  /** The first step that drops it, and why. */
  dropped?: { step: string; verdict: DropVerdict };
  steps: StepExplanation[];
  /** As it leaves the last step, if nothing had dropped it. */
  document: Document;
  toString(): string;
}

/** Takes one document, or a bare text, through all steps, on after the first that drops it, and tells what each measured. */
export async function explain(
  steps: Pipeline | Step | readonly Step[],
  document: Document | string,
): Promise<Explanation> {
  const list: readonly Step[] = "docs" in steps ? steps.steps : "transform" in steps ? [steps] : steps;
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

async function changesOf(before: string, after: string): Promise<TextChanges> {
  return { before: length(before), after: length(after), lines: await lineChanges(before, after) };
}
