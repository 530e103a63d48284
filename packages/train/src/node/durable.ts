import { open } from "node:fs/promises";

/** Writes a new file and waits until it is on the disk. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the names in a directory are on the disk (Windows has no such call and needs none). */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform !== "win32") {
    const directory = await open(path, "r");
    await directory.sync().finally(() => directory.close());
  }
}
