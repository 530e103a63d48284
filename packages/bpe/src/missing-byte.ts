import { VocabularyError } from "./errors.js";

/** The text holds a byte that the vocabulary has no token for. */
export class MissingByteError extends VocabularyError {
  readonly byte: number;

  constructor(byte: number) {
    super(
      `The vocabulary has no token for byte 0x${byte.toString(16).padStart(2, "0")}: the text cannot be encoded. ` +
        "Train with the whole byte alphabet.",
    );
    this.byte = byte;
  }
}
