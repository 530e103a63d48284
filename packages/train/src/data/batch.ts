/** All that a batch depends on. Equal keys give equal batches, so a run resumes without saving a data position. */
export interface BatchKey {
  /** `"train"`, `"val"`, or what else the data has. */
  split: string;
  /** The step the batch is for. */
  step: number;
  /** Which of the step's accumulated batches. */
  micro: number;
  /** Of how many. Default 1. */
  accumulation?: number;
  /** Rows on this rank. */
  batchSize: number;
  /** Positions per row. */
  blockSize: number;
  seed: number;
  /** This process among `world`. Default 0 of 1. */
  rank?: number;
  world?: number;
}

/** Token ids and what follows each, both (batchSize, blockSize) row after row. */
export interface Batch {
  ids: Int32Array;
  /** -100 where there is nothing to predict: it does not count. */
  targets: Int32Array;
  /** 1 where a target counts and 0 where it does not. Default: all do. */
  mask?: ArrayLike<number>;
  /**
   * What the loss of each target is multiplied by, of any sign. A step's loss is the sum of these products over its batches,
   * divided by how many targets count: by the mask, not by the weights. Default 1.
   */
  weight?: ArrayLike<number>;
  /**
   * Documents in one row that do not see each other: for each position, where in its row its document begins. Positions are
   * counted from there. Default: all of a row is one.
   */
  documents?: ArrayLike<number>;
}

/** Where `train` gets its batches from: a pure function of the key. */
export interface Batches {
  batch(key: BatchKey): Batch;
  /** What the batches are made of besides the key, such as a hash of the tokens: a run resumes only with equal ones. */
  readonly description?: Readonly<Record<string, unknown>>;
}
