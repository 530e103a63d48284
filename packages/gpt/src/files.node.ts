import { access, type FileHandle, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Reads one file of a model folder. */
export async function readModelFile(folder: string, name: string): Promise<Uint8Array> {
  return readFile(join(folder, name));
}

/** Whether a model folder has a file. */
export async function hasModelFile(folder: string, name: string): Promise<boolean> {
  return access(join(folder, name)).then(
    () => true,
    () => false,
  );
}

/** Bytes that are read at once. */
const CHUNK = 1 << 20;

/** Opens one file of a model folder, to be read in pieces; it is closed after the last, or when no more is wanted. */
export async function openModelFile(folder: string, name: string): Promise<AsyncIterable<Uint8Array>> {
  return chunksOf(await open(join(folder, name)));
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK), 0, CHUNK);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * Writes the files of a model folder. Each is written beside its place, fsynced and renamed, so a
 * reader sees the old file or the whole new one.
 */
export async function writeModelFiles(
  folder: string,
  files: Readonly<Record<string, Iterable<Uint8Array> | AsyncIterable<Uint8Array>>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, chunks] of Object.entries(files)) {
    const path = join(folder, name);
    const aside = `${path}.${process.pid}.tmp`;
    try {
      const file = await open(aside, "w");
      try {
        for await (const chunk of chunks) await file.writeFile(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, path);
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
  }
  if (process.platform !== "win32") {
    const directory = await open(folder, "r");
    await directory.sync().finally(() => directory.close());
  }
}
