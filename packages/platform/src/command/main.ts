import process from "node:process";
import { type Program, run } from "./run.js";

/** Runs a program on the process's own command line and streams, and sets the exit code. */
export async function main(program: Program): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const interrupt = new AbortController();
  // Once: the second Ctrl-C ends the process at once, as Node does by default.
  process.once("SIGINT", () => {
    interrupt.abort();
    stdin.destroy(); // a terminal may never say anything again
  });
  // What fails to be written is told to whoever waits for the write.
  stdout.on("error", () => {});
  stderr.on("error", () => {});

  const io = { stdin, stdout, stderr, env, signal: interrupt.signal };
  process.exitCode = await run(program, process.argv.slice(2), io);
  // A stdin that is still open would keep the process waiting.
  stdin.destroy();
}
