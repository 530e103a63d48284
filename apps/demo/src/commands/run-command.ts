import {
  Command,
  decimalNumber,
  type Io,
  nonEmpty,
  Option,
  repeated,
  wholeNumber,
} from "@llm/platform/command";
import { defaults, quick as quickRun } from "../settings.js";
import type { RunArguments } from "./arguments.js";
import { runName, runsOption, seedOption } from "./options.js";

/** The whole story, and how much of it. */
export const runCommand = (run: (args: RunArguments, io: Io) => Promise<void>, io: Io) =>
  new Command("run")
    .summary("the whole story; what runs where no command is named")
    .addHelpText(
      "after",
      "\nExamples:\n  npm run demo -- --quick\n  npm run demo -- --input my-pages --name mine --minutes 5",
    )
    .description(
      "From raw documents to an assistant. Ctrl-C stops it; the same command goes on where it stood.",
    )
    .addOption(
      new Option(
        "--input <path>",
        "documents: .md .html .txt .jsonl .warc (also .gz), or a folder of them; may be given several times; " +
          "default: the documentation in node_modules",
      ).argParser(repeated),
    )
    .option("--conversations <file>", 'your own to fine-tune on: a {"messages": [..]} a line', nonEmpty)
    .option(
      "--name <name>",
      'folder of the run under runs/; default: "demo", or "quick" with --quick',
      runName,
    )
    .option("--quick", "a small model that learns for a minute: every stage, not its results", false)
    .addOption(
      new Option("--until <act>", "stop behind the base model, or go to the end")
        .choices(["base", "end"] as const)
        .default("end" as const),
    )
    .option("--controls", "also train what the results are compared with", false)
    .option("--reward-model", "also show how a learned reward is gamed", false)
    .option(
      "--seeds <n>",
      "run the story with so many seeds, and give intervals over them",
      wholeNumber(1, 10),
      1,
    )
    .option(
      "--steps <n>",
      `training steps of the base model; default: ${defaults.steps}`,
      wholeNumber(1, 1_000_000),
    )
    .addOption(
      new Option(
        "--minutes <m>",
        "train the base model for about m minutes on two plain cores, instead of --steps",
      )
        .argParser(decimalNumber(0.01, 10_000))
        .conflicts("steps"),
    )
    .option(
      "--megabytes <n>",
      `read at most this much input; default: ${defaults.megabytes}`,
      decimalNumber(0.001, 1000),
    )
    .addOption(seedOption)
    .addOption(runsOption)
    .action(({ minutes, input = [], conversations, ...options }) => {
      const usual = options.quick ? { ...quickRun, name: "quick" } : defaults;
      const { name = usual.name, megabytes = usual.megabytes } = options;
      const { steps = minutes ? Math.max(1, Math.round(minutes * defaults.stepsPerMinute)) : usual.steps } =
        options;
      const args = { ...options, name, megabytes, steps, input };
      return run(conversations === undefined ? args : { ...args, conversations }, io);
    });
