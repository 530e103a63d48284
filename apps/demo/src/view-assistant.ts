import { formatPercent } from "@llm/platform/terminal";
import { oneLine } from "./one-line.js";
import type { AssistantReport, ExamGain, ExamRow } from "./report/data.js";
import type { Terminal } from "./terminal.js";

/** The test as a table. */
export function showExams(terminal: Terminal, exams: readonly ExamRow[]): void {
  terminal.table(
    [
      { title: "model" },
      { title: "one try right (95%)", align: "right" },
      { title: "likeliest right", align: "right" },
      { title: "worked out", align: "right" },
      { title: "tokens", align: "right" },
      { title: "don't know: made up", align: "right" },
      { title: "real", align: "right" },
    ],
    exams.map(({ name, passAt1: { mean, low, high }, greedy, worked, length, unknown }) => [
      name,
      `${mean.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
      greedy.toFixed(3),
      worked.toFixed(3),
      length.toFixed(1),
      shareOf(unknown.madeUp),
      shareOf(unknown.unseen),
    ]),
  );
}

/** What each model gained over another. */
export function showGains(terminal: Terminal, gains: readonly ExamGain[]): void {
  for (const { name, over, gain } of gains) {
    const { mean, low, high } = gain;
    const means = low > 0 ? "better for sure" : high < 0 ? "worse for sure" : "which may be chance";
    terminal.line(
      `  ${name}: ${signed(mean)} over ${over}, between ${signed(low)} and ${signed(high)}: ${means}.`,
    );
  }
}

/** What the models say to the same questions. */
export function showCompared(terminal: Terminal, compared: AssistantReport["compared"]): void {
  for (const { question, expected, answers } of compared) {
    terminal.line(`  ${question}`);
    for (const [name, answer] of Object.entries(answers)) {
      terminal.line(`    ${name.padEnd(5)} ${oneLine(answer, 90)}`);
    }
    terminal.dim(`    ${"right".padEnd(5)} ${oneLine(expected, 90)}`);
  }
}

/** A difference with its sign. */
export function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3)}`;
}

/** A share and of how many; nothing where nothing was asked. */
export function shareOf({ share, of }: { share: number; of: number }): string {
  return of ? `${formatPercent(share)} of ${of}` : "";
}
