import type { Pipeline } from "../pipeline.js";
import type { Sink } from "../sink.js";

/** What a configuration file of the command says. */
export interface DatasetConfig {
  readonly pipeline: Pipeline;
  /** Where its documents go. */
  readonly sink?: Sink | undefined;
  /** Where the statistics are kept. */
  readonly logDir?: string | undefined;
}

/** The default export of a configuration file, checked as it is written. One that only says `pipeline(..)` needs none. */
export function defineConfig(config: DatasetConfig): DatasetConfig {
  return config;
}
