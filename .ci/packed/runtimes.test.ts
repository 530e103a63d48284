// Node's lowest and newest versions that are supported, Bun and Deno: imports, and the READMEs' code.
// Between a change and the next one block of each README; `npm run test:long` runs all, and the lowest of Node 22 too.
import { describe, expect, test } from "vitest";
import { long, packages, wholeProject } from "./consumer.js";
import { readReadme } from "./readme.js";
import { entriesOf } from "./release.js";
import { runtimes, secondLowest } from "./tools.js";

test("the lowest versions are those that `engines` names", () => {
  const lowest = [...runtimes, secondLowest].map(({ name }) => /^Node (\d+\.\d+)/.exec(name)?.[1]);
  for (const { manifest } of packages) {
    const named = manifest.engines.node.match(/\d+\.\d+|\d+/g)!;
    expect(named[0], manifest.name).toBe(lowest[0]);
    for (const version of named) expect(lowest, manifest.name).toContain(version);
  }
});

describe.each(long ? [...runtimes, secondLowest] : runtimes)("$name", (runtime) => {
  test("imports every entry", async () => {
    const imports = entriesOf(packages).map((entry) => `await import("${entry}");`);
    wholeProject.write("imports.mjs", [...imports, 'console.log("imported");'].join("\n"));
    expect(await wholeProject.runs("imports.mjs", { runtime })).toBe("imported\n");
  });

  test.each(packages)("runs the README of $manifest.name", async ({ folder }) => {
    const blocks = readReadme(folder).blocks.filter(({ notRun }) => notRun === undefined);
    for (const block of long ? blocks : blocks.slice(0, 1))
      expect(await wholeProject.runsBlock(block, { runtime })).toEqual(block.output);
  });
});
