import { access, type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAside } from "@llm/platform/durable";
import type { ByteSource } from "./byte-source.js";

import { finishReplacing } from "./replace-files.node.js";

export { finishReplacing as finishSave, replaceFiles as writeModelFiles } from "./replace-files.node.js";

/** Reads one file of a model folder, after finishing a save that was stopped. */
export async function readModelFile(folder: string, name: string): Promise<Uint8Array> {
  await finishReplacing(folder);
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

/** Opens a file to be read at any place. */
export async function openBytes(path: string): Promise<ByteSource> {
  const file = await open(path);
  const { size } = await file.stat();
  const read = async (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      // The system reads less than 2 GiB at once.
      const { bytesRead } = await file.read(bytes, at, Math.min(length - at, 1 << 30), offset + at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  };
  return { name: path, size, read, close: () => file.close() };
}

/** Writes one file aside, syncs it and gives it its name. */
export async function writeModelFile(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  await writeAside(path, content);
}
