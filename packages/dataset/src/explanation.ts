import type { Document } from "./document.js";
import type { LineChange } from "./line-changes.js";
import type { DropVerdict, Verdict } from "./step.js";

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
