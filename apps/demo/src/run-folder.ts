import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeAside } from "@llm/platform/durable";
import { DemoError } from "./errors.js";
import { lock } from "./lock.js";

/** Everything that decides what a run makes, as plain JSON: equal identities make equal runs. */
export type Identity = Record<string, string | number | readonly string[]>;

/** What a stage leaves behind: a summary for later stages, and the files it wrote. */
export interface StageResult<T> {
  summary: T;
  /** Relative to the run's folder. */
  files: string[];
}

/**
 * The folder of one run. A stage that has finished leaves a marker, and is skipped from then on;
 * a stage whose files are no longer as it left them is done again.
 */
export class RunFolder {
  readonly path: string;
  readonly #release: () => void;

  private constructor(path: string, release: () => void) {
    this.path = path;
    this.#release = release;
  }

  /** Opens or makes a run's folder, and locks it. Refuses one that was made with another identity. */
  static async open(path: string, identity: Identity): Promise<RunFolder> {
    await mkdir(join(path, "stages"), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      // Node says ENOENT of a folder that could not be made because its disk is read-only.
      if (error.code !== "ENOENT" && error.code !== "ENOTDIR" && error.code !== "EEXIST") throw error;
      throw new DemoError(
        `The folder ${path} cannot be made: its place is read-only, or a file. Choose another with --runs.`,
        { cause: error },
      );
    });
    const folder = new RunFolder(path, lock(join(path, "lock")));
    try {
      const known = await readJson<Identity>(folder.file("run.json"));
      if (known) refuseOther(path, known, identity);
      else if ((await readdir(folder.file("stages"))).length > 0) {
        throw new DemoError(
          `${path} holds a run whose run.json is gone or damaged: nobody can tell its settings. Give this one another --name, or delete that folder.`,
        );
      } else await writeAside(folder.file("run.json"), `${JSON.stringify(identity, null, 2)}\n`);
      return folder;
    } catch (error) {
      folder.close();
      throw error;
    }
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Runs a stage, or answers what it left when it ran before. */
  async stage<T>(name: string, work: () => Promise<StageResult<T>>): Promise<T> {
    const marker = this.file("stages", `${name}.json`);
    const done = await readJson<{ summary: T; files: Record<string, number> }>(marker);
    if (done && (await this.#intact(done.files))) return done.summary;
    const later = await this.#work(work);
    await writeAside(marker, `${JSON.stringify(later, null, 2)}\n`);
    return later.summary;
  }

  /** Whether a stage has finished before. */
  async finished(name: string): Promise<boolean> {
    const done = await readJson<{ files: Record<string, number> }>(this.file("stages", `${name}.json`));
    return done !== undefined && (await this.#intact(done.files));
  }

  /** Gives the folder back to others. */
  close(): void {
    this.#release();
  }

  async #work<T>(
    work: () => Promise<StageResult<T>>,
  ): Promise<{ summary: T; files: Record<string, number> }> {
    const { summary, files } = await work();
    const sizes: Record<string, number> = {};
    for (const file of files) sizes[file] = (await stat(this.file(file))).size;
    return { summary, files: sizes };
  }

  async #intact(files: Record<string, number>): Promise<boolean> {
    for (const [file, size] of Object.entries(files)) {
      const found = await stat(this.file(file)).catch(() => undefined);
      if (found?.size !== size) return false;
    }
    return true;
  }
}

/** A JSON file's content; undefined where there is none, or it is no JSON (it is then removed). */
async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    await rm(path);
    return undefined;
  }
}

function refuseOther(path: string, known: Identity, wanted: Identity): void {
  const changed = Object.keys({ ...known, ...wanted }).filter(
    (key) => JSON.stringify(known[key]) !== JSON.stringify(wanted[key]),
  );
  if (changed.length === 0) return;
  const show = (value: unknown) => {
    const text = JSON.stringify(value) ?? "nothing";
    return text.length > 60 ? `${text.slice(0, 59)}…` : text;
  };
  const differences = changed
    .map((key) => `  ${key}: ${show(known[key])}, now ${show(wanted[key])}`)
    .join("\n");
  throw new DemoError(
    `${path} holds a run made with other settings or other input:\n${differences}\nGive this one another --name, or delete that folder.`,
  );
}
