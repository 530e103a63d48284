import type { Program } from "@llm/platform/command";
import { version } from "../../package.json";
import { evalCommand } from "./commands/eval.js";
import { inspectCommand } from "./commands/inspect.js";
import { lrRangeCommand } from "./commands/lr-range.js";
import { resumeCommand, runCommand } from "./commands/run.js";

/** All that `train` does. */
export const program: Program = {
  name: "train",
  version,
  description: "Trains a language model as a file says, and goes on where it stopped.",
  defaultCommand: "run",
  defaultTakesWords: true,
  commands: [runCommand, resumeCommand, evalCommand, inspectCommand, lrRangeCommand],
};
