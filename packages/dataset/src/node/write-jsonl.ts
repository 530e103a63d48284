import { open, rename, rm } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { Document } from "../document.js";

/** Options of `writeJsonl`. */
export interface WriteJsonlOptions {
  signal?: AbortSignal | undefined;
}

/**
 * Writes documents as JSON Lines (`{ id, text, meta }`), compressed if the path ends in `.gz`, and returns how many. The file
 * appears under its name only when it is complete.
 */
export async function writeJsonl(
  documents: AsyncIterable<Document>,
  path: string,
  { signal }: WriteJsonlOptions = {},
): Promise<number> {
  const aside = `${path}.tmp`;
  let count = 0;
  async function* lines() {
    for await (const { id, text, meta } of documents) {
      signal?.throwIfAborted();
      count++;
      yield `${JSON.stringify({ id, text, meta })}\n`;
    }
  }
  const file = await open(aside, "w");
  try {
    const text = Readable.from(lines());
    // An error in either stream ends the other, and is thrown here.
    const out = path.endsWith(".gz") ? pipeline(text, createGzip(), () => {}) : text;
    for await (const chunk of out) await file.appendFile(chunk);
    await file.sync();
    await file.close();
    await rename(aside, path);
  } catch (error) {
    await file.close();
    await rm(aside, { force: true });
    throw error;
  }
  return count;
}
