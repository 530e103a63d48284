import type { TrainingRecord, TrainingStart } from "../../engine/training.js";
import type { Model } from "../../model.js";
import type { OpenedRun } from "../../run/opened-run.js";
import type { TrainingState } from "./fields.js";

/** The run so far. */
export interface Run {
  readonly start: TrainingStart;
  readonly records: TrainingRecord[];
}

/** The run that the engine has, with the settings that it was made from. */
export interface Kept {
  readonly run: Run;
  readonly former: Run | undefined;
  readonly values: TrainingState;
  readonly reader: OpenedRun | undefined;
}

/** A view may be closed and opened again: its run goes on where it was. */
export const kept = new WeakMap<Model, Kept>();

/** The steps after which it has written something. */
export function samplesOf(run: Run): (TrainingRecord & { sample: string })[] {
  return run.records.filter(
    (record): record is TrainingRecord & { sample: string } => record.sample !== undefined,
  );
}
