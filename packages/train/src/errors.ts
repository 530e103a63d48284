/** Token data that is absent, cut short, or does not fit what was asked of it. */
export class DataError extends Error {
  override readonly name = "DataError";
}

/** A checkpoint that does not belong to this model or run, or a folder where none is whole. */
export class CheckpointError extends Error {
  override readonly name: string = "CheckpointError";
}

/** A checkpoint that another version of this program has written. It may be whole. */
export class CheckpointVersionError extends CheckpointError {
  override readonly name: string = "CheckpointVersionError";
}

/** Options of a run that cannot be carried out. */
export class OptionsError extends RangeError {
  override readonly name = "OptionsError";
}

/** The loss or the gradient stopped being a number. The weights are those before that update. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
}

/** One of several processes failed, or they are not the same run. */
export class ProcessError extends Error {
  override readonly name = "ProcessError";
}

/** A reward that failed: its function threw, did not answer in time, or answered no finite number. */
export class RewardError extends Error {
  override readonly name = "RewardError";
  /** Index of the prompt among all. */
  readonly prompt: number;
  /** Which of its texts. */
  readonly sample: number;

  constructor(message: string, place: { prompt: number; sample: number }, options?: ErrorOptions) {
    super(message, options);
    this.prompt = place.prompt;
    this.sample = place.sample;
  }
}
