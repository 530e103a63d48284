import { formatPercent, formatTable } from "@llm/platform/terminal";
import type { StageStatus } from "../node/run/reports.js";
import type { StepStats } from "../pipeline.js";

/** Statistics as lines of text: what each step took and passed on, and why it dropped the rest. */
export function statsTable(stats: readonly StepStats[]): string {
  const columns = [
    { title: "step" },
    { title: "in", align: "right" },
    { title: "out", align: "right" },
    { title: "kept", align: "right" },
    { title: "dropped" },
  ] as const;
  const rows = stats.map(({ name, in: taken, out, dropped }) => {
    const reasons = Object.entries(dropped).sort((a, b) => b[1] - a[1]);
    const kept = taken === 0 ? "-" : formatPercent(out / taken);
    return [
      name,
      `${taken}`,
      `${out}`,
      kept,
      reasons.map(([reason, count]) => `${reason} ${count}`).join(", "),
    ];
  });
  return formatTable(columns, rows)
    .map((line) => `${line}\n`)
    .join("");
}

/** A stage of a run: how far it is, and what its tasks counted. */
export function stageTable({ name, tasks, complete, steps, counts }: StageStatus): string {
  const lines = Object.entries(counts ?? {}).map(([key, count]) => `  ${key} ${count}\n`);
  return `${name}: ${complete} of ${tasks} tasks complete\n${steps ? statsTable(steps) : lines.join("")}`;
}
