import type { StageStatus } from "../node/run/reports.js";
import type { StepStats } from "../pipeline.js";

/** Statistics as lines of text: what each step took and passed on, and why it dropped the rest. */
export function statsTable(stats: readonly StepStats[]): string {
  const rows = stats.map(({ name, in: taken, out, dropped }) => ({
    cells: [name, `${taken}`, `${out}`, percent(out, taken)],
    reasons: Object.entries(dropped)
      .sort((a, b) => b[1] - a[1])
      .map(([reason, count]) => `${reason} ${count}`)
      .join(", "),
  }));
  const all = [{ cells: ["step", "in", "out", "kept"], reasons: "dropped" }, ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map(({ cells }) => cells[column]!.length)));
  return all
    .map(({ cells: [name, ...numbers], reasons }) => {
      const padded = numbers.map((cell, i) => cell.padStart(widths[i + 1]!));
      return `${[name!.padEnd(widths[0]!), ...padded, reasons].join("  ").trimEnd()}\n`;
    })
    .join("");
}

/** A stage of a run: how far it is, and what its tasks counted. */
export function stageTable({ name, tasks, complete, steps, counts }: StageStatus): string {
  const lines = Object.entries(counts ?? {}).map(([key, count]) => `  ${key} ${count}\n`);
  return `${name}: ${complete} of ${tasks} tasks complete\n${steps ? statsTable(steps) : lines.join("")}`;
}

function percent(part: number, all: number): string {
  return all === 0 ? "-" : `${((100 * part) / all).toFixed(1)}%`;
}
