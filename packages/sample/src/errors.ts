/** Logits from which no distribution follows: NaN, +Infinity, none at all, or all -Infinity. */
export class InvalidLogitsError extends Error {
  override readonly name = "InvalidLogitsError";
}

/** A sampling option outside its range, or one that the chosen chain would ignore. */
export class InvalidOptionError extends Error {
  override readonly name = "InvalidOptionError";
  /** The option at fault. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(message);
    this.option = option;
  }
}

/** More positions are needed than the model's block size has. */
export class ContextOverflowError extends Error {
  override readonly name = "ContextOverflowError";
  /** Positions that would be needed. */
  readonly needed: number;
  readonly blockSize: number;

  constructor(needed: number, blockSize: number, wayOut: string) {
    super(`${needed} positions are needed, and the model has ${blockSize}: ${wayOut}`);
    this.needed = needed;
    this.blockSize = blockSize;
  }
}
