/** A file of a deduplication in stages that is missing, cut short or not what it should be. */
export class DedupFileError extends Error {
  override readonly name = "DedupFileError";
  readonly path: string;

  constructor(path: string, problem: string, wayOut: string, cause?: unknown) {
    super(`${path} ${problem}: ${wayOut}`, { cause });
    this.path = path;
  }
}

/** A document that is not the one that stood at its place in the first stage. */
export class InputChangedError extends Error {
  override readonly name = "InputChangedError";
}
