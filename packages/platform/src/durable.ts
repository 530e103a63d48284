// A file that is being replaced must never be seen half written, not even after a power cut: it is written beside its
// place, flushed to the disk and renamed, and then the folder, which holds the name, is flushed too.
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What a file is to hold: a text (UTF-8), bytes, or bytes that come in pieces. */
export type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The file system refused to write a file. What was there under its name before is as it was. */
export class WriteError extends Error {
  override readonly name: string = "WriteError";
  /** The file that was to be written. */
  readonly path: string;
  /** The system's code, such as "ENOENT". */
  readonly code: string;

  constructor(path: string, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
    this.code = code;
  }
}

/** The disk refused to take more. What was there under the file's name before is as it was. */
export class DiskFullError extends WriteError {
  override readonly name = "DiskFullError";

  constructor(path: string, code: string, cause?: unknown) {
    super(path, code, `no space left to write ${path}: free some, or write to another disk`, { cause });
  }
}

/** How files are written. */
export interface WriteOptions {
  /**
   * Nobody else writes here, as in a folder with a lock: then the name beside the file is always the same, and what a killed
   * process has left under it is written over. Default false: each write has a name of its own.
   */
  isSoleWriter?: boolean;
}

/**
 * Replaces a file, or makes it: readers see the old file or the whole new one. Where the content or the disk fails, the old
 * file stays and nothing is left beside it. A pipe or a device (`/dev/stdout`) is written in place.
 *
 * @throws WriteError, or what reading the content throws
 */
export function writeAside(path: string, content: Content, options: WriteOptions = {}): Promise<void> {
  return writeAllAside([[path, content]], options);
}

/**
 * Replaces several files as `writeAside` does one: all are written before the first takes its place, so that a disk that
 * fills up leaves all of the old ones.
 *
 * @throws WriteError, or what reading a content throws
 */
export async function writeAllAside(
  files: Iterable<readonly [path: string, content: Content]>,
  { isSoleWriter = false }: WriteOptions = {},
): Promise<void> {
  const written: { path: string; aside: string }[] = [];
  try {
    for (const [path, content] of files) {
      const inPlace = await isInPlace(path);
      const aside = inPlace ? path : isSoleWriter ? `${path}.tmp` : asideOf(path);
      if (!inPlace) written.push({ path, aside });
      await fill(aside, path, content);
    }
    for (const { path, aside } of written) await naming(path, () => rename(aside, path));
  } catch (error) {
    // The first error says more than what cleaning up may throw.
    for (const { aside } of written) await rm(aside, { force: true }).catch(() => {});
    throw error;
  }
  for (const folder of new Set(written.map(({ path }) => dirname(path)))) await syncFolder(folder);
}

/**
 * Writes a file in its place and flushes it to the disk: for files in a folder that nobody reads yet. Sync the folder after
 * the last of them.
 *
 * @param named the file that errors name, where this one will take its place
 * @throws WriteError, or what reading the content throws
 */
export function writeFlushed(path: string, content: Content, named: string = path): Promise<void> {
  return fill(path, named, content);
}

/**
 * Throws now what {@link writeAside} would throw for this path later, but for a disk that fills up meanwhile.
 *
 * @param options.makesFolders the folders above the file will be made then, so they need not be there now
 */
export async function checkWritable(
  path: string,
  { makesFolders = false }: { makesFolders?: boolean } = {},
): Promise<void> {
  if (await isInPlace(path)) return;
  const folder = makesFolders ? await nearestFolder(dirname(path)) : dirname(path);
  const aside = asideOf(join(folder, basename(path)));
  await naming(path, async () => {
    await (await open(aside, "w")).close();
    await rm(aside);
  });
}

/** Flushes the names in a folder to the disk, where the system can: Windows and some network disks have no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (!["EINVAL", "ENOSYS", "ENOTSUP", "EPERM"].includes(codeOf(error))) throw error;
  } finally {
    await handle.close();
  }
}

/** Turns an error of the file system into one that says which file could not be written, and what to do. */
export async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOSPC" || code === "EDQUOT") throw new DiskFullError(path, code, error);
    if (code === "" || error instanceof WriteError) throw error;
    throw new WriteError(path, code, `cannot write ${path}: ${reasonOf(code, path, error)}`, {
      cause: error,
    });
  }
}

async function fill(place: string, path: string, content: Content): Promise<void> {
  const file = await naming(path, () => open(place, "w"));
  try {
    const pieces = typeof content === "string" || ArrayBuffer.isView(content) ? [content] : content;
    for await (const piece of pieces) await naming(path, () => file.writeFile(piece));
    if (place !== path || (await file.stat()).isFile()) await naming(path, () => file.sync());
  } finally {
    await file.close();
  }
}

/** Whether something is there that a rename must not replace. A folder is refused. */
async function isInPlace(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new WriteError(path, "EISDIR", `cannot write ${path}: ${reasonOf("EISDIR", path)}`);
  }
  return found !== undefined && !found.isFile();
}

/** The folder itself, or the first above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  const above = dirname(folder);
  return found || above === folder ? folder : nearestFolder(above);
}

let writes = 0;

/** A name beside a file that no other writer uses. */
function asideOf(path: string): string {
  return `${path}.${process.pid}-${++writes}.tmp`;
}

function reasonOf(code: string, path: string, error?: unknown): string {
  if (code === "ENOENT") return `there is no folder ${dirname(path)}. Make it first, or name another.`;
  if (code === "ENOTDIR") return `${dirname(path)} is not a folder. Name another.`;
  if (code === "EISDIR") return "it is a folder. Name a file.";
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") {
    return `writing in ${dirname(path)} is not allowed. Change its permissions, or name another folder.`;
  }
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
