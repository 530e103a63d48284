import process from "node:process";
import { type Program, run } from "./run.js";

/** npm passes on what the terminal sent to both: within this many milliseconds two signals are one key. */
const ONE_KEY = 200;

/** Runs a program on the process's own command line and streams, and sets the exit code. */
export async function main(program: Program): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const interrupt = new AbortController();
  let first = 0;
  const onInterrupt = () => {
    if (!interrupt.signal.aborted) {
      first = performance.now();
      interrupt.abort();
      stdin.destroy(); // a terminal may never say anything again
    } else if (performance.now() - first > ONE_KEY) {
      // The second Ctrl-C ends the process at once, as Node does by default.
      process.off("SIGINT", onInterrupt);
      process.kill(process.pid, "SIGINT");
    }
  };
  process.on("SIGINT", onInterrupt);
  // What fails to be written is told to whoever waits for the write.
  stdout.on("error", () => {});
  stderr.on("error", () => {});

  const io = { stdin, stdout, stderr, env, signal: interrupt.signal };
  process.exitCode = await run(program, process.argv.slice(2), io);
  // A stdin that is still open would keep the process waiting.
  stdin.destroy();
}
