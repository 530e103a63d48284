import { parseArgs } from "node:util";
import { DemoError } from "./errors.js";
import { defaults } from "./settings.js";

/** What the command line asked for. */
export type Command =
  | { command: "help" }
  | ({ command: "run" } & RunArguments)
  | ({ command: "sample"; text: string } & SampleArguments)
  | { command: "explain"; file: string; name: string; runs: string }
  | { command: "warc"; folder: string; output: string };

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
  name: string;
  runs: string;
  tokens: number;
  temperature: number;
  topP: number;
  seed: number;
}

export const usage = `Documents in, a trained model that writes text out.

  npm run demo                        on the documentation in node_modules
  npm run demo -- --input <path>      on your own: .md .html .txt .jsonl .warc (also .gz), or a folder of them
  npm run demo -- sample "text"       let the trained model write on
  npm run demo -- explain <file>      what every filter says about a document
  npm run demo -- warc <folder> <out.warc.gz>   put a folder of .html and .html.gz pages into one WARC

Options of a run
  --input <path>      may be given several times
  --name <name>       folder of the run under runs/ (default: ${defaults.name})
  --steps <n>         training steps (default: ${defaults.steps})
  --minutes <m>       training steps for about m minutes on two plain cores, instead of --steps
  --megabytes <n>     read at most this much input (default: ${defaults.megabytes})
  --seed <n>          (default: ${defaults.seed})
  --runs <folder>     where runs are kept (default: ${defaults.runs})

Options of sample (and explain: --name, --runs)
  --name, --runs, --seed   as above
  --tokens <n>        how much to write (default: ${defaults.tokens})
  --temperature <t>   0 always takes the likeliest token (default: ${defaults.temperature})
  --top-p <p>         (default: ${defaults.topP})

Ctrl-C stops a run; the same command goes on where it stood. Progress goes to stderr, results to stdout.
`;

const options = {
  help: { type: "boolean", short: "h" },
  input: { type: "string", multiple: true },
  name: { type: "string" },
  runs: { type: "string" },
  steps: { type: "string" },
  minutes: { type: "string" },
  megabytes: { type: "string" },
  seed: { type: "string" },
  tokens: { type: "string" },
  temperature: { type: "string" },
  "top-p": { type: "string" },
} as const;

type OptionName = keyof typeof options;

const allowed: Record<string, readonly OptionName[]> = {
  run: ["input", "name", "runs", "steps", "minutes", "megabytes", "seed"],
  sample: ["name", "runs", "seed", "tokens", "temperature", "top-p"],
  explain: ["name", "runs"],
  warc: [],
};

/** Reads a command line (without node and the script). Throws `DemoError` for what makes no sense. */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { command: "help" };
  const command = positionals.shift() ?? "run";
  for (const name of Object.keys(values) as OptionName[]) {
    if (!allowed[command]?.includes(name)) {
      throw new DemoError(
        allowed[command]
          ? `--${name} means nothing to "${command}". ${seeHelp}`
          : `"${command}" is no command: sample, explain or warc, or none to run the pipeline. ${seeHelp}`,
      );
    }
  }
  const number = (name: OptionName, otherwise: number, low: number, high: number, whole = true): number => {
    const given = values[name];
    if (given === undefined) return otherwise;
    const value = Number(given);
    if (given !== "" && value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
    const kind = whole ? "a whole number" : "a number";
    throw new DemoError(`--${name} ${given}: it must be ${kind} from ${low} to ${high}`);
  };
  const place = { name: runName(values.name ?? defaults.name), runs: values.runs ?? defaults.runs };
  const seed = number("seed", defaults.seed, 0, 2 ** 31 - 1);

  switch (command) {
    case "run": {
      if (values.steps !== undefined && values.minutes !== undefined) {
        throw new DemoError("--steps and --minutes say the same thing: give one of them");
      }
      const minutes = number("minutes", 0, 0.01, 10_000, false);
      const steps = minutes
        ? Math.max(1, Math.round(minutes * defaults.stepsPerMinute))
        : number("steps", defaults.steps, 1, 1_000_000);
      const megabytes = number("megabytes", defaults.megabytes, 0.001, 1000, false);
      return { command, input: values.input ?? [], ...place, steps, seed, megabytes };
    }
    case "sample":
      return {
        command,
        text: only(positionals, 'a text: npm run demo -- sample "text"'),
        ...place,
        seed,
        tokens: number("tokens", defaults.tokens, 1, 100_000),
        temperature: number("temperature", defaults.temperature, 0, 100, false),
        topP: number("top-p", defaults.topP, 0, 1, false),
      };
    case "explain":
      return { command, file: only(positionals, "a file: npm run demo -- explain <file>"), ...place };
    case "warc": {
      const [folder, output, ...more] = positionals;
      if (!folder || !output || more.length > 0) {
        throw new DemoError(
          "warc takes a folder and a file to write: npm run demo -- warc <folder> <out.warc.gz>",
        );
      }
      return { command, folder, output };
    }
    default:
      throw new DemoError(
        `"${command}" is no command: sample, explain or warc, or none to run the pipeline. ${seeHelp}`,
      );
  }
}

const seeHelp = "npm run demo -- --help lists what there is.";

function parse(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values: { ...values }, positionals: [...positionals] };
  } catch (error) {
    throw new DemoError(`${(error as Error).message}. ${seeHelp}`);
  }
}

function only(positionals: readonly string[], what: string): string {
  if (positionals.length !== 1) throw new DemoError(`This takes ${what}`);
  return positionals[0]!;
}

/** A run's name becomes a folder: one path segment that stays inside `runs`. */
function runName(name: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) return name;
  throw new DemoError(
    `--name ${name}: a name may have letters, digits, ".", "_" and "-", and starts with a letter or digit`,
  );
}
