import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** Milliseconds between two signs of life. */
const BEAT = 2000;
/** Milliseconds without one after which a run elsewhere is taken for dead. */
const PATIENCE = 15_000;

/** Another run is at work in the folder. */
export class RunInProgressError extends Error {
  override readonly name = "RunInProgressError";
  readonly logDir: string;
  constructor(logDir: string, holder: string) {
    super(
      `Another run is at work in logDir ${logDir}: ${holder}. Wait until it ends, or give this one a folder of its own.`,
    );
    this.logDir = logDir;
  }
}

interface Holder {
  token: string;
  pid: number;
  host: string;
}

/**
 * Keeps other runs out of a folder until the result is called. A lock whose run was killed is taken over: at once where it ran on this
 * machine, elsewhere when it has given no sign of life for 15 seconds.
 *
 * @throws RunInProgressError
 */
export async function lockFolder(folder: string, signal?: AbortSignal): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "running.json");
  const mine: Holder = { token: randomUUID(), pid: process.pid, host: hostname() };
  await acquire(path, mine, folder, signal);
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), BEAT);
  beat.unref();
  return async () => {
    clearInterval(beat);
    if ((await holderOf(path))?.token === mine.token) await rm(path, { force: true });
  };
}

/**
 * Who finds a dead lock removes it, and only who holds a lock of that lock may: without it, one that is late would remove the lock
 * of who was faster.
 */
async function acquire(path: string, mine: Holder, folder: string, signal?: AbortSignal): Promise<void> {
  while (!(await create(path, mine))) {
    const found = await holderOf(path);
    if (found === undefined) continue;
    if (await isAlive(path, found, signal)) throw new RunInProgressError(folder, describe(found));
    const removal = `${path}.${found.token}`;
    await acquire(removal, mine, folder, signal);
    try {
      if ((await holderOf(path))?.token === found.token) await rm(path, { force: true });
    } finally {
      await rm(removal, { force: true });
    }
  }
}

/** Whether the file was not there. */
async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(JSON.stringify(holder)).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    await rm(path, { force: true });
    throw error;
  }
}

/** Undefined where there is no lock; one that is not wholly written, or was cut off by a full disk, has its time as its token. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return { token: `${await beatOf(path)}`, pid: 0, host: "" };
  }
}

async function isAlive(path: string, { pid, host }: Holder, signal?: AbortSignal): Promise<boolean> {
  if (host === hostname() && !exists(pid)) return false;
  // That a process has this number proves nothing: it may be another one's by now.
  const since = await beatOf(path);
  if (since === undefined) return false;
  for (let waited = 0; waited < PATIENCE; waited += 250) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    signal?.throwIfAborted();
    if ((await beatOf(path)) !== since) return true;
  }
  return false;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function beatOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

function describe({ pid, host }: Holder): string {
  return host ? `process ${pid} on ${host}` : "it has just begun";
}
