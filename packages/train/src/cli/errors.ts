/** A configuration file that cannot be used. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly path: string;
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}
