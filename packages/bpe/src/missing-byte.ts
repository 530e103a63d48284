import { VocabularyError } from "./errors.js";

/** What is wrong where text holds a byte that has no token. */
export function missingByte(byte: number): VocabularyError {
  return new VocabularyError(
    `The vocabulary has no token for byte 0x${byte.toString(16).padStart(2, "0")}: the text cannot be encoded. ` +
      "Train with the whole byte alphabet.",
  );
}
