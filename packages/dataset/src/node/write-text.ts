import { dirname } from "node:path";
import { AtomicFile, syncFolder } from "../shards/file.js";

/** Writes a text aside, flushes it to the disk and moves it to its place. */
export async function writeText(path: string, text: string): Promise<void> {
  const file = await AtomicFile.create(path);
  try {
    await file.write(new TextEncoder().encode(text));
    await file.close();
    await file.commit();
    await syncFolder(dirname(path));
  } finally {
    await file.discard();
  }
}
