import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeAside } from "@llm/platform/durable";

/**
 * Writes a text aside, flushes it to the disk and moves it to its place, in a folder that is made if need be. One process
 * at a time writes a file: a run's folder has a lock.
 */
export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeAside(path, text, { isSoleWriter: true });
}
