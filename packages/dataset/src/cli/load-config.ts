import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { DatasetConfig } from "../node/config.js";
import { importModule } from "../node/import-module.js";

/** What a configuration is, for the help of each command that takes one. */
export const CONFIG_HELP = "a TypeScript or JavaScript file whose default export is a pipeline(..)";

/** A configuration file that cannot be used. */
class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly path: string;
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}

/** Loads a configuration, in TypeScript too. @throws ConfigError */
export async function loadConfig(path: string): Promise<DatasetConfig> {
  if (!(await stat(path).catch(() => undefined))) throw new ConfigError(path, "there is no such file");
  let found: unknown;
  try {
    found = (await importModule(resolve(path)))["default"];
  } catch (cause) {
    throw new ConfigError(path, (cause as Error).message ?? String(cause), { cause });
  }
  if (isPipeline(found)) return { pipeline: found };
  if (isRecord(found) && isPipeline(found["pipeline"])) return found as unknown as DatasetConfig;
  throw new ConfigError(
    path,
    "its default export is no pipeline. Write `export default pipeline(readFolder(..), ..)`, or defineConfig({ pipeline })",
  );
}

function isPipeline(value: unknown): value is DatasetConfig["pipeline"] {
  return isRecord(value) && typeof value["docs"] === "function" && Array.isArray(value["steps"]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
