import { spawn } from "node:child_process";
import { expect } from "vitest";

/** A module's address as a script can import it; the path is relative to this folder. */
export function href(path: string): string {
  return JSON.stringify(new URL(path, import.meta.url).href);
}

/**
 * Runs a script, and kills it so long after it says something. It knows `runAll`, `runStage`, and `rest`, which says
 * something and waits for the end.
 */
export async function killScript(script: string, milliseconds: number): Promise<void> {
  const source = `
    import { runAll, runStage } from ${href("./run-stages.ts")};
    const rest = () => { console.log("there"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); };
    ${script}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill("SIGKILL");
  expect(await ended).toBe("SIGKILL");
}
