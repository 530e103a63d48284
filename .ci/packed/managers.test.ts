// All six packages under pnpm and yarn: installed, imported, and the code of their READMEs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyProject, long, packages } from "./consumer.js";
import { readReadme } from "./readme.js";
import { entriesOf, root } from "./release.js";
import type { Manager } from "./tools.js";

const names = packages.map(({ manifest }) => manifest.name);
const allowBuilds = "allowBuilds: { koffi: false }";

describe.each<Manager>(long ? ["pnpm", "pnpm 10", "yarn"] : ["pnpm", "yarn"])("%s", (manager) => {
  test("installs all six, whose READMEs' code then runs", async () => {
    const project = emptyProject();
    if (manager !== "yarn") project.write("pnpm-workspace.yaml", `${allowBuilds}\n`);
    await project.install(names, manager);
    const imports = entriesOf(packages).map((entry) => `await import("${entry}");`);
    project.write("imports.mjs", [...imports, 'console.log("imported");'].join("\n"));
    expect(await project.runs("imports.mjs")).toBe("imported\n");
    for (const { folder } of packages) {
      const [block] = readReadme(folder).blocks;
      expect(await project.runsBlock(block!)).toEqual(block!.output);
    }
  });
});

test("pnpm holds back one install script, which the READMEs answer for", async () => {
  const refused = await emptyProject()
    .install(names, "pnpm")
    .catch((error: Error) => error.message);
  expect(refused).toContain("ERR_PNPM_IGNORED_BUILDS");
  expect(/Ignored build scripts: (.*)\./.exec(refused)?.[1]).toMatch(/^koffi@[\d.]+$/);
  for (const folder of ["gpt", "tensor", "train"])
    expect(readFileSync(join(root, "packages", folder, "README.md"), "utf8")).toContain(`\`${allowBuilds}\``);
});
