import { join } from "node:path";
import { formatPercent } from "@llm/platform/terminal";
import type { RunArguments } from "./commands/arguments.js";
import { readExam } from "./exams.js";
import { type RunOptions, run } from "./run.js";
import type { ExamResult } from "./stages/exam.js";

/** Runs the story once, or with several seeds in folders of their own, and then says how far they differ. */
export async function runSeeds(args: RunArguments, options: RunOptions): Promise<void> {
  const runs = Array.from({ length: args.seeds }, (_, i) => ({
    ...args,
    seed: args.seed + i,
    name: i === 0 ? args.name : `${args.name}-seed-${args.seed + i}`,
  }));
  for (const each of runs) {
    if (runs.length > 1) options.terminal.heading(`Seed ${each.seed}`);
    await run(each, options);
  }
  if (runs.length === 1 || args.until === "base") return;

  const { terminal } = options;
  terminal.heading(`Over ${runs.length} seeds`);
  const models = [
    ["SFT", "sft"],
    ["SFT, then RL", "rl"],
    ...(args.controls
      ? [
          ["SFT for longer", "controls/longer-sft"],
          ["SFT, then RL with shuffled rewards", "controls/shuffled"],
        ]
      : []),
  ] as const;
  const exams = await Promise.all(
    models.map(async ([name, folder]) => ({
      name: name!,
      of: await Promise.all(runs.map((each) => readExam(join(each.runs, each.name, folder!)))),
    })),
  );
  const [sft, , longer] = exams;
  terminal.table(
    [
      { title: "model" },
      { title: "one try right (95%)", align: "right" },
      { title: "over SFT (95%)", align: "right" },
      ...(longer ? [{ title: "over SFT for longer (95%)", align: "right" as const }] : []),
      { title: "likeliest right", align: "right" },
      { title: "worked out", align: "right" },
    ],
    exams.map((exam) => {
      const { name, of } = exam;
      const rightOf = ({ sums }: ExamResult) => sums.passAt[1]!.mean;
      const right = of.map(rightOf);
      const gainOver = (other: typeof exam | undefined) =>
        other === exam ? "" : spread(right.map((value, i) => value - rightOf(other!.of[i]!)));
      return [
        name,
        spread(right),
        gainOver(sft),
        ...(longer ? [gainOver(longer)] : []),
        spread(of.map(({ sums }) => sums.greedy.mean)),
        formatPercent(of.reduce((sum, { worked }) => sum + worked, 0) / of.length),
      ];
    }),
  );
}

/** 97.5% quantiles of Student's t for 1 to 9 degrees of freedom. */
const QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** A mean over seeds and half its 95% interval. */
function spread(values: readonly number[]): string {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return `${mean.toFixed(3)} ± ${(QUANTILES[n - 2]! * Math.sqrt(variance / n)).toFixed(3)}`;
}
