// What a consumer gets: all packages packed, installed into an empty project, imported by Node, bundled for a browser.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const folders = readdirSync(join(root, "packages")).filter((folder) => folder !== "platform"); // bundled into the others
const project = mkdtempSync(join(tmpdir(), "llm-packed-"));

interface Manifest {
  name: string;
  exports: Record<string, unknown>;
  peerDependencies?: Record<string, string>;
}
const manifests = folders.map(
  (folder) => JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as Manifest,
);
const entries = manifests.flatMap(({ name, exports }) =>
  Object.keys(exports)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => name + subpath.slice(1)),
);
const browserEntries = entries.filter((entry) => !entry.endsWith("/node"));

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

beforeAll(() => {
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module" }),
  );
  const tarballs = folders.map((folder) => {
    const [packed] = JSON.parse(
      run(
        "npm",
        "pack",
        join(root, "packages", folder),
        "--json",
        "--ignore-scripts",
        "--pack-destination",
        project,
      ),
    ) as { filename: string }[];
    return `./${packed!.filename}`;
  });
  // Optional ones too: every entry is imported below. Not tfjs-node: no entry imports it, and its install script
  // downloads half a gigabyte.
  const peers = manifests.flatMap(({ peerDependencies = {} }) =>
    Object.entries(peerDependencies)
      .filter(([name]) => !name.startsWith("@tensorflow/"))
      .map(([name, range]) => `${name}@${range}`),
  );
  run("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs, ...peers);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe.each(entries)("%s", (entry) => {
  test("is imported by Node, from what was built", () => {
    const script = `console.log(JSON.stringify([import.meta.resolve("${entry}"), Object.keys(await import("${entry}"))]))`;
    const [resolved, names] = JSON.parse(run("node", "--input-type=module", "--eval", script)) as [
      string,
      string[],
    ];
    expect(resolved).toContain("/dist/");
    expect(names.length).toBeGreaterThan(0);
    expect(names).not.toContain("default");
  });
});

describe.each(browserEntries)("%s", (entry) => {
  test("is bundled for the browser without anything from Node", async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from "${entry}";`, resolveDir: project },
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "silent",
    });
    const code = outputFiles[0]!.text;
    expect(code).not.toMatch(/from\s*"node:|import\("node:|require\("node:/);
    const bundle = join(project, `${entry.replaceAll(/\W/g, "-")}.mjs`);
    writeFileSync(bundle, code);
    const names = run(
      "node",
      "--eval",
      `import("${bundle}").then((m) => console.log(Object.keys(m).length))`,
    );
    expect(Number(names)).toBeGreaterThan(0);
  });
});

test("npx finds the command of @llm/bpe", () => {
  const { version } = JSON.parse(readFileSync(join(root, "packages/bpe/package.json"), "utf8"));
  expect(run("npx", "--no", "--", "@llm/bpe", "--version").trim()).toBe(version);
});

test("its types satisfy a strict consumer", () => {
  const imports = entries.map((entry, i) => `import * as m${i} from "${entry}";\nvoid m${i};`);
  writeFileSync(join(project, "consumer.ts"), imports.join("\n"));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = [
    "--strict",
    "--noEmit",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--lib",
    "es2023,dom,dom.asynciterable",
  ];
  const typeRoots = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node"];
  expect(run("node", tsc, ...options, ...typeRoots, "consumer.ts")).toBe("");
});
