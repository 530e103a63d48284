// A consumer's project: empty but for what it installs.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import type { Block } from "./readme.js";
import { run } from "./run.js";
import { type Manager, managers, type Runtime, thisNode } from "./tools.js";

/** A setting of npm on this machine; nothing where it has none. */
function npmSetting(name: string): string | undefined {
  const value = execFileSync("npm", ["config", "get", name], { encoding: "utf8" }).trim();
  return value === "" || value === "null" || value === "undefined" ? undefined : value;
}

export interface RunsOptions {
  runtime?: Runtime;
  /** Options of the runtime. */
  flags?: readonly string[];
}

/** A folder in which a consumer works. */
export class Project {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** A project in which nothing is installed; @llm/.. comes from the registry, everything else from npm's. */
  static create(parent: string, registry: string): Project {
    const project = new Project(mkdtempSync(join(parent, "project-")));
    project.write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
    project.write(".npmrc", `@llm:registry=${registry}\n`);
    // Yarn does not read what npm is set up with: the certificates that this machine trusts, for one.
    const cafile = npmSetting("cafile");
    const yarnrc = {
      ...(cafile && { httpsCaFilePath: cafile }),
      nodeLinker: "node-modules",
      enableTelemetry: false,
      enableScripts: false,
      unsafeHttpWhitelist: ["127.0.0.1"],
      npmPreapprovedPackages: ["@llm/*"],
      npmScopes: { llm: { npmRegistryServer: registry } },
    };
    project.write(".yarnrc.yml", JSON.stringify(yarnrc));
    return project;
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
    const [command, ...args] = managers[manager];
    // Yarn takes a folder with a lockfile as a project of its own. What a manager asks or refuses in CI is not tested here.
    if (manager === "yarn") this.write("yarn.lock", "");
    return this.exec(command, [...args, ...packages], { CI: "" });
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
