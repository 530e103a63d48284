import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Pipeline, pipeline } from "../../pipeline.js";
import type { Sink } from "../../sink.js";
import { MissingPathError } from "../errors.js";
import type { Runnable } from "./stage.js";

/** A module that does not export what can be run, or that this Node.js cannot load. */
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
  const exported: Record<string, unknown> = await import(/* @vite-ignore */ pathToFileURL(path).href);
  const found = fromConfig(exported["default"]) ?? exported["pipeline"] ?? exported["stages"];
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

/** The command's configuration has its pipeline, and perhaps a sink, in fields. */
function fromConfig(found: unknown): unknown {
  if (typeof found !== "object" || found === null || !("pipeline" in found)) return found;
  const { pipeline: configured, sink } = found as { pipeline: Pipeline; sink?: Sink };
  return sink ? pipeline(configured.source, ...configured.steps, sink) : configured;
}

function isRunnable(value: unknown): value is Runnable {
  if (typeof value !== "object" || value === null) return false;
  return ("docs" in value && "steps" in value) || ("run" in value && "tasks" in value);
}

const fromSource = import.meta.url.endsWith(".ts");

/** The file of this package that begins a thread or a process, from source or from the build. */
export function entryPath(name: "run/worker" | "slurm/task"): string {
  if (fromSource) return fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
  // The build moves this module, but not the package's own.
  const manifest = createRequire(import.meta.url).resolve("@llm/dataset/package.json");
  return join(dirname(manifest), "dist", "node", `${name}.js`);
}

/** What a thread or a process needs to import a module. */
export interface Loader {
  /** Flags of Node.js: those of this process that say how modules are found. */
  readonly flags: readonly string[];
  /** Where tsx is, if types are to be stripped by it. */
  readonly tsx?: { readonly loader: string; readonly api: string } | undefined;
}

/**
 * TypeScript is loaded with tsx, or, where that is not installed, by Node.js itself (22.18 or later).
 *
 * @throws PipelineModuleError if neither can
 */
export function loaderFor(path: string): Loader {
  const flags = inheritedFlags(process.execArgv);
  if (fromSource && !flags.some((flag) => flag.includes("@llm/source")))
    flags.push("--conditions=@llm/source");
  if (!fromSource && !/\.[cm]?tsx?$/.test(path)) return { flags };
  const tsx = findTsx([path, fileURLToPath(import.meta.url)]);
  if (tsx) return { flags, tsx };
  if ("typescript" in process.features && process.features.typescript) return { flags };
  throw new PipelineModuleError(
    path,
    `is TypeScript, which Node.js ${process.version} cannot load alone: npm install tsx, use Node.js 22.18 or later, or compile it`,
  );
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

/** The URLs of tsx's entries, as seen from some modules. `require.resolve` alone would answer its CommonJS ones. */
function findTsx(modules: readonly string[]): Loader["tsx"] {
  for (const module of modules) {
    let manifest: string;
    try {
      manifest = createRequire(module).resolve("tsx/package.json");
    } catch {
      continue;
    }
    const { exports } = createRequire(module)(manifest);
    const url = (path: string) => new URL(path, pathToFileURL(manifest)).href;
    return { loader: url(exports["."]), api: url(exports["./esm/api"].import.default) };
  }
  return undefined;
}
