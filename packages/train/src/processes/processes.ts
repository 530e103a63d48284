/**
 * Several processes that train one model together, each on rows of its own. `mpi()` of `@llm/train/mpi` is one such group;
 * whatever can add numbers up over processes may be another.
 */
export interface Processes {
  /** Which of them this is: 0 to `world` - 1. */
  readonly rank: number;
  /** How many there are. */
  readonly world: number;
  /**
   * Replaces each number by its sum over all processes. All call it in the same order with equally many numbers, and all are
   * answered the same bits.
   */
  sum(numbers: Float32Array | Float64Array): Promise<void>;
}
