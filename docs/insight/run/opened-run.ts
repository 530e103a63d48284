import type { FunnelCount } from "../engine/data/funnel.js";
import type { ModelFiles } from "./model-files.js";
import type { DroppedDocument, RunLog } from "./records.js";

/** A run of the reader's. Its files are read where they are, and nothing of them leaves the page. */
export interface OpenedRun {
  readonly models: readonly ModelFiles[];
  /** The content of its tokenizer.json. */
  readonly tokenizer: string | undefined;
  readonly log: RunLog | undefined;
  readonly drops: readonly DroppedDocument[] | undefined;
  readonly funnel: readonly FunnelCount[] | undefined;
  /** What was opened, in words. */
  readonly words: string;
}

/** Of the page: all views have the same. */
let opened: OpenedRun | undefined;

export function openedRun(): OpenedRun | undefined {
  return opened;
}

/** A run in the place of the one before. */
export function setRun(run: OpenedRun): void {
  opened = run;
}
