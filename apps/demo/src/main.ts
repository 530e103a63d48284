import { type Io, main, write } from "@llm/platform/command";
import { chat } from "./chat.js";
import { demoProgram } from "./commands/program.js";
import { withWayOut } from "./errors.js";
import { explainFile } from "./explain.js";
import { pagesToWarc } from "./pages-to-warc.js";
import { sample } from "./sample.js";
import { runSeeds } from "./seeds.js";
import { serveRun } from "./serve.js";
import { quickRecipe, recipe } from "./settings.js";
import { viewRun } from "./site.js";
import { Terminal } from "./terminal.js";

/** Gives the work a terminal, and takes its live line away at the end. */
async function onTerminal(io: Io, work: (terminal: Terminal) => Promise<void>): Promise<void> {
  const terminal = new Terminal(io);
  try {
    await work(terminal);
  } catch (error) {
    throw withWayOut(error);
  } finally {
    terminal.clear();
  }
}

await main(
  demoProgram({
    run: (args, io) =>
      onTerminal(io, (terminal) => {
        const { signal } = io;
        signal.addEventListener("abort", () =>
          terminal.warn("Stopping at the next safe point. The same command goes on from there."),
        );
        return runSeeds(args, { recipe: args.quick ? quickRecipe : recipe, terminal, signal });
      }),
    chat,
    serve: serveRun,
    view: viewRun,
    sample: (args, { stdout, signal }) => sample(args, (piece) => write(stdout, piece), signal),
    explain: (args, io) => onTerminal(io, (terminal) => explainFile(args, terminal)),
    warc: ({ folder, output }, io) => onTerminal(io, (terminal) => pagesToWarc(folder, output, terminal)),
  }),
);
