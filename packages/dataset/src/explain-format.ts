import type { Explanation, StepExplanation, TextChanges } from "./explanation.js";
import type { DropVerdict, Verdict } from "./step.js";

/** Changed lines that are shown of a step, and how much of each. */
const [LINES, WIDTH] = [8, 100];

/** An explanation as a table: a verdict on top, then every step with what it measured and what it changed. */
export function formatExplanation({ steps }: Pick<Explanation, "steps">): string {
  const rows = steps.flatMap((step) => step.verdicts.map(row));
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((cells) => cells[column]!.length)));
  return [
    ...summary(steps),
    ...steps.flatMap((step) => [
      `${step.step}${note(step)}`,
      ...step.verdicts.map((verdict) =>
        row(verdict)
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd(),
      ),
      ...(step.changes ? changesOf(step.changes) : []),
    ]),
  ].join("\n");
}

/** What decided, and what would have decided without that. */
function summary(steps: readonly StepExplanation[]): string[] {
  const drops = steps.flatMap(({ step, verdicts }) =>
    verdicts
      .filter((verdict): verdict is DropVerdict => !verdict.keep)
      .map((verdict) => `${step}: ${verdict.reason} (${measure(verdict)})`),
  );
  const [first, ...others] = drops;
  if (first === undefined) return ["kept"];
  return [`dropped by ${first}`, ...others.map((drop) => `      also by ${drop}`)];
}

function measure({ metric, value, threshold, bound }: DropVerdict): string {
  return `${metric} ${show(value)}, ${[bound, show(threshold)].filter(Boolean).join(" ")}`;
}

function note({ inspected, changes }: StepExplanation): string {
  if (!inspected) return " (judges by other documents)";
  return changes ? ` (rewrites the text: ${changes.before} to ${changes.after} characters)` : "";
}

function row({ keep, metric = "", value = "", threshold, bound }: Verdict): string[] {
  const limit = threshold === undefined ? "" : [bound, show(threshold)].filter(Boolean).join(" ");
  return [`  ${keep ? "✓" : "✗"} ${metric}`, show(value), limit];
}

function changesOf({ lines }: TextChanges): string[] {
  if (lines === null) return [];
  const all = lines.flatMap(({ removed, added }) => [
    ...removed.map((line) => `  - ${clip(line)}`),
    ...added.map((line) => `  + ${clip(line)}`),
  ]);
  const more = all.length - LINES;
  return more > 1 ? [...all.slice(0, LINES), `  … ${more} more lines`] : all;
}

function clip(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…` : line;
}

function show(value: number | string): string {
  return typeof value === "number" && !Number.isInteger(value)
    ? `${Number(value.toPrecision(3))}`
    : `${value}`;
}
