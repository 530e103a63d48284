import { join } from "node:path";
import type { Gpt } from "@llm/gpt";
import { checkpoints, type JsonlLog, jsonlLog } from "@llm/train/node";
import { HeldCheckpoints } from "./held-checkpoints.js";
import { openModel } from "./reading.js";
import type { RunFolder } from "./run-folder.js";
import { saveModel } from "./save-model.js";
import type { Terminal } from "./terminal.js";

/** Where a course of training begins, and where it is kept. */
export interface CoursePlace {
  /** Folder of the model it begins with, relative to the run's: "model". */
  from: string;
  /** Its own folder, relative to the run's, for checkpoints, log and result. */
  to: string;
}

/** A course of training that goes on where it stood: its model, checkpoints and log. */
export interface Course {
  model: Gpt;
  store: HeldCheckpoints;
  log: JsonlLog;
  /** Steps that were done before. */
  done: number;
  /** Saves the trained model, as transformers opens it. Answers the files that the course leaves, relative to the run's folder. */
  finish(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a course: from the model it begins with, or from its latest checkpoint. */
export async function openCourse(
  folder: RunFolder,
  { from, to }: CoursePlace,
  terminal: Terminal,
): Promise<Course> {
  const model = await openModel(folder.path, from);
  const { "config.json": config } = await model.toFiles();
  const kept = checkpoints(folder.file(to, "checkpoints"), {
    keep: 2,
    files: { "config.json": config },
    onWarning: (message) => terminal.warn(message),
  });
  const snapshot = await kept.latest();
  const done = snapshot?.step ?? 0;
  const log = await jsonlLog(folder.file(to, "log.jsonl"), { resumeFrom: snapshot ? done : -1 });
  if (snapshot) terminal.line(`  Going on from the checkpoint of step ${done}.`);
  return {
    ...{ model, log, done, store: new HeldCheckpoints(kept, snapshot) },
    finish: async () => [
      ...(await saveModel(folder, join(to, "model"), model, { chats: true })),
      join(to, "log.jsonl"),
    ],
    async close() {
      await log.close();
      model.dispose();
    },
  };
}
