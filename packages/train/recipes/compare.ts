// Prints, as a Markdown table, how runs of recipes and their twins in PyTorch compare.
//
//     npx tsx --conditions=@llm/source packages/train/recipes/compare.ts FOLDER...      (each a recipe's --twin)
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TwinPlan, TwinResult } from "./twin/twin-folder.js";

const read = <T>(folder: string, name: string): T => JSON.parse(readFileSync(join(folder, name), "utf8"));
const perStep = (seconds: number, { losses }: TwinResult) => ((1000 * seconds) / losses.length).toFixed(0);

const largestOf = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!))).toExponential(1);

console.log(
  "| run | ours | PyTorch | steps | last losses | largest difference | logits, same weights | validation | CPU ms a step | wall ms a step |",
);
console.log("|---|---|---|---|---|---|---|---|---|---|");
for (const folder of process.argv.slice(2)) {
  const plan = read<TwinPlan>(folder, "plan.json");
  const ours = read<TwinResult>(folder, "ours.json");
  const theirs = read<TwinResult>(folder, "pytorch.json");
  const steps = Math.min(ours.losses.length, theirs.losses.length);
  const last = [ours, theirs].map(({ losses }) => losses[steps - 1]!.toFixed(4)).join(", ");
  const val = [ours, theirs].map((side) => side.val?.toFixed(4) ?? "-").join(", ");
  const cpu = [ours, theirs].map((side) => perStep(side.cpuSeconds, side)).join(", ");
  const wall = [ours, theirs].map((side) => perStep(side.wallSeconds, side)).join(", ");
  const name = `${basename(folder)}: ${plan.name}, ${plan.batchSize} x ${plan.blockSize}`;
  const largest = largestOf(ours.losses.slice(0, steps), theirs.losses);
  const logits = ours.logits && theirs.logitsOfOurs ? largestOf(ours.logits, theirs.logitsOfOurs) : "-";
  console.log(
    `| ${name} | ${ours.engine} | ${theirs.engine} | ${steps} | ${last} | ${largest} | ${logits} | ${val} | ${cpu} | ${wall} |`,
  );
}
