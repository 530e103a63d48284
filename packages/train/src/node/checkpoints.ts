// Checkpoints are folders step-00000100/. One is written as .step-00000100.<pid>.tmp, synced, and renamed.
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkWritable, syncFolder } from "@llm/platform/durable";
import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import type { CheckpointStore, Snapshot } from "../checkpoint.js";
import { CheckpointError, CheckpointVersionError } from "../errors.js";
import { evaluatesAlike } from "../run-settings.js";
import {
  addEvaluation,
  evaluationOf,
  looksWhole,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint-folder.js";

/** Options of {@link checkpoints}. */
export interface CheckpointsOptions {
  /** How many of the latest to keep; the best one stays besides. Default 2. */
  keep?: number;
  /** The split whose loss says which is best. Default `"val"`. */
  best?: string;
  /** More files to put into every checkpoint, such as the model's `config.json`. */
  files?: Readonly<Record<string, Uint8Array | string>>;
  /** Told when a damaged checkpoint is passed over. Default `console.warn`. */
  onWarning?: (message: string) => void;
}

/** Checkpoints in a folder. */
export interface FolderCheckpoints extends CheckpointStore {
  /** Writes a snapshot, drops what is not to be kept, and answers the checkpoint's folder. */
  save(snapshot: Snapshot): Promise<string>;
  /** The checkpoint with the lowest loss, of those that were evaluated as the last one was, if any was. */
  best(): Promise<Snapshot | undefined>;
  /** The folders of all checkpoints, oldest first. */
  list(): Promise<string[]>;
}

const CHECKPOINTS: Kinds<CheckpointsOptions> = {
  keep: "count",
  best: "string",
  files: "object",
  onWarning: "function",
};

/** Keeps the checkpoints of one run in `folder`, which a run makes as it begins. */
export function checkpoints(folder: string, options: CheckpointsOptions = {}): FolderCheckpoints {
  check("checkpoints", options, CHECKPOINTS);
  const { keep = 2, best: split = "val", files = {}, onWarning = console.warn } = options;

  const pathOf = (step: number) => join(folder, `step-${String(step).padStart(8, "0")}`);
  const names = async () => {
    try {
      return await readdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  };
  const steps = async () =>
    (await names())
      .filter((name) => /^step-\d{8,}$/.test(name))
      .map((name) => Number(name.slice(5)))
      .sort((a, b) => a - b);

  /** Steps that look whole and were evaluated as the last of them was, the lowest loss first. */
  const byLoss = async () => {
    const found: { step: number; loss: number; settings: Snapshot["settings"] }[] = [];
    for (const step of await steps()) {
      const path = pathOf(step);
      const evaluation = (await looksWhole(path)) ? await evaluationOf(path) : undefined;
      const loss = evaluation?.losses[split];
      if (loss !== undefined && Number.isFinite(loss)) found.push({ step, loss, ...evaluation! });
    }
    const last = found.at(-1);
    return found
      .filter(({ settings }) => evaluatesAlike(settings, last!.settings))
      .sort((a, b) => a.loss - b.loss)
      .map(({ step }) => step);
  };

  const firstWhole = async (candidates: readonly number[]): Promise<Snapshot | undefined> => {
    for (const step of candidates) {
      try {
        return await readCheckpoint(pathOf(step));
      } catch (error) {
        if (!(error instanceof CheckpointError) || error instanceof CheckpointVersionError) throw error;
        onWarning(`${error.message}; passing over it`);
      }
    }
    if (candidates.length > 0) {
      throw new CheckpointError(
        `none of the ${candidates.length} checkpoints in "${folder}" is whole; remove the folder to start anew`,
      );
    }
    return undefined;
  };

  /** Drops what came before `now`, but for the last whole ones and the best. What comes after is another run's to judge. */
  const dropOld = async (now: number) => {
    const past = (await steps()).filter((step) => step <= now);
    const whole: number[] = [];
    for (const step of [...past].reverse()) {
      if (whole.length < keep && (await looksWhole(pathOf(step)))) whole.push(step);
    }
    const kept = new Set([now, ...whole, ...(await byLoss()).slice(0, 1)]);
    for (const step of past) {
      if (!kept.has(step)) await rm(pathOf(step), { recursive: true, force: true });
    }
  };

  return {
    list: async () => (await steps()).map(pathOf),
    latest: async () => firstWhole((await steps()).reverse()),
    best: async () => firstWhole(await byLoss()),
    async prepare() {
      await checkWritable(join(folder, "checkpoint"), { makesFolders: true });
      await mkdir(folder, { recursive: true });
      for (const name of await names()) {
        const pid = /^\.step-\d+\.(\d+)\.tmp$/.exec(name)?.[1];
        if (pid !== undefined && !isRunning(Number(pid))) {
          await rm(join(folder, name), { recursive: true, force: true });
        }
      }
    },
    async save(snapshot) {
      await mkdir(folder, { recursive: true });
      const path = pathOf(snapshot.step);
      const aside = join(folder, `.step-${snapshot.step}.${process.pid}.tmp`);
      try {
        await writeCheckpoint(aside, snapshot, files);
        await rm(path, { recursive: true, force: true }); // a damaged one of the same step
        await rename(aside, path);
        await syncFolder(folder);
      } catch (error) {
        await rm(aside, { recursive: true, force: true });
        throw error;
      }
      await dropOld(snapshot.step);
      return path;
    },
    async evaluated(step, losses) {
      if (!(await steps()).includes(step)) return;
      await addEvaluation(pathOf(step), losses);
      await dropOld(step);
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it is there, and another user's
  }
}
