import { spawn } from "node:child_process";

/**
 * Runs a module, given as its code, in a process of its own that takes our packages from their sources, and answers what it
 * printed. One that does not end by itself within the limit is killed, and named in the error.
 */
export async function runToEnd(code: string, limitMs = 45_000): Promise<string> {
  const flags = ["--conditions=@llm/source", "--import", "tsx", "--input-type=module", "--eval", code];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  let errors = "";
  child.stdout.on("data", (data) => {
    printed += data;
  });
  child.stderr.on("data", (data) => {
    errors += data;
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  if (status === null) throw new Error(`the process did not end by itself; it printed: ${printed}${errors}`);
  if (status !== 0) throw new Error(`the process ended with status ${status}: ${errors}`);
  return printed;
}
