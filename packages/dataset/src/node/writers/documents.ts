import { checkArgument } from "../../check.js";
import type { Document } from "../../document.js";
import { AtomicFile } from "../../shards/file.js";
import type { SinkWriter } from "../../sink.js";

/** Writes documents to one file, which appears under its name only when it is complete, and returns how many. */
export async function writeDocuments(
  name: string,
  documents: AsyncIterable<Document>,
  path: string,
  open: (file: AtomicFile) => Promise<SinkWriter>,
  signal: AbortSignal | undefined,
): Promise<number> {
  checkArgument(`documents of ${name}`, documents, "iterable");
  checkArgument(`path of ${name}`, path, "string");
  const file = await AtomicFile.create(path);
  try {
    const writer = await open(file);
    let count = 0;
    for await (const document of documents) {
      signal?.throwIfAborted();
      await writer.write(document);
      count++;
    }
    await writer.close();
    return count;
  } finally {
    await file.discard();
  }
}
