// Every entry of every package, from all six installed in one project: imported, bundled for a browser, typechecked.

import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { packages, wholeProject } from "./consumer.js";
import { entriesOf, isForNode, readManifest, root } from "./release.js";

const entries = entriesOf(packages);
const browserEntries = entries.filter((entry) => !isForNode(entry));

test("Node imports every entry from what was built", async () => {
  wholeProject.write(
    "imports.mjs",
    `const found = {};
    for (const entry of ${JSON.stringify(entries)})
      found[entry] = [import.meta.resolve(entry), Object.keys(await import(entry))];
    console.log(JSON.stringify(found));`,
  );
  const found: Record<string, [string, string[]]> = JSON.parse(await wholeProject.runs("imports.mjs"));
  for (const [entry, [resolved, names]] of Object.entries(found)) {
    expect(resolved, entry).toContain("/dist/");
    expect(names.length, entry).toBeGreaterThan(0);
    expect(names, entry).not.toContain("default");
  }
});

describe.each(browserEntries)("%s", (entry) => {
  test("is bundled for the browser without anything from Node", async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from "${entry}";`, resolveDir: wholeProject.folder },
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "silent",
    });
    const code = outputFiles[0]!.text;
    expect(code).not.toMatch(/from\s*"node:|import\("node:|require\("node:/);
    const bundle = wholeProject.write(`${entry.replaceAll(/\W/g, "-")}.mjs`, code);
    wholeProject.write(
      "names.mjs",
      `console.log(Object.keys(await import(${JSON.stringify(bundle)})).length);`,
    );
    expect(Number(await wholeProject.runs("names.mjs"))).toBeGreaterThan(0);
  });
});

test.each(packages.filter(({ manifest }) => manifest.bin))(
  "npx finds the command of $manifest.name",
  async ({ folder, manifest }) => {
    const version = await wholeProject.exec("npx", ["--no", "--", manifest.name, "--version"]);
    // The build knows the version of before the rehearsal; a release builds once more.
    expect(version.trim()).toBe(readManifest(join(root, "packages", folder)).version);
  },
);
