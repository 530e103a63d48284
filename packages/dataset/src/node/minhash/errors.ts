/** A file of the MinHash stages that is missing, cut short or not what it should be. */
export class MinhashFileError extends Error {
  override readonly name = "MinhashFileError";
  readonly path: string;

  constructor(path: string, problem: string, wayOut: string, cause?: unknown) {
    super(`${path} ${problem}: ${wayOut}`, { cause });
    this.path = path;
  }
}
