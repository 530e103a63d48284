// Runtimes and package managers, each of one version, from npm without install scripts.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./release.js";
import { run } from "./run.js";

const system = `${process.platform}-${process.arch}`;
const folder = join(root, "node_modules/.cache/packed");

/** The packages that hold the binaries; those of Node are of one processor each. */
const versions = {
  "node-20": `npm:node-${system}@20.16.0`,
  "node-22": `npm:node-${system}@22.3.0`,
  "node-24": `npm:node-${system}@24.22.3`,
  [`@oven/bun-${system}`]: "1.4.5",
  deno: "2.9.6",
  [`@pnpm/exe.${system}`]: "12.21.0",
  pnpm: "10.34.8",
  "@yarnpkg/cli-dist": "4.18.1",
};

/** Installs all of them, once. */
export async function installTools(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: versions }));
  await run("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], {
    cwd: folder,
    limit: 600_000,
  });
}

const installed = (path: string) => join(folder, "node_modules", path);

/** A program that runs JavaScript. */
export interface Runtime {
  readonly name: string;
  /** The command, to be followed by the path of a module. */
  readonly command: readonly string[];
  /** Whether it runs TypeScript whose types can be taken away. */
  readonly typescript: boolean;
}

const node = (major: number): Runtime => ({
  name: `Node ${versions[`node-${major}` as "node-24"].split("@")[1]}`,
  command: [installed(`node-${major}/bin/node`)],
  typescript: major >= 24,
});

/** What runs the tests. */
export const thisNode: Runtime = {
  name: `Node ${process.versions.node}`,
  command: [process.execPath],
  typescript: false,
};

/** The lowest version of Node that `engines` names, the newest, and what else runs the packages. */
export const runtimes: readonly Runtime[] = [
  node(20),
  node(24),
  { name: "Bun", command: [installed(`@oven/bun-${system}/bin/bun`)], typescript: true },
  {
    name: "Deno",
    command: [process.execPath, installed("deno/bin.cjs"), "run", "--allow-all"],
    typescript: true,
  },
];

/** The lowest of the next line of Node that `engines` names. */
export const secondLowest: Runtime = node(22);

/** Package managers, each with the command that adds packages. */
export const managers = {
  npm: ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund"],
  pnpm: [installed(`@pnpm/exe.${system}/pnpm`), "add", "--prefer-offline"],
  "pnpm 10": [process.execPath, installed("pnpm/bin/pnpm.cjs"), "add", "--prefer-offline"],
  yarn: [process.execPath, installed("@yarnpkg/cli-dist/bin/yarn.js"), "add"],
} as const satisfies Record<string, readonly string[]>;

export type Manager = keyof typeof managers;
