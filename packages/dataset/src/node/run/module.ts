import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DatasetConfig } from "../config.js";
import { MissingPathError } from "../errors.js";
import { fromSource, importModule, sourceCondition } from "../import-module.js";
import type { Runnable } from "./stage.js";

/** A module that does not export what can be run. */
export class PipelineModuleError extends Error {
  override readonly name = "PipelineModuleError";
  readonly module: string;
  constructor(module: string, problem: string) {
    super(`${module} ${problem}`);
    this.module = module;
  }
}

/** What a module gave to run. */
export interface LoadedModule {
  readonly stages: readonly Runnable[];
  /** Whether it exports a list, whose stages each have a folder of their own in the log. */
  readonly many: boolean;
  /** SHA-256 of the module's text, hex. */
  readonly sha256: string;
}

/** The path of a module that is named by a path or a `file:` URL. */
export function modulePath(module: URL | string): string {
  const path = module instanceof URL || module.startsWith("file:") ? fileURLToPath(module) : resolve(module);
  if (!existsSync(path)) throw new MissingPathError(path);
  return path;
}

/** Imports a module and takes its default export, or that named `pipeline` or `stages`. */
export async function loadModule(path: string): Promise<LoadedModule> {
  const exported = await importModule(path);
  const given = exported["default"] ?? exported["pipeline"] ?? exported["stages"];
  // The command's configuration files wrap their pipeline.
  const found = isConfig(given) ? given.pipeline : given;
  const stages: unknown[] = Array.isArray(found) ? found : [found];
  if (stages.length === 0 || !stages.every(isRunnable)) {
    const names = Object.keys(exported).join(", ") || "nothing";
    throw new PipelineModuleError(
      path,
      `exports ${names}: give it a default export, or one named "pipeline" or "stages", that is a pipeline, a stage, or a list of them`,
    );
  }
  const sha256 = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  return { stages, many: Array.isArray(found), sha256 };
}

function isConfig(value: unknown): value is DatasetConfig {
  return typeof value === "object" && value !== null && "pipeline" in value;
}

function isRunnable(value: unknown): value is Runnable {
  if (typeof value !== "object" || value === null) return false;
  return ("docs" in value && "steps" in value) || ("run" in value && "tasks" in value);
}

/** What a thread or a process of this package's own needs, where that is still TypeScript. */
export interface Loader {
  /** Flags of Node.js: those of this process that say how modules are found. */
  readonly flags: readonly string[];
  /** Where tsx is. */
  readonly tsx?: { readonly loader: string; readonly api: string } | undefined;
}

export function ownLoader(): Loader {
  const flags = inheritedFlags(process.execArgv);
  if (!fromSource) return { flags };
  if (!flags.includes(sourceCondition)) flags.push(sourceCondition);
  return { flags, tsx: findTsx() };
}

/** Flags that say how modules are found and loaded; others are not for a thread. */
function inheritedFlags(argv: readonly string[]): string[] {
  const flags: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    if (!/^(?:--conditions|-C|--import|--require|-r|--loader|--experimental-loader)(?:=|$)/.test(argv[i]!))
      continue;
    flags.push(argv[i]!);
    if (!argv[i]!.includes("=") && argv[i + 1] !== undefined) flags.push(argv[++i]!);
  }
  return flags;
}

/** The URLs of tsx's entries. `require.resolve` alone would answer its CommonJS ones. */
function findTsx(): Loader["tsx"] {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("tsx/package.json");
  const { exports } = require(manifest);
  const url = (path: string) => new URL(path, pathToFileURL(manifest)).href;
  return { loader: url(exports["."]), api: url(exports["./esm/api"].import.default) };
}
