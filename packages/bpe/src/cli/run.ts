import { version } from "../../package.json";
import { BpeError } from "../errors.js";
import { Arguments, nearest } from "./arguments.js";
import { COMMANDS } from "./commands.js";
import { type Io, UsageError, write } from "./io.js";

const usage = `Byte-level BPE: train a vocabulary, encode and decode.

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  bpe ${name.padEnd(10)} ${summary}`)
  .join("\n")}

"bpe <command> --help" says more; --version. Results go to stdout, progress and errors to stderr.
`;

/**
 * Does what a command line (without node and the script) asks for.
 *
 * @returns the exit code: 0, 1 where it failed, 2 where the command line makes no sense, 130 after Ctrl-C.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    await dispatch(argv, io);
    return 0;
  } catch (error) {
    // Who read the output has seen enough, as `head` has.
    if ((error as { code?: unknown }).code === "EPIPE") return 0;
    const [code, message] = io.signal.aborted ? [130, "stopped"] : [codeOf(error), messageOf(error)];
    await write(io.stderr, `bpe: ${message}\n`).catch(() => {});
    return code;
  }
}

async function dispatch([name, ...rest]: readonly string[], io: Io): Promise<void> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    await write(name === undefined ? io.stderr : io.stdout, usage);
    if (name === undefined) throw new UsageError("no command was given.");
    return;
  }
  if (name === "--version") return write(io.stdout, `${version}\n`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const near = nearest(name, Object.keys(COMMANDS));
    throw new UsageError(
      `${JSON.stringify(name)} is no command${near ? `, did you mean ${near}` : ""}. "bpe --help" lists what there is.`,
    );
  }
  const options = new Arguments(name, rest, command.options);
  if (options.has("help")) return write(io.stdout, `${command.help}\n`);
  await command.run(options, io);
}

function codeOf(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}

/** What we or the file system say of it; anything else is a fault of this program, and its stack helps to find it. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof BpeError || error instanceof UsageError || "code" in error;
  return expected ? error.message : (error.stack ?? error.message);
}
