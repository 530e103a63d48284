import { open } from "node:fs/promises";
import { DiskFullError } from "../../shards/file.js";
import { bytesOf } from "./records.js";

/** Appends words to a file, which is open only meanwhile: there may be more files than can be open. @throws DiskFullError */
export async function appendRecords(path: string, words: Uint32Array): Promise<void> {
  const handle = await open(path, "a");
  try {
    await handle.writeFile(bytesOf(words));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOSPC" || code === "EDQUOT") throw new DiskFullError(path, error);
    throw error;
  } finally {
    await handle.close();
  }
}
