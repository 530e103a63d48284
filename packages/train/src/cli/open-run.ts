// A configuration and the flags of the command line, put together.
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Kinds } from "@llm/platform/options";
import { engine, type Parameter, Tensor, useEngine } from "@llm/tensor";
import { check } from "../check.js";
import type { Batches } from "../data/batch.js";
import type { RunConfig, RunOptions } from "../node/define-run.js";
import type { Trainable } from "../train-options.js";
import { ConfigError } from "./errors.js";
import type { RunFlags } from "./flags.js";
import { importConfig } from "./import-config.js";

/** A configuration, loaded. */
export interface OpenRun {
  readonly path: string;
  readonly config: RunConfig;
  readonly options: RunOptions;
  readonly data: Batches;
}

const CONFIG: Kinds<RunConfig> = {
  model: "object|function!",
  data: "object|function!",
  options: "object|function!",
  out: "string",
  engine: "string|object",
  threads: "count",
  keep: "count",
  files: "object",
  tensorboard: "boolean",
  tokenBytes: "list",
  decode: "function",
};

/** Loads a configuration and its data. @throws {ConfigError} */
export async function openRun(path: string, flags: RunFlags = {}): Promise<OpenRun> {
  if (!(await stat(path).catch(() => undefined))) throw new ConfigError(path, "there is no such file");
  let found: unknown;
  try {
    found = (await importConfig(resolve(path)))["default"];
  } catch (cause) {
    throw new ConfigError(path, (cause as Error).message ?? String(cause), { cause });
  }
  if (typeof found !== "object" || found === null) {
    throw new ConfigError(
      path,
      "it has no default export. Write `export default defineRun({ model, data, options })`, with defineRun of @llm/train/node",
    );
  }
  check("defineRun", found as RunConfig, CONFIG);
  const { steps, out, engine, threads } = flags;
  const config: RunConfig = {
    ...(found as RunConfig),
    ...(out !== undefined && { out }),
    ...(engine !== undefined && { engine }),
    ...(threads !== undefined && { threads }),
  };
  const asked = steps === undefined ? {} : { steps };
  const told = typeof config.options === "function" ? config.options(asked) : config.options;
  return {
    path,
    config,
    options: { ...told, ...asked },
    data: typeof config.data === "function" ? await config.data() : config.data,
  };
}

/** Chooses the engine, and makes the model on it. @throws {ConfigError} for one of another copy of @llm/tensor */
export async function openModel({ path, config }: OpenRun): Promise<Trainable> {
  const { threads } = config;
  if (config.engine !== undefined || threads !== undefined || !isChosen()) {
    await useEngine(config.engine ?? "auto", threads === undefined ? {} : { threads });
  }
  let model: Trainable;
  try {
    model = typeof config.model === "function" ? await config.model() : config.model;
  } catch (error) {
    // Another copy does not know the engine that was chosen here.
    if (error instanceof Error && /^No engine was chosen.*Two copies/.test(error.message)) {
      throw new ConfigError(path, TWO_COPIES, { cause: error });
    }
    throw error;
  }
  if (!parametersOf(model).every((parameter) => parameter instanceof Tensor)) {
    throw new ConfigError(path, TWO_COPIES);
  }
  return model;
}

const TWO_COPIES =
  "its model was made by another copy of @llm/tensor than this command's, which cannot train it. Install @llm/train beside @llm/gpt in the project; `npm ls @llm/tensor` must show one version";

/** What the command trains: a tied weight once. */
export function parametersOf(model: Trainable): Parameter[] {
  return [...new Set(model?.parameters?.() ?? [])];
}

function isChosen(): boolean {
  try {
    engine();
    return true;
  } catch {
    return false;
  }
}
