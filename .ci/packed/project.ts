// A consumer's project: empty but for what it installs.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import { inject } from "vitest";
import type { Block } from "./readme.js";
import { run } from "./run.js";
import { pnpm, type Runtime, thisNode, yarn } from "./tools.js";

export type Manager = "npm" | "pnpm" | "yarn";

export interface RunsOptions {
  runtime?: Runtime;
  /** Options of the runtime. */
  flags?: readonly string[];
}

/** An empty folder in which a consumer works. */
export class Project {
  readonly folder = mkdtempSync(join(inject("projects"), "project-"));

  constructor() {
    const registry = inject("registry");
    this.write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
    this.write(".npmrc", `@llm:registry=${registry}\n`);
    const yarnrc = {
      nodeLinker: "node-modules",
      enableTelemetry: false,
      enableScripts: false,
      unsafeHttpWhitelist: ["127.0.0.1"],
      npmScopes: { llm: { npmRegistryServer: registry } },
    };
    this.write(".yarnrc.yml", JSON.stringify(yarnrc));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  exec(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return run(command, args, { cwd: this.folder, env: { ...process.env, ...env } });
  }

  /** Installs packages by name, as a README says. Returns what the package manager prints. */
  async install(packages: readonly string[], manager: Manager = "npm"): Promise<string> {
    if (manager === "npm")
      return this.exec("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages]);
    const [command, ...args] = manager === "pnpm" ? [...pnpm, "add", "--prefer-offline"] : [...yarn, "add"];
    this.write(manager === "yarn" ? "yarn.lock" : "pnpm-workspace.yaml", "");
    return this.exec(command!, [...args, ...packages], { CI: "" });
  }

  /** Runs a module of this project to its end, and answers what it printed. */
  async runs(name: string, { runtime = thisNode, flags = [] }: RunsOptions = {}): Promise<string> {
    const [command, ...args] = runtime.command;
    return this.exec(command!, [...args, ...flags, this.path(name)]);
  }

  /** Runs a README's block as a module and answers the lines it printed. */
  async runsBlock(block: Block, options: RunsOptions = {}): Promise<string[]> {
    const { typescript } = options.runtime ?? thisNode;
    const name = `readme-${block.line}.${typescript ? "ts" : "mjs"}`;
    const code = typescript ? block.code : transformSync(block.code, { loader: "ts", format: "esm" }).code;
    this.write(name, code);
    const printed = await this.runs(name, options);
    return printed
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd());
  }
}
