import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { DemoError } from "./errors.js";

/**
 * Takes a lock file for this process; answers what gives it back. A lock whose process is gone is
 * taken over. Throws `DemoError` while another process holds it.
 */
export function lock(path: string): () => void {
  const mine = { pid: process.pid, host: hostname() };
  while (!create(path, JSON.stringify(mine))) {
    const holder = read(path);
    if (holder && isAlive(holder)) {
      throw new DemoError(
        `Process ${holder.pid} on ${holder.host} is at work on this run (${path}). Wait for it, choose another --name, or delete that file if the process is gone.`,
      );
    }
    takeAway(path);
  }
  return () => {
    const holder = read(path);
    if (holder?.pid === mine.pid && holder.host === mine.host) rmSync(path, { force: true });
  };
}

/** Makes the file with its content in one go, so that nobody finds it empty; false where there is one. */
function create(path: string, content: string): boolean {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, content);
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
  } finally {
    rmSync(aside, { force: true });
  }
  try {
    writeFileSync(path, content, { flag: "wx" }); // this file system has no links
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a lock whose process is gone. Another process may have done so meanwhile, and hold it: then it is put back. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const taken = read(aside);
  if (taken && isAlive(taken)) create(path, JSON.stringify(taken));
  rmSync(aside, { force: true });
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
