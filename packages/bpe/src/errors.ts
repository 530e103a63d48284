/** What every error of this package extends. */
export class BpeError extends Error {
  override readonly name: string = "BpeError";
}

/** An option or argument that a function does not have, lacks, or cannot use. */
export class OptionsError extends BpeError {
  override readonly name = "OptionsError";
}

/** An id that stands for no token was to be decoded. */
export class UnknownTokenError extends BpeError {
  override readonly name = "UnknownTokenError";
  readonly id: number;

  constructor(id: number, vocabSize: number) {
    super(`Token id ${id} is not in the vocabulary: ids go from 0 to ${vocabSize - 1}, some may be unused.`);
    this.id = id;
  }
}

/** The text holds a special token that the caller has not allowed. */
export class DisallowedSpecialError extends BpeError {
  override readonly name = "DisallowedSpecialError";
  readonly token: string;
  /** Where the token starts, in UTF-16 units. */
  readonly index: number;

  constructor(token: string, index: number) {
    const quoted = JSON.stringify(token);
    super(
      `The text holds the special token ${quoted} at index ${index}. ` +
        `Pass { allowedSpecial: [${quoted}] } to encode it as one token, or { disallowedSpecial: [] } ` +
        "(or use encodeOrdinary) to encode it as plain text.",
    );
    this.token = token;
    this.index = index;
  }
}

/** A vocabulary, its merges or its special tokens contradict themselves. */
export class VocabularyError extends BpeError {
  override readonly name = "VocabularyError";
}

/** A tokenizer file is broken, or asks for something that is not byte-level BPE. */
export class TokenizerFormatError extends BpeError {
  override readonly name = "TokenizerFormatError";
}

/** A file could not be fetched. */
export class DownloadError extends BpeError {
  override readonly name = "DownloadError";
  readonly url: string;
  /** The HTTP status, if there was an answer. */
  readonly status: number | undefined;

  constructor(url: string, status: number | undefined, reason: string, options?: ErrorOptions) {
    super(`${url} could not be fetched: ${reason}`, options);
    this.url = url;
    this.status = status;
  }
}

/** A limit on tokens is no whole number, or too small for the text. */
export class BudgetError extends BpeError {
  override readonly name = "BudgetError";
}

/** Training cannot start: no text, or a vocabulary size that leaves no room. */
export class TrainingError extends BpeError {
  override readonly name = "TrainingError";
}

/** Workers cannot be started, or one of them failed. */
export class WorkerError extends BpeError {
  override readonly name = "WorkerError";
}
