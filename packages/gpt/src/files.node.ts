import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Reads one file of a model folder. */
export async function readModelFile(folder: string, name: string): Promise<Uint8Array> {
  return readFile(join(folder, name));
}

/**
 * Writes the files of a model folder. Each is written beside its place, fsynced and renamed, so a
 * reader sees the old file or the whole new one.
 */
export async function writeModelFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name);
    const aside = `${path}.${process.pid}.tmp`;
    try {
      const file = await open(aside, "w");
      try {
        await file.writeFile(bytes);
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
