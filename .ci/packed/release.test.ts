// The next release, rehearsed: versions, ranges and changelogs; each package installed alone.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyProject, packages, repository } from "./consumer.js";
import { publishedFolders, readManifest, root } from "./release.js";

const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));

test("six packages are packed", () => {
  expect(packages.map(({ folder }) => folder)).toEqual(publishedFolders());
  expect(packages).toHaveLength(6);
});

describe.each(packages)("$manifest.name", ({ folder, manifest, tarball }) => {
  const changed = readManifest(join(root, "packages", folder)).version !== manifest.version;

  test("has a changelog of its new version", () => {
    const changelog = join(repository, "packages", folder, "CHANGELOG.md");
    expect(existsSync(changelog) || !changed).toBe(true);
    if (changed) expect(readFileSync(changelog, "utf8")).toContain(`## ${manifest.version}\n`);
  });

  test("asks for our packages as they are released now, and for none that is not", () => {
    const ours = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(([name]) =>
      name.startsWith("@llm/"),
    );
    for (const [name, range] of ours) expect([name, range]).toEqual([name, `^${versions.get(name)}`]);
  });

  test("ships no source and no way to it, and nothing that is not published", () => {
    const names = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).split("\n");
    expect(
      names.filter((name) => /^package\/(?!dist\/|package\.json$|README\.md$|LICENSE$)./.test(name)),
    ).toEqual([]);
    expect(JSON.stringify(manifest)).not.toMatch(/@llm\/(source|platform)/);
    const code = execFileSync("tar", ["-xzOf", tarball, "--wildcards", "*.js", "*.d.ts"], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    expect(code).not.toMatch(/(?:from|import\()\s*["']@llm\/platform/);
  });

  test("is installed alone, and its main entry is imported", async () => {
    const project = emptyProject();
    await project.install([manifest.name]);
    project.write("main.mjs", `console.log(Object.keys(await import("${manifest.name}")).length);`);
    expect(Number(await project.runs("main.mjs"))).toBeGreaterThan(0);
  });
});
