import { InvalidArgumentError, nonEmpty, Option, wholeNumber } from "@llm/platform/command";
import { defaults } from "../settings.js";

export const nameOption = new Option("--name <name>", "folder of the run under runs/")
  .argParser(runName)
  .default(defaults.name as string);
export const runsOption = new Option("--runs <folder>", "where runs are kept")
  .argParser(nonEmpty)
  .default(defaults.runs as string);
export const seedOption = new Option("--seed <n>", "of all that is drawn at random")
  .argParser(wholeNumber(0, 2 ** 31 - 1))
  .default(defaults.seed as number);

/** A run's name becomes a folder: one path segment that stays inside `runs`. */
export function runName(name: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) return name;
  throw new InvalidArgumentError(
    'A name may have letters, digits, ".", "_" and "-", and starts with a letter or digit.',
  );
}
