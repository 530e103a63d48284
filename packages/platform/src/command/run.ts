import { Command, CommanderError, type CommandUnknownOpts, type Option } from "@commander-js/extra-typings";
import { describeError, isBrokenPipe, isSystemError, UsageError } from "./errors.js";
import { type Io, write } from "./io.js";

/** Wider text is hard to read. */
const MAX_HELP_WIDTH = 100;

/** A program with commands, such as `bpe` with `bpe train`. */
export interface Program {
  name: string;
  version: string;
  /** How it is called, where that is not by its name. */
  invocation?: string;
  /** What it does, in a line. */
  description: string;
  /** Each makes a new command, whose action uses the streams that it is given here. */
  commands: readonly ((io: Io) => CommandUnknownOpts)[];
  /** The command that runs where the command line names none. */
  defaultCommand?: string;
  /** A first word that is no command is the default command's, as the folder in `gpt folder`. */
  defaultTakesWords?: boolean;
  /** The first operand may stand before the command, as the folder in `sample folder serve`. */
  operandFirst?: boolean;
  /** Options that people know from elsewhere, and what there is here instead: said where a command line makes no sense. */
  elsewhere?: Readonly<Record<string, string>>;
}

/**
 * Does what a command line (without node and the script) asks for.
 *
 * @returns the exit code: 0, 1 where it failed, 2 where the command line makes no sense, 130 after Ctrl-C.
 */
export async function run(program: Program, argv: readonly string[], io: Io): Promise<number> {
  const { name } = program;
  const said = { out: "", err: "" };
  const { root, running } = assemble(program, io, said);
  let code = 0;
  try {
    const names = root.commands.map((command) => command.name());
    const ordered = program.operandFirst ? commandFirst(names, argv) : argv;
    await root.parseAsync(withDefault(program, names, ordered), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      code = error.exitCode === 0 ? 0 : 2;
      if (error.code === "commander.help" && code === 2) said.err += `\n${name}: no command was given.\n`;
      if (code === 2) said.err += elsewhere(program, argv);
    } else if (isBrokenPipe(error)) {
      code = 0;
    } else if (io.signal.aborted) {
      code = 130;
      said.err += `${name}: ${isSystemError(error) ? `stopped, with an error: ${error.message}` : "stopped"}\n`;
    } else {
      code = error instanceof UsageError ? 2 : 1;
      said.err += `${name}: ${describeError(error)}\n`;
      if (code === 2) said.err += `${seeHelp(running())}\n`;
    }
  }
  // Whoever does not listen any more needs no answer.
  await Promise.all([write(io.stdout, said.out), write(io.stderr, said.err)]).catch(() => {});
  return code;
}

/** The program as commander has it. It writes synchronously, so its words are collected in `said`. */
function assemble(program: Program, io: Io, said: { out: string; err: string }) {
  const { name, invocation = name, version, description, commands, defaultCommand } = program;
  const width = (columns: number | undefined) => Math.min(columns ?? MAX_HELP_WIDTH, MAX_HELP_WIDTH);
  const root = new Command(invocation)
    .description(description)
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .usage("<command> [options]")
    .exitOverride()
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
      writeOut: (text) => {
        said.out += text;
      },
      writeErr: (text) => {
        said.err += text;
      },
      outputError: (text, writeErr) => writeErr(text.replace(/^error: /, `${name}: `)),
      getOutHelpWidth: () => width(io.stdout.columns),
      getErrHelpWidth: () => width(io.stderr.columns),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  let running: CommandUnknownOpts = root;
  root.hook("preSubcommand", (_, command) => {
    running = command;
    checkOptionNames(command, root.args.slice(1));
  });
  for (const make of commands) {
    const command = make(io).copyInheritedSettings(root);
    root.addCommand(command);
    command.showHelpAfterError(seeHelp(command));
    if (command.name() === defaultCommand) {
      root
        .usage("[command] [options]")
        .addHelpText("after", () => `\n${command.helpInformation().trimEnd()}`);
    }
  }
  root.showHelpAfterError(seeHelp(root));
  root.addHelpText(
    "after",
    `\n"${invocation} <command> --help" says more. Results go to stdout, progress and errors to stderr.`,
  );
  return { root, running: () => running };
}

/** Commander asks for a missing option first, but often it is there, misspelt. */
function checkOptionNames(command: CommandUnknownOpts, args: readonly string[]): void {
  const names = new Command(command.name()).copyInheritedSettings(command).helpOption(false);
  for (const { flags } of command.options) names.option(flags);
  names.option("-h, --help").argument("[operands...]");
  names.parse(args, { from: "user" });
}

/** What an option means, what it may be, and what it is where it is not given. */
function describeOption({ description, argChoices, defaultValue, defaultValueDescription }: Option): string {
  const meaning = argChoices ? `${description}: ${argChoices.join(", ")}` : description;
  const otherwise = defaultValueDescription ?? defaultValue;
  return otherwise === undefined ? meaning : `${meaning}; default: ${otherwise}`;
}

/** What there is instead of options that are another program's. */
function elsewhere({ elsewhere = {} }: Program, argv: readonly string[]): string {
  const used = new Set(argv.map((word) => word.replace(/=.*/s, "")));
  const known = [...used].filter((word) => Object.hasOwn(elsewhere, word));
  return known.map((word) => `${word}: ${elsewhere[word]}\n`).join("");
}

function seeHelp(command: CommandUnknownOpts): string {
  const names: string[] = [];
  for (let at: CommandUnknownOpts | null = command; at; at = at.parent) names.unshift(at.name());
  return `"${names.join(" ")} --help" lists what there is.`;
}

/** A command line that is empty or begins with an option is meant for the default command; so are words, if it takes them. */
function withDefault(
  { defaultCommand, defaultTakesWords = false }: Program,
  names: readonly string[],
  argv: readonly string[],
): string[] {
  const [first = "-"] = argv;
  const isWord = !first.startsWith("-") && !(defaultTakesWords && ![...names, "help"].includes(first));
  const forProgram = isWord || ["-h", "--help", "--version"].includes(first);
  return defaultCommand === undefined || forProgram ? [...argv] : [defaultCommand, ...argv];
}

/** A command that stands second, behind a word that is none, comes first. */
function commandFirst(names: readonly string[], argv: readonly string[]): readonly string[] {
  const [first = "-", second = "", ...rest] = argv;
  const isOperand = !first.startsWith("-") && ![...names, "help"].includes(first);
  return isOperand && names.includes(second) ? [second, first, ...rest] : argv;
}
