// Every README: its code, in an empty project with its own install line, prints what it says and ends.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyProject, packages } from "./consumer.js";
import { readReadme } from "./readme.js";
import { root } from "./release.js";

const folders = packages.map(({ folder }) => folder);

/** The examples of a package, which its tests run and the documentation shows. */
function examplesOf(folder: string): string[] {
  const examples = join(root, "packages", folder, "examples");
  return readdirSync(examples, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(examples, file), "utf8"));
}

describe.each(folders)("README of %s", (folder) => {
  const { installs, blocks } = readReadme(folder);
  const run = blocks.filter(({ notRun }) => notRun === undefined);

  test("shows examples, whole", () => {
    expect(run.length).toBeGreaterThan(0);
    const examples = examplesOf(folder);
    for (const { code } of run) expect(examples).toContain(code);
  });

  test("installs what its code imports, and the code prints what it says", async () => {
    const project = emptyProject();
    await project.install(installs);
    for (const block of run) expect(await project.runsBlock(block)).toEqual(block.output);
  });
});
