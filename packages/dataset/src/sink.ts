import type { Document } from "./document.js";

/** Where the documents of a pipeline go: a file, or a few, for each task of a run. */
export interface Sink {
  readonly name: string;
  /** Every task writes its own output below this folder. */
  readonly folder: string;
  /**
   * Opens the output of a task. With a `state` that `checkpoint` gave, it goes on from there: whatever was written later
   * is cut off, and what comes then makes the same bytes as a run that was never stopped.
   */
  open(task: SinkTask, state?: SinkState): Promise<SinkWriter>;
}

/** A pipeline was to write without a sink, or to be read past the one it has. */
export class SinkError extends Error {
  override readonly name = "SinkError";
}

/** Which task writes, of how many. Files are named by the rank in five digits: `00003.jsonl.gz`. */
export interface SinkTask {
  readonly rank: number;
  readonly world: number;
}

/** What the files of a task are called after. */
export function taskName({ rank }: Pick<SinkTask, "rank">): string {
  return `${rank}`.padStart(5, "0");
}

/** What a sink needs to go on; plain data, kept as JSON. */
export type SinkState = Readonly<Record<string, unknown>>;

/** An open output. Its calls are made one after the other. */
export interface SinkWriter {
  write(document: Document): void | Promise<void>;
  /**
   * Everything so far is on the disk (written and synced) when this answers. Where a format's bytes depend on where
   * checkpoints are (a gzip member ends there), callers make them at the same documents in every run.
   * Absent where the format cannot go on in the middle: the task is then begun anew.
   */
  checkpoint?(): Promise<SinkState>;
  /** Completes the output: files appear under their names only now. Answers their paths, relative to the sink's folder. */
  close(): Promise<readonly string[]>;
  /** Gives up: closes files and leaves on the disk what the last checkpoint needs. */
  abort(): Promise<void>;
}
