import { createHash, randomUUID } from "node:crypto";
import { link, readFile, rm } from "node:fs/promises";
import { AtomicFile } from "../../shards/file.js";
import type { SourceFile } from "../../step.js";

/** `manifest.json` of a run: all that decides what its tasks read and write. */
export interface RunManifest {
  readonly version: 1;
  readonly name: string;
  readonly tasks: number;
  /** The names of the source, the steps and the sink, and the options. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Task `rank` reads `files[rank::tasks]`. */
  readonly files: readonly SourceFile[];
  /** SHA-256 of the JSON of `files`, hex. */
  readonly sha256: string;
}

/** A run that would go on with other files, tasks or configuration than it was begun with. */
export class RunMismatchError extends Error {
  override readonly name = "RunMismatchError";
  readonly manifest: string;
  /** What differs, one sentence each. */
  readonly changes: readonly string[];
  constructor(manifest: string, changes: readonly string[]) {
    super(
      `${manifest} was written for another run: ${changes.join("; ")}. ` +
        `Put that back to go on with it, or give another logDir (or delete this one) to begin anew.`,
    );
    this.manifest = manifest;
    this.changes = changes;
  }
}

/** A manifest that is damaged. */
export class RunManifestError extends Error {
  override readonly name = "RunManifestError";
}

/** Writes the manifest of a run that begins, or compares it with that of the run that goes on. */
export async function freezeManifest(
  path: string,
  run: Pick<RunManifest, "name" | "tasks" | "configuration" | "files">,
): Promise<void> {
  // Sources may keep more in their files' entries than is ours to compare.
  const files = run.files.map(({ path, id, size }) => ({ path, id, size }));
  const wanted: RunManifest = { version: 1, ...run, files, sha256: sha256(files) };
  const frozen = (await readRunManifest(path)) ?? (await writeFirst(path, wanted));
  const changes = differences(frozen, wanted);
  if (changes.length > 0) throw new RunMismatchError(path, changes);
}

/** Reads a manifest; undefined if there is none. */
export async function readRunManifest(path: string): Promise<RunManifest | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  let manifest: RunManifest;
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw new RunManifestError(`${path} is not JSON: give another logDir, or delete this one`, { cause });
  }
  if (manifest.version !== 1 || sha256(manifest.files) !== manifest.sha256)
    throw new RunManifestError(
      `${path} is damaged (its list of files has another hash): give another logDir, or delete this one`,
    );
  return manifest;
}

/** Of several tasks that begin a run at once one writes the manifest, and the others read it. */
async function writeFirst(path: string, manifest: RunManifest): Promise<RunManifest> {
  const file = await AtomicFile.create(`${path}.${randomUUID()}`);
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`));
    await file.finish();
    await link(file.path, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await file.discard();
    await rm(file.path, { force: true });
  }
  return (await readRunManifest(path))!;
}

function differences(was: RunManifest, is: RunManifest): string[] {
  const changes: string[] = [];
  const compare = (what: string, a: unknown, b: unknown) => {
    const [before, now] = [JSON.stringify(a), JSON.stringify(b)];
    if (before !== now) changes.push(`${what} was ${before ?? "not set"}, now ${now ?? "not set"}`);
  };
  compare("name", was.name, is.name);
  compare("tasks", was.tasks, is.tasks);
  for (const key of new Set([...Object.keys(was.configuration), ...Object.keys(is.configuration)])) {
    const [before, now] = [was.configuration[key], is.configuration[key]];
    // Threads load a module, and a pipeline that runs without them has none: the same run may go on with other workers.
    if (key !== "moduleSha256" || (before && now)) compare(key, before, now);
  }
  if (was.sha256 !== is.sha256) changes.push(differentFiles(was.files, is.files));
  return changes;
}

function differentFiles(was: readonly SourceFile[], is: readonly SourceFile[]): string {
  const before = new Map(was.map((file) => [file.path, file]));
  const now = new Set(is.map(({ path }) => path));
  const found = [
    ["new", is.filter(({ path }) => !before.has(path))],
    ["gone", was.filter(({ path }) => !now.has(path))],
    ["changed in size", is.filter(({ path, size }) => before.has(path) && before.get(path)!.size !== size)],
  ] as const;
  const told = found
    .filter(([, files]) => files.length > 0)
    .map(([what, files]) => `${files.length} ${what} (${files[0]!.path}${files.length > 1 ? ", .." : ""})`);
  return `files: ${told.join(", ") || "the same in another order or under other ids"}`;
}

function sha256(files: readonly SourceFile[]): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex");
}
