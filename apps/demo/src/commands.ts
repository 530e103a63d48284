import {
  Command,
  decimalNumber,
  InvalidArgumentError,
  type Io,
  nonEmpty,
  Option,
  type Program,
  repeated,
  wholeNumber,
} from "@llm/platform/command";
import { version } from "../package.json";
import { defaults } from "./settings.js";

export interface RunArguments {
  /** Files and folders; empty means the documentation in node_modules. */
  input: string[];
  name: string;
  runs: string;
  steps: number;
  seed: number;
  megabytes: number;
}

export interface SampleArguments {
  text: string;
  name: string;
  runs: string;
  tokens: number;
  temperature: number;
  topP: number;
  seed: number;
}

export interface ExplainArguments {
  file: string;
  name: string;
  runs: string;
}

interface WarcArguments {
  folder: string;
  output: string;
}

/** What each command does with its arguments. */
export interface Work {
  run(args: RunArguments, io: Io): Promise<void>;
  sample(args: SampleArguments, io: Io): Promise<void>;
  explain(args: ExplainArguments, io: Io): Promise<void>;
  warc(args: WarcArguments, io: Io): Promise<void>;
}

/** The command line of the demo. */
export function demoProgram(work: Work): Program {
  return {
    name: "demo",
    invocation: "npm run demo --",
    version,
    description: "Documents in, a trained model that writes text out.",
    defaultCommand: "run",
    commands: [
      (io) => runCommand(work, io),
      (io) => sampleCommand(work, io),
      (io) => explainCommand(work, io),
      (io) => warcCommand(work, io),
    ],
  };
}

const nameOption = new Option("--name <name>", "folder of the run under runs/")
  .argParser(runName)
  .default(defaults.name as string);
const runsOption = new Option("--runs <folder>", "where runs are kept")
  .argParser(nonEmpty)
  .default(defaults.runs as string);
const seedOption = new Option("--seed <n>", "of all that is drawn at random")
  .argParser(wholeNumber(0, 2 ** 31 - 1))
  .default(defaults.seed as number);

const runCommand = (work: Work, io: Io) =>
  new Command("run")
    .summary("the whole pipeline; what runs where no command is named")
    .addHelpText("after", "\nExample:\n  npm run demo -- --input my-pages --name mine --minutes 5")
    .description("Runs the whole pipeline. Ctrl-C stops it; the same command goes on where it stood.")
    .addOption(
      new Option(
        "--input <path>",
        "documents: .md .html .txt .jsonl .warc (also .gz), or a folder of them; may be given several times; " +
          "default: the documentation in node_modules",
      ).argParser(repeated),
    )
    .addOption(nameOption)
    .option("--steps <n>", "training steps", wholeNumber(1, 1_000_000), defaults.steps as number)
    .addOption(
      new Option("--minutes <m>", "training steps for about m minutes on two plain cores, instead of --steps")
        .argParser(decimalNumber(0.01, 10_000))
        .conflicts("steps"),
    )
    .option(
      "--megabytes <n>",
      "read at most this much input",
      decimalNumber(0.001, 1000),
      defaults.megabytes as number,
    )
    .addOption(seedOption)
    .addOption(runsOption)
    .action(({ minutes, input = [], ...options }) => {
      const steps = minutes ? Math.max(1, Math.round(minutes * defaults.stepsPerMinute)) : options.steps;
      return work.run({ ...options, input, steps }, io);
    });

const sampleCommand = (work: Work, io: Io) =>
  new Command("sample")
    .summary("let the trained model write on")
    .addHelpText("after", '\nExample:\n  npm run demo -- sample "To install" --temperature 0.5')
    .argument("<text>", "what it goes on from")
    .addOption(nameOption)
    .option("--tokens <n>", "how much to write", wholeNumber(1, 100_000), defaults.tokens as number)
    .option(
      "--temperature <t>",
      "0 always takes the likeliest token",
      decimalNumber(0, 100),
      defaults.temperature as number,
    )
    .option(
      "--top-p <p>",
      "only from the likeliest tokens that make up this share",
      decimalNumber(0, 1),
      defaults.topP as number,
    )
    .addOption(seedOption)
    .addOption(runsOption)
    .action((text, options) => work.sample({ text, ...options }, io));

const explainCommand = (work: Work, io: Io) =>
  new Command("explain")
    .summary("what every filter says about a document")
    .addHelpText("after", "\nExample:\n  npm run demo -- explain README.md")
    .argument("<file>", "one with documents, such as page.html", nonEmpty)
    .addOption(nameOption)
    .addOption(runsOption)
    .action((file, options) => work.explain({ file, ...options }, io));

const warcCommand = (work: Work, io: Io) =>
  new Command("warc")
    .summary("put a folder of .html and .html.gz pages into one WARC")
    .addHelpText("after", "\nExample:\n  npm run demo -- warc pages pages.warc.gz")
    .argument("<folder>", "where the pages are", nonEmpty)
    .argument("<output>", "the file to write, such as pages.warc.gz", nonEmpty)
    .action((folder, output) => work.warc({ folder, output }, io));

/** A run's name becomes a folder: one path segment that stays inside `runs`. */
function runName(name: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) return name;
  throw new InvalidArgumentError(
    'A name may have letters, digits, ".", "_" and "-", and starts with a letter or digit.',
  );
}
