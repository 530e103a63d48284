import { join } from "node:path";
import { type JsonlLog, jsonlLog } from "../node/jsonl.js";
import { type TensorboardLog, tensorboardLog } from "../node/tensorboard.js";
import type { TrainStep } from "../train-options.js";

/** The logs in a run's folder. They are opened by the first step, so that a run that is refused changes none. */
export class RunLogs {
  readonly #folder: string | undefined;
  readonly #from: { resumeFrom?: number };
  readonly #hasEvents: boolean;
  #jsonl: JsonlLog | undefined;
  #events: TensorboardLog | undefined;

  constructor(
    folder: string | undefined,
    { resumeFrom, tensorboard }: { resumeFrom: number | undefined; tensorboard: boolean },
  ) {
    this.#folder = folder;
    this.#from = resumeFrom === undefined ? {} : { resumeFrom };
    this.#hasEvents = tensorboard;
  }

  async write(step: TrainStep): Promise<void> {
    if (this.#folder === undefined) return;
    this.#jsonl ??= await jsonlLog(join(this.#folder, "log.jsonl"), this.#from);
    await this.#jsonl.write(step);
    if (!this.#hasEvents) return;
    this.#events ??= await tensorboardLog(join(this.#folder, "events"), this.#from);
    const { step: number, evaluation = {}, ...scalars } = step;
    const losses = Object.entries(evaluation).map(([split, loss]) => [`evaluation/${split}`, loss] as const);
    await this.#events.write(number, { ...scalars, ...Object.fromEntries(losses) });
  }

  async close(): Promise<void> {
    await this.#jsonl?.close();
    await this.#events?.close();
  }
}
