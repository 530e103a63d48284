import { readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "@llm/platform/durable";
import { taskName } from "../../sink.js";
import type { StageStats } from "../../stage.js";
import { readStats, statsPath, writeStats } from "../stats-files.js";
import { writeText } from "../write-text.js";
import type { StageReport } from "./stage.js";

/** What a task counted: a pipeline in its steps, a stage by names. */
export type TaskStats = Pick<StageReport, "steps" | "counts">;

/**
 * What is known of a stage's tasks, in a folder: `completed/00003` for each that is complete, its statistics in
 * `stats/00003.json` (or, of a stage that is no pipeline, its counts in `counts`), and in `checkpoints/00003.json` from where one that is not can go on.
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
    return Array.from({ length: tasks }, (_, rank) => rank).filter(
      (rank) => !complete.has(taskName({ rank })),
    );
  }

  /**
   * Marks a task as complete. Everything that it wrote has to be on the disk. The mark comes last: nobody comes back to a task
   * that has it, so what is not removed by then would stay.
   */
  async complete(rank: number, { steps, counts }: TaskStats, outputs: readonly string[] = []): Promise<void> {
    if (steps) await writeStats(steps, statsPath(this.path, rank));
    else await writeJson(this.#counts(rank), counts);
    await rm(this.#closing(rank), { force: true });
    await writeJson(join(this.path, "completed", taskName({ rank })), { outputs });
  }

  async stats(rank: number): Promise<TaskStats> {
    const counts = await readJson(this.#counts(rank));
    return counts ? { counts: counts as StageStats } : { steps: await readStats(statsPath(this.path, rank)) };
  }

  /** The latest checkpoint of a task, if it has one. */
  checkpoint(rank: number): Promise<unknown> {
    return readJson(this.checkpointPath(rank));
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
    if (saved) await syncFolder(dirname(checkpoint));
    try {
      return await close();
    } catch (error) {
      if (saved) await rename(closing, checkpoint);
      throw error;
    }
  }

  #counts(rank: number): string {
    return join(this.path, "counts", `${taskName({ rank })}.json`);
  }

  checkpointPath(rank: number): string {
    return join(this.path, "checkpoints", `${taskName({ rank })}.json`);
  }

  #closing(rank: number): string {
    return join(this.path, "checkpoints", `${taskName({ rank })}.closing`);
  }
}

/** Undefined if there is no such file. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes aside, syncs and renames, so that the file is there whole or not at all, also after a power cut. */
async function writeJson(path: string, value: unknown): Promise<void> {
  await writeText(path, `${JSON.stringify(value)}\n`);
}
