import { version } from "../../package.json";
import { Arguments, nearest } from "./arguments.js";
import { COMMANDS } from "./commands.js";
import { type Io, UsageError, write } from "./io.js";

const usage = `Web pages to clean, deduplicated text and token shards.

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  dataset ${name.padEnd(9)} ${summary}`)
  .join("\n")}

"dataset <command> --help" says more; --version. Results go to stdout, progress and errors to stderr.
`;

/**
 * Does what a command line (without node and the script) asks for.
 *
 * @returns the exit code: 0, 1 where it failed, 2 where the command line makes no sense, 130 after Ctrl-C.
 */
export async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  try {
    await runCommand(argv, io);
    return 0;
  } catch (error) {
    // Who read the output has seen enough, as `head` has.
    if ((error as { code?: unknown }).code === "EPIPE") return 0;
    const [code, message] = io.signal.aborted ? [130, "stopped"] : [codeOf(error), messageOf(error)];
    await write(io.stderr, `dataset: ${message}\n`).catch(() => {});
    return code;
  }
}

async function runCommand([name, ...rest]: readonly string[], io: Io): Promise<void> {
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
      `${JSON.stringify(name)} is no command${near ? `, did you mean ${near}` : ""}. "dataset --help" lists what there is.`,
    );
  }
  const options = new Arguments(name, rest, { ...command.options, help: "flag" });
  if (options.has("help")) return write(io.stdout, `${command.help}\n`);
  await command.run(options, io);
}

function codeOf(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}

/** What we or the file system say of it; anything else is a fault of a program, and its stack helps to find it. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Errors that are meant for people have classes of their own; a TypeError is nobody's message.
  const expected = "code" in error || !(error.name in globalThis);
  return expected ? error.message : (error.stack ?? error.message);
}
