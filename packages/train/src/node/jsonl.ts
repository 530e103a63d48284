import { type FileHandle, mkdir, open, readFile, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { check } from "../check.js";

/** A log of one JSON object a line. */
export interface JsonlLog {
  /** Appends a record; it reaches the disk's cache before the promise settles. */
  write(record: object): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a JSONL log to append to. A last line that was cut short is removed first, and so are records
 * whose `step` is beyond `resumeFrom`: those a resumed run will write again.
 */
export async function jsonlLog(path: string, options: { resumeFrom?: number } = {}): Promise<JsonlLog> {
  check("jsonlLog", options, { resumeFrom: "number" });
  const { resumeFrom = Number.POSITIVE_INFINITY } = options;
  await mkdir(dirname(path), { recursive: true });
  let keep = 0;
  for (const { record, end } of await lines(path)) {
    const { step } = record as { step?: unknown };
    if (typeof step === "number" && step > resumeFrom) break;
    keep = end;
  }
  const file: FileHandle = await open(path, "a");
  await truncate(path, keep);
  return {
    async write(record) {
      await file.appendFile(`${JSON.stringify(record)}\n`);
    },
    close: () => file.close(),
  };
}

/** The records of a JSONL log, up to the first line that is not whole. */
export async function readJsonl(path: string): Promise<unknown[]> {
  return (await lines(path)).map(({ record }) => record);
}

async function lines(path: string): Promise<{ record: unknown; end: number }[]> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const found: { record: unknown; end: number }[] = [];
  for (let start = 0; ; ) {
    const newline = bytes.indexOf(10, start);
    if (newline < 0) return found;
    try {
      const record: unknown = JSON.parse(bytes.toString("utf8", start, newline));
      found.push({ record, end: newline + 1 });
    } catch {
      return found;
    }
    start = newline + 1;
  }
}
