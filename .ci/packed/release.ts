// A release as it will be: `changeset version` in a copy of the repository, and the tarballs of what that leaves.
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "./run.js";

export const root = join(import.meta.dirname, "../..");

export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  exports: Record<string, unknown>;
  bin?: Record<string, string>;
  engines: { node: string };
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** One package of the release. */
export interface Packed {
  /** Its folder in `packages/`. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Path of the tarball. */
  readonly tarball: string;
  /** What npm says of the tarball's bytes. */
  readonly integrity: string;
}

export interface Release {
  /** The copy of the repository, with its new versions. */
  readonly repository: string;
  readonly packages: readonly Packed[];
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Folders of `packages/` that are published, in this repository or in a copy. */
export function publishedFolders(repository = root): string[] {
  return readdirSync(join(repository, "packages")).filter(
    (folder) => !readManifest(join(repository, "packages", folder)).private,
  );
}

/** The modules of the packages: "@llm/bpe", "@llm/bpe/node", .. */
export function entriesOf(packages: readonly Packed[]): string[] {
  return packages.flatMap(({ manifest: { name, exports } }) =>
    Object.keys(exports)
      .filter((subpath) => !/\.(?:json|wasm)$/.test(subpath))
      .map((subpath) => name + subpath.slice(1)),
  );
}

/** Whether an entry is for Node alone: files, or what the system has installed. */
export function isForNode(entry: string): boolean {
  return /\/(?:node|mpi)$/.test(entry);
}

/** The peers that entries need, with their ranges. Not TensorFlow's: no entry imports them, and they download half a gigabyte. */
export function peersOf(packages: readonly Packed[]): string[] {
  return packages.flatMap(({ manifest: { peerDependencies = {} } }) =>
    Object.entries(peerDependencies)
      .filter(([name]) => !name.startsWith("@tensorflow/"))
      .map(([name, range]) => `${name}@${range}`),
  );
}

/** Files that a release does not need, and of which there are many. */
const LEFT_OUT = /^(?:packages|apps|docs)\/[^/]+\/(?:test|bench|assembly|chapters|public)\//;

/** Versions and packs the built packages in a copy of the repository, in an empty folder. */
export async function rehearseRelease(folder: string): Promise<Release> {
  const repository = join(folder, "repository");
  const files = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: root,
  });
  const copied = files
    .split("\0")
    .filter((file) => file && !LEFT_OUT.test(file) && existsSync(join(root, file)));
  for (const file of copied) {
    await mkdir(dirname(join(repository, file)), { recursive: true });
    cpSync(join(root, file), join(repository, file));
  }
  for (const name of publishedFolders()) {
    const dist = join(root, "packages", name, "dist");
    if (!existsSync(dist)) throw new Error(`${dist} is missing: npm run build`);
    cpSync(dist, join(repository, "packages", name, "dist"), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(repository, "node_modules"));

  // Changelogs name the commit that added a changeset.
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost", ...args], {
      cwd: repository,
    });
  await git("init", "--quiet");
  await git("add", ".changeset");
  await git("commit", "--quiet", "--message", "changesets");
  await run(join(root, "node_modules/.bin/changeset"), ["version"], { cwd: repository });

  const paths = publishedFolders(repository).map((name) => join(repository, "packages", name));
  const published = paths.map((path) => join(path, "package"));
  for (const path of paths) await run("node", [join(repository, ".config/package.js")], { cwd: path });
  const packed: { name: string; filename: string; integrity: string }[] = JSON.parse(
    await run("npm", ["pack", ...published, "--json", "--silent", "--pack-destination", folder], {
      cwd: folder,
    }),
  );
  const packages = paths.map((path) => {
    const folderName = path.slice(dirname(path).length + 1);
    const { name } = readManifest(path);
    const { filename, integrity } = packed.find((tarball) => tarball.name === name)!;
    return { folder: folderName, name, tarball: join(folder, filename), integrity };
  });
  return {
    repository,
    packages: await Promise.all(
      packages.map(async ({ folder: name, tarball, integrity }) => {
        // As published: without what only the sources need.
        const manifest = JSON.parse(
          await run("tar", ["-xzOf", tarball, "package/package.json"], { cwd: folder }),
        );
        return { folder: name, manifest, tarball, integrity };
      }),
    ),
  };
}
