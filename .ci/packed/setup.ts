// Runs once before the tests of what is packed: the release's tarballs, a registry that has them, and a project that installs all.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { Project } from "./project.js";
import { serveRegistry } from "./registry.js";
import { peersOf, type Release, rehearseRelease } from "./release.js";
import { installTools } from "./tools.js";

declare module "vitest" {
  export interface ProvidedContext {
    release: Release;
    /** Address of the registry. */
    registry: string;
    /** A folder for projects, which goes away at the end. */
    projects: string;
    /** The project that has all packages and their peers. */
    wholeProject: string;
    /** Whether there is time for more than a change has to pass. */
    long: boolean;
  }
}

let end: () => void = () => {};

export async function setup(project: TestProject): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "llm-packed-"));
  end = () => rmSync(folder, { recursive: true, force: true });
  const [release] = await Promise.all([rehearseRelease(folder), installTools()]);
  const { url, server } = await serveRegistry(release.packages);
  end = () => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  project.provide("release", release);
  project.provide("registry", url);
  project.provide("projects", folder);
  project.provide("long", project.vite.config.mode === "long");
  const whole = Project.create(folder, url);
  await whole.install([
    ...release.packages.map(({ manifest }) => manifest.name),
    ...peersOf(release.packages),
  ]);
  project.provide("wholeProject", whole.folder);
}

export function teardown(): void {
  end();
}
