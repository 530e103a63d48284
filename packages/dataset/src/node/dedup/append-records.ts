import { open } from "node:fs/promises";
import { naming } from "@llm/platform/durable";
import { bytesOf } from "./records.js";

/** Appends words to a file, which is open only meanwhile: there may be more files than can be open. @throws DiskFullError */
export async function appendRecords(path: string, words: Uint32Array): Promise<void> {
  await naming(path, async () => {
    const handle = await open(path, "a");
    try {
      await handle.writeFile(bytesOf(words));
    } finally {
      await handle.close();
    }
  });
}
