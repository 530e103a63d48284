/** What is to be decompressed is no compressed file, is cut off, or was changed. */
export class CompressedFileError extends Error {
  override readonly name = "CompressedFileError";
}

/** A file was compressed with another model, tokenizer or engine than it is to be decompressed with. */
export class CompressionMismatchError extends Error {
  override readonly name = "CompressionMismatchError";
  /** What differs. */
  readonly part: "model" | "tokenizer" | "engine";

  constructor(part: CompressionMismatchError["part"], message: string) {
    super(message);
    this.part = part;
  }
}
