/** A configuration that describes no model, or one that this package does not build. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** An option or argument that a function does not have, lacks, or cannot use. */
export class OptionsError extends RangeError {
  override readonly name = "OptionsError";
}

/** More positions were asked for than the model's `blockSize` (or the session's cache) holds. */
export class ContextLengthError extends RangeError {
  override readonly name = "ContextLengthError";
}

/** A token id that is not in the model's vocabulary. */
export class TokenIdError extends RangeError {
  override readonly name = "TokenIdError";
}

/** A session that was disposed of or is busy, or a row that it does not have. */
export class SessionError extends Error {
  override readonly name = "SessionError";
}

/** A model folder whose files are absent, unreadable, or do not fit the configuration. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
}
