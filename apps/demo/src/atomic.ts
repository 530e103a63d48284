import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file aside, makes sure it is on the disk, and only then puts it in its place. */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const aside = `${path}.tmp`;
  try {
    const file = await open(aside, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), "r").catch(() => undefined); // not everywhere a file
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
