import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { StepStats } from "../pipeline.js";
import { taskName } from "../sink.js";
import { formatStats, parseStats } from "../stats/json.js";
import { mergeStats } from "../stats/merge.js";
import { MissingPathError } from "./errors.js";
import { writeText } from "./write-text.js";

/** A folder without statistics. */
export class NoStatsError extends Error {
  override readonly name = "NoStatsError";
  readonly folder: string;
  constructor(folder: string) {
    super(
      `No statistics in "${folder}": there is no .json in it or in its folder "stats". Has a task finished?`,
    );
    this.folder = folder;
  }
}

/** Where a task's statistics stand below the log folder. */
export function statsPath(logDir: string, rank: number): string {
  return join(logDir, "stats", `${taskName({ rank })}.json`);
}

/** Writes statistics aside, then renames. */
export async function writeStats(stats: readonly StepStats[], path: string): Promise<void> {
  await writeText(path, formatStats(stats));
}

/**
 * Reads statistics: of one file, or of all tasks below a log folder, merged.
 *
 * @throws MissingPathError, NoStatsError, StatsFormatError, MergeStatsError
 */
export async function readStats(path: string): Promise<StepStats[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new MissingPathError(path);
  const files = found.isDirectory() ? await filesIn(path) : [path];
  if (files.length === 0) throw new NoStatsError(path);
  let list: StepStats[][] = [];
  for (const file of files) {
    list.push(parseStats(await readFile(file, "utf8"), file));
    // A job may have more tasks than their statistics fit into memory.
    if (list.length === 64) list = [mergeStats(list)];
  }
  return mergeStats(list);
}

async function filesIn(folder: string): Promise<string[]> {
  const below = join(folder, "stats");
  const inside = await jsonIn(below);
  return inside.length > 0 ? inside : jsonIn(folder);
}

async function jsonIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
}
