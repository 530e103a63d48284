import { join } from "node:path";
import { checkWritable } from "@llm/platform/durable";

/** Throws now what writing a file would throw when the work is done. Folders above it will be made. */
export async function checkFile(path: string | undefined): Promise<void> {
  if (path !== undefined) await checkWritable(path, { makesFolders: true });
}

/** The same for a folder of files. */
export async function checkFolder(path: string | undefined): Promise<void> {
  if (path !== undefined) await checkFile(join(path, "files"));
}
