import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { DemoError } from "./errors.js";

/**
 * Takes a lock file for this process; answers what gives it back. A lock whose process is gone is
 * taken over. Throws `DemoError` while another process holds it.
 */
export function lock(path: string): () => void {
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = read(path);
    if (holder && isAlive(holder)) {
      throw new DemoError(
        `Process ${holder.pid} on ${holder.host} is at work on this run (${path}). Wait for it, choose another --name, or delete that file if the process is gone.`,
      );
    }
    rmSync(path, { force: true });
  }
}

interface Holder {
  pid: number;
  host: string;
}

function read(path: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined; // gone meanwhile, or cut short by a crash: nobody's
  }
}

function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true; // cannot be asked from here
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
