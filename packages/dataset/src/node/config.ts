import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import type { Pipeline } from "../pipeline.js";
import { STAGE, type StageOptions } from "./run/stage.js";

/** What a configuration file of the command says. */
export interface DatasetConfig extends StageOptions {
  readonly pipeline: Pipeline;
  /** Where the statistics are kept, and what tasks are complete. */
  readonly logDir?: string | undefined;
  /** Worker threads for a pipeline that ends in a sink. Default 1: none. */
  readonly workers?: number | undefined;
}

const CONFIG: Kinds<DatasetConfig> = {
  ...STAGE,
  pipeline: "object!",
  logDir: "string",
  workers: "number",
};

/** The default export of a configuration file, checked as it is written. One that only says `pipeline(..)` needs none. */
export function defineConfig(config: DatasetConfig): DatasetConfig {
  check("defineConfig", config, CONFIG);
  return config;
}
