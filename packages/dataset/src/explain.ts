import type { Document } from "./document.js";
import type { Pipeline } from "./pipeline.js";
import type { DropVerdict, Step, Verdict } from "./step.js";

/** What one step finds in a document. */
export interface StepExplanation {
  step: string;
  keep: boolean;
  /** Every check, also those after the first that drops. */
  verdicts: Verdict[];
  /** Whether the step changes the text. */
  rewritten: boolean;
  /** False for a step that judges a document by the others it has seen, and so has nothing to say about one. */
  inspected: boolean;
}

/** Why a document is kept or dropped. `toString()` prints it as a table. */
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
    found.push({
      step: step.name,
      keep: !drop,
      verdicts,
      rewritten: next.text !== current.text,
      inspected: inspection !== undefined,
    });
    current = next;
  }
  const keep = dropped === undefined;
  const explanation = { keep, ...(dropped && { dropped }), steps: found, document: current };
  return { ...explanation, toString: () => format(explanation) };
}

function format({ dropped, steps }: Omit<Explanation, "toString">): string {
  const rows = steps.flatMap((step) => [heading(step), ...step.verdicts.map(row)]);
  const widths = [0, 1].map((column) =>
    Math.max(0, ...rows.map((cells) => (cells.length > 1 ? cells[column]!.length : 0))),
  );
  const summary = dropped
    ? `dropped by ${dropped.step}: ${dropped.verdict.reason} (${row(dropped.verdict).slice(1).join(", ")})`
    : "kept";
  const table = rows.map((cells) =>
    cells
      .map((cell, i) => (i < 2 && cells.length > 1 ? cell.padEnd(widths[i]!) : cell))
      .join("  ")
      .trimEnd(),
  );
  return [summary, ...table].join("\n");
}

function heading({ step, rewritten, inspected }: StepExplanation): string[] {
  const note = inspected ? (rewritten ? " (rewrites the text)" : "") : " (judges by other documents)";
  return [`${step}${note}`];
}

function row(verdict: Verdict): string[] {
  const { keep, metric = "", value = "", threshold, bound } = verdict;
  const limit = threshold === undefined ? "" : [bound, show(threshold)].filter(Boolean).join(" ");
  return [`  ${keep ? "✓" : "✗"} ${metric}`, show(value), limit];
}

function show(value: number | string): string {
  return typeof value === "number" && !Number.isInteger(value)
    ? `${Number(value.toPrecision(3))}`
    : `${value}`;
}
