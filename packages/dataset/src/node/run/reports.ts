import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { LogFolder } from "./log-folder.js";
import { readRunManifest } from "./manifest.js";
import { reportOf } from "./prepare.js";
import type { StageReport } from "./stage.js";

/** A stage of a run that may be under way: what its complete tasks counted. */
export interface StageStatus extends StageReport {
  /** How many tasks are complete. */
  readonly complete: number;
}

/**
 * Reads the log folder of a run: its stages in order, as far as they were begun. Empty where no run has written to it.
 *
 * @throws RunManifestError, StatsFormatError
 */
export async function readReports(logDir: string): Promise<StageStatus[]> {
  const whole = await statusOf(new LogFolder(logDir));
  if (whole) return [whole];
  const entries = await readdir(logDir, { withFileTypes: true }).catch(() => []);
  const stages = entries
    .filter((entry) => entry.isDirectory() && /^\d+-/.test(entry.name))
    .map(({ name }) => name)
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const found: StageStatus[] = [];
  for (const stage of stages) {
    const status = await statusOf(new LogFolder(join(logDir, stage)));
    if (status) found.push(status);
  }
  return found;
}

async function statusOf(log: LogFolder): Promise<StageStatus | undefined> {
  const manifest = await readRunManifest(log.manifest);
  if (!manifest) return undefined;
  const { name, tasks } = manifest;
  const pending = new Set(await log.pending(tasks));
  const complete = Array.from({ length: tasks }, (_, rank) => rank).filter((rank) => !pending.has(rank));
  return { ...(await reportOf(name, tasks, log, complete)), complete: complete.length };
}
