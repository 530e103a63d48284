import process from "node:process";
import { parseArguments, usage } from "./arguments.js";
import { explainError } from "./errors.js";
import { explainFile } from "./explain.js";
import { pagesToWarc } from "./pages-to-warc.js";
import { run } from "./run.js";
import { sample } from "./sample.js";
import { recipe } from "./settings.js";
import { Terminal } from "./terminal.js";

const terminal = new Terminal(process);
const abort = new AbortController();
process.on("SIGINT", () => {
  if (abort.signal.aborted) process.exit(130); // asked twice: at once
  abort.abort();
  terminal.warn("Stopping at the next safe point. The same command goes on from there.");
});

async function main(): Promise<void> {
  const args = parseArguments(process.argv.slice(2));
  const { signal } = abort;
  switch (args.command) {
    case "help":
      return void process.stdout.write(usage);
    case "run":
      return run(args, { recipe, terminal, signal });
    case "sample":
      return sample(args, (piece) => process.stdout.write(piece), signal);
    case "explain":
      return explainFile(args, terminal);
    case "warc":
      return pagesToWarc(args.folder, args.output, terminal);
  }
}

try {
  await main();
} catch (error) {
  if (abort.signal.aborted && error === abort.signal.reason) process.exitCode = 130;
  else {
    terminal.warn(explainError(error));
    process.exitCode = 1;
  }
}
