// The files of a model belong together: a reader must find all of one save or all of another, whenever the process was
// killed. They are written into a folder beside their places. From the moment that it has its final name the new ones
// count, and if the writer cannot finish moving them, whoever comes next does, a reader too. Meanwhile there is no
// config.json, so that no other program takes a mixture for a model.
import { mkdir, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Content, naming, syncFolder, WriteError, writeFlushed } from "@llm/platform/durable";

/** Holds a whole save: the files that are not in their places yet, and their list. */
const SAVED = ".save";
/** The list names all files of the save, and its own name the process that moves them. */
const LIST = /^files\.(\d+)-\d+\.json$/;
/** A save that is being written. */
const UNFINISHED = /^\.save\.(\d+)-\d+\.tmp$/;
/** The file that makes a folder a model. */
const CONFIG = "config.json";
const WEIGHTS = /^model(-\d+-of-\d+)?\.safetensors(\.index\.json)?$/;

/** Milliseconds that a save is waited for which another process is moving. */
const PATIENCE = 10_000;

let works = 0;
/** What this process is writing or moving. */
const underWay = new Set<string>();

/**
 * Replaces files in a folder, which is made if need be. With a config.json among them they are a model, and of an older one
 * no weights are left.
 * @throws WriteError, or what reading a content throws: the old files are there as they were
 */
export async function replaceFiles(folder: string, files: Readonly<Record<string, Content>>): Promise<void> {
  const isNew = await naming(folder, () => mkdir(folder, { recursive: true }));
  await finishReplacing(folder);
  await removeAbandoned(folder);
  const names = Object.keys(files);
  for (const name of names) await checkPlace(join(folder, name));
  const id = `${process.pid}-${++works}`;
  const aside = join(folder, `${SAVED}.${id}.tmp`);
  underWay.add(id);
  try {
    await naming(folder, () => mkdir(aside));
    for (const [name, content] of Object.entries(files)) {
      await writeFlushed(join(aside, name), content, join(folder, name));
    }
    await writeFlushed(join(aside, `files.${id}.json`), JSON.stringify(names), folder);
    await syncFolder(aside);
    await finishReplacing(folder); // another save may be whole by now
    await rmdir(join(folder, SAVED)).catch(() => {}); // empty, of a process killed at its end
    await naming(folder, () => rename(aside, join(folder, SAVED)));
    await syncFolder(folder);
    await moveFiles(folder, `files.${id}.json`);
  } catch (error) {
    // The first error says more than what cleaning up may throw.
    await rm(aside, { recursive: true, force: true }).catch(() => {});
    if (isNew !== undefined) await rmdir(folder).catch(() => {});
    throw error;
  } finally {
    underWay.delete(id);
  }
}

/** Moves the files of a whole save to their places, where a process was killed while it did. */
export async function finishReplacing(folder: string): Promise<void> {
  const started = performance.now();
  for (;;) {
    const list = (await unlessAbsent(readdir(join(folder, SAVED))))?.find((name) => LIST.test(name));
    if (list === undefined) return;
    if (isAtWork(list) && performance.now() - started < PATIENCE) {
      await setTimeout(10);
      continue;
    }
    const id = `${process.pid}-${++works}`;
    const [from, to] = [list, `files.${id}.json`].map((name) => join(folder, SAVED, name)) as [
      string,
      string,
    ];
    underWay.add(id);
    try {
      // Of several that try, one can rename it.
      const isOurs = await naming(folder, () => unlessAbsent(rename(from, to).then(() => true)));
      if (isOurs) await moveFiles(folder, `files.${id}.json`);
    } finally {
      underWay.delete(id);
    }
  }
}

async function moveFiles(folder: string, list: string): Promise<void> {
  const saved = join(folder, SAVED);
  const names: string[] = JSON.parse(await readFile(join(saved, list), "utf8"));
  const waiting = new Set(await readdir(saved));
  const move = (name: string) =>
    naming(join(folder, name), () => rename(join(saved, name), join(folder, name)));
  const remove = (name: string) => naming(join(folder, name), () => rm(join(folder, name), { force: true }));

  if (waiting.has(CONFIG)) await remove(CONFIG);
  for (const name of names) {
    if (waiting.has(name) && name !== CONFIG) await move(name);
  }
  const old = names.includes(CONFIG) ? await readdir(folder) : []; // files beside a model leave it as it is
  for (const name of old) {
    if (WEIGHTS.test(name) && !names.includes(name)) await remove(name);
  }
  await syncFolder(folder);
  if (waiting.has(CONFIG)) await move(CONFIG);
  await syncFolder(folder);
  await rm(saved, { recursive: true, force: true });
}

/** A folder cannot be replaced by a file, which must not come out when half of the files are moved. */
async function checkPlace(path: string): Promise<void> {
  const found = await unlessAbsent(stat(path));
  if (!found?.isDirectory()) return;
  throw new WriteError(path, "EISDIR", `cannot write ${path}: it is a folder. Move it away.`);
}

/** Removes what killed processes have left of saves that never became whole. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!UNFINISHED.test(name) || isAtWork(name)) continue;
    await naming(folder, () => rm(join(folder, name), { recursive: true, force: true }));
  }
}

/** Whether the process that a name tells of is still writing or moving it. */
function isAtWork(name: string): boolean {
  const [id, pid] = /(\d+)-\d+/.exec(name) as unknown as [string, string];
  if (Number(pid) === process.pid) return underWay.has(id);
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** null where there is no such file, or none any more. */
async function unlessAbsent<T>(found: Promise<T>): Promise<T | null> {
  return found.catch((error: unknown) => {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return null;
    throw error;
  });
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
