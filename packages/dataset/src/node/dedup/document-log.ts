import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "@llm/platform/durable";
import type { Document } from "../../document.js";
import { AtomicFile } from "../../shards/file.js";
import { documentsPath, indexRecord } from "./document-index.js";

const encoder = new TextEncoder();

/** What a first stage writes of a rank's documents: what `DocumentIndex` reads, and last a file that says that all is there. */
export class DocumentLog {
  count = 0;
  private end = 0;
  private readonly json: string;
  private readonly ids: AtomicFile;
  private readonly index: AtomicFile;

  private constructor(json: string, ids: AtomicFile, index: AtomicFile) {
    this.json = json;
    this.ids = ids;
    this.index = index;
  }

  static async create(folder: string, rank: number): Promise<DocumentLog> {
    const json = documentsPath(folder, rank, "json");
    await rm(json, { force: true });
    await mkdir(dirname(json), { recursive: true });
    const ids = await AtomicFile.create(documentsPath(folder, rank, "ids"));
    return new DocumentLog(json, ids, await AtomicFile.create(documentsPath(folder, rank, "index")));
  }

  async add(document: Document, score: number): Promise<void> {
    const id = encoder.encode(document.id);
    this.end += id.length;
    this.count++;
    await this.ids.write(id);
    await this.index.write(indexRecord(this.end, score));
  }

  /** Ends the log, to be called when all other files of the rank are there. */
  async close(content: object): Promise<void> {
    const json = await AtomicFile.create(this.json);
    try {
      await json.write(encoder.encode(`${JSON.stringify(content)}\n`));
      for (const file of [this.ids, this.index, json]) await file.close();
      for (const file of [this.ids, this.index]) await file.commit();
      await syncFolder(dirname(this.json));
      await json.commit();
      await syncFolder(dirname(this.json));
    } finally {
      await json.discard();
    }
  }

  async discard(): Promise<void> {
    await this.ids.discard();
    await this.index.discard();
  }
}
