import type { Parameter } from "@llm/tensor";
import { type CheckpointStore, download, type Losses, type Snapshot } from "./checkpoint.js";
import type { OptimizerState } from "./optimizer/optimizer.js";

/**
 * Writes snapshots while training goes on: a copy in memory is taken at once, and at most one is on its way to the disk.
 * What fails there is thrown by the next call.
 */
export class Saver {
  readonly #store: CheckpointStore;
  #flight: Promise<unknown> = Promise.resolve();
  #isFlying = false;
  #fault: { error: unknown } | undefined;

  constructor(store: CheckpointStore) {
    this.#store = store;
  }

  /** Takes a copy of the tensors, and begins to write it. */
  async save(
    progress: Omit<Snapshot, "weights" | "optimizer">,
    parameters: readonly Parameter[],
    state: OptimizerState,
  ): Promise<void> {
    await this.settled();
    const weights = await download(parameters.map((p) => [p.name, p] as const));
    const optimizer = await download(state.tensors());
    this.#then(() => this.#store.save({ ...progress, weights, optimizer }));
  }

  /** Adds an evaluation to the snapshot of its step. */
  evaluated(step: number, losses: Losses): void {
    this.#then(() => this.#store.evaluated?.(step, losses));
  }

  /**
   * Throws what failed meanwhile. After a step of a second and more it first leaves what is being written a hundredth of that time:
   * writing waits for the disk many times, and would otherwise get on by one of these for each batch.
   */
  async check(stepSeconds: number): Promise<void> {
    if (this.#isFlying && stepSeconds >= 1) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const enough = new Promise((resolve) => {
        timer = setTimeout(resolve, 10 * stepSeconds);
      });
      await Promise.race([this.#flight, enough]);
      clearTimeout(timer);
    }
    this.#throw();
  }

  #throw(): void {
    if (!this.#fault) return;
    const { error } = this.#fault;
    this.#fault = undefined;
    throw error;
  }

  /** Waits for what is being written. */
  async settled(): Promise<void> {
    await this.#flight;
    this.#throw();
  }

  #then(work: () => Promise<unknown> | undefined): void {
    this.#isFlying = true;
    const flight = this.#flight.then(async () => {
      try {
        if (!this.#fault) await work();
      } catch (error) {
        this.#fault = { error };
      }
      if (this.#flight === flight) this.#isFlying = false;
    });
    this.#flight = flight;
  }
}
