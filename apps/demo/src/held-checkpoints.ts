import type { CheckpointStore, Snapshot } from "@llm/train";

/**
 * Holds each snapshot back until the demo has logged the step it belongs to. A run that is killed
 * between the two then repeats that step, instead of missing its line in the log.
 */
export class HeldCheckpoints implements CheckpointStore {
  readonly #store: CheckpointStore;
  readonly #resumeFrom: Snapshot | undefined;
  #held: Snapshot | undefined;

  constructor(store: CheckpointStore, resumeFrom: Snapshot | undefined) {
    this.#store = store;
    this.#resumeFrom = resumeFrom;
  }

  async latest(): Promise<Snapshot | undefined> {
    return this.#resumeFrom;
  }

  async save(snapshot: Snapshot): Promise<void> {
    this.#held = snapshot;
  }

  /** Writes the held snapshot, if there is one. */
  async flush(): Promise<void> {
    const snapshot = this.#held;
    this.#held = undefined;
    if (snapshot) await this.#store.save(snapshot);
  }
}
