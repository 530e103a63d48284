import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "@llm/platform/durable";
import type { Stage } from "../../stage.js";
import { appendRecords } from "../dedup/append-records.js";
import { merge } from "../dedup/merge.js";
import { RecordFile } from "../dedup/records.js";
import { readTaskFile } from "../dedup/task-file.js";
import {
  CONTENT_WIDTH,
  contentsPath,
  type RepeatJob,
  type RepeatTask,
  repeatsFolder,
  repeatsName,
  stageNames,
} from "./job.js";

/** Words of repeats that are held before they are written. */
const HELD = 2 ** 20;

/** The second stage: a task for each range of hashes, which merges all ranks' contents; of those that are equal, all but the first are repeats. */
export function repeatsStage(job: RepeatJob): Stage {
  const { folder, tasks, workers, positionAt } = job;
  const names = stageNames(job);
  const wayOut = (rank: number) => `run task ${rank} of ${names.contents} again`;
  return {
    name: names.repeats,
    tasks: workers,
    async run(worker, { signal, onProgress } = {}) {
      const runs = [];
      for (let rank = 0; rank < tasks; rank++) {
        await readTaskFile<RepeatTask>(folder, rank, names.contents, job.settings);
        const file = await RecordFile.find(contentsPath(folder, worker, rank), CONTENT_WIDTH, wayOut(rank));
        runs.push({ rank, file, first: 0, end: file.count });
      }
      const output = await RepeatFolder.create(repeatsFolder(folder, worker));
      const stats = { contents: 0, repeats: 0 };
      const first = { low: 0, high: 0, rank: 0, position: 0 };
      const take = (rank: number, words: Uint32Array, at: number) => {
        const [low, high, position] = [words[at]!, words[at + 1]!, words[at + positionAt]!];
        if (stats.contents++ > 0 && low === first.low && high === first.high) {
          stats.repeats++;
          output.add(rank, [position, positionAt === 3 ? words[at + 4]! : 0, first.rank, first.position]);
        } else Object.assign(first, { low, high, rank, position });
      };
      const pause = async () => {
        signal?.throwIfAborted();
        await output.flush(HELD);
        onProgress?.(stats.contents);
      };
      try {
        await merge(runs, { take, pause }, wayOut);
        await pause();
        await output.commit();
      } finally {
        await output.discard();
      }
      return stats;
    },
  };
}

/** Files of many ranks in a folder that appears when all are whole. */
class RepeatFolder {
  private readonly path: string;
  private readonly aside: string;
  private readonly held = new Map<number, number[]>();
  private readonly ranks = new Set<number>();
  private words = 0;

  private constructor(path: string) {
    this.path = path;
    this.aside = `${path}.part`;
  }

  static async create(path: string): Promise<RepeatFolder> {
    const folder = new RepeatFolder(path);
    await folder.discard();
    await mkdir(folder.aside, { recursive: true });
    return folder;
  }

  add(rank: number, record: readonly number[]): void {
    const held = this.held.get(rank);
    if (held) held.push(...record);
    else this.held.set(rank, [...record]);
    this.words += record.length;
  }

  /** Writes if more than so many words wait. */
  async flush(most: number): Promise<void> {
    if (this.words <= most) return;
    for (const [rank, held] of this.held) {
      await appendRecords(join(this.aside, repeatsName(rank)), Uint32Array.from(held));
      this.ranks.add(rank);
    }
    this.held.clear();
    this.words = 0;
  }

  async commit(): Promise<void> {
    await this.flush(0);
    for (const rank of this.ranks) {
      const handle = await open(join(this.aside, repeatsName(rank)), "r+");
      await handle.sync();
      await handle.close();
    }
    await syncFolder(this.aside);
    await rm(this.path, { recursive: true, force: true });
    await rename(this.aside, this.path);
    await syncFolder(dirname(this.path));
  }

  async discard(): Promise<void> {
    await rm(this.aside, { recursive: true, force: true });
  }
}
