import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AtomicFile, syncFolder } from "../../shards/file.js";
import type { StageReport } from "./stage.js";

/** What a task counted: a pipeline in its steps, a stage by names. */
export type TaskStats = Pick<StageReport, "steps" | "counts">;

/**
 * What is known of a stage's tasks, in a folder: `completed/00003` for each that is complete, its statistics in
 * `stats/00003.json`, and in `checkpoints/00003.json` from where one that is not can go on.
 */
export class LogFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get manifest(): string {
    return join(this.path, "manifest.json");
  }

  /** The ranks whose tasks are not complete yet. */
  async pending(tasks: number): Promise<number[]> {
    const names = await readdir(join(this.path, "completed")).catch(() => []);
    const complete = new Set(names);
    return Array.from({ length: tasks }, (_, rank) => rank).filter((rank) => !complete.has(digits(rank)));
  }

  /** Marks a task as complete. Everything that it wrote has to be on the disk. */
  async complete(rank: number, stats: TaskStats, outputs: readonly string[] = []): Promise<void> {
    await writeJson(join(this.path, "stats", `${digits(rank)}.json`), { version: 1, ...stats });
    await writeJson(join(this.path, "completed", digits(rank)), { outputs });
    await rm(this.#closing(rank), { force: true });
  }

  async stats(rank: number): Promise<TaskStats> {
    return (await readJson(join(this.path, "stats", `${digits(rank)}.json`))) as TaskStats;
  }

  /** The latest checkpoint of a task, if it has one. */
  async checkpoint(rank: number): Promise<unknown> {
    return await readJson(this.checkpointPath(rank)).catch((error) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  }

  saveCheckpoint(rank: number, checkpoint: unknown): Promise<void> {
    return writeJson(this.checkpointPath(rank), checkpoint);
  }

  /**
   * Puts the checkpoint out of force while the output is moved to its place: who is killed meanwhile cannot tell whether it is
   * there, and begins the task anew. A rename, because it works on a full disk too.
   */
  async whileClosing<T>(rank: number, close: () => Promise<T>): Promise<T> {
    const [checkpoint, closing] = [this.checkpointPath(rank), this.#closing(rank)];
    const saved = await rename(checkpoint, closing).then(
      () => true,
      () => false,
    );
    await syncFolder(dirname(checkpoint));
    try {
      return await close();
    } catch (error) {
      if (saved) await rename(closing, checkpoint);
      throw error;
    }
  }

  checkpointPath(rank: number): string {
    return join(this.path, "checkpoints", `${digits(rank)}.json`);
  }

  #closing(rank: number): string {
    return join(this.path, "checkpoints", `${digits(rank)}.closing`);
  }
}

/** A rank as it stands in names of files. */
function digits(rank: number): string {
  return `${rank}`.padStart(5, "0");
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

/** Writes aside, syncs and renames, so that the file is there whole or not at all, also after a power cut. */
async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await AtomicFile.create(path);
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
    await file.close();
    await file.commit();
  } finally {
    await file.discard();
  }
  await syncFolder(dirname(path));
}
