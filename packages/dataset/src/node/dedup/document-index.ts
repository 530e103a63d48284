import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { taskName } from "../../sink.js";
import { DedupFileError } from "./errors.js";

/** What is known of a rank's documents: `ids` (UTF-8, one after the other), `index` (as `DocumentIndex` reads it), and `json`. */
export function documentsPath(folder: string, rank: number, kind: "ids" | "index" | "json"): string {
  const name = taskName({ rank });
  return join(folder, "documents", `${name}.${kind}`);
}

/** Bytes a document in an `index` file: where its id ends in `ids`, and its score (2 x f64, little-endian). */
const RECORD = 16;

/** Ids and scores of a rank's documents, by position. Files are read where and when they are asked for, without waiting. */
export class DocumentIndex {
  readonly #index: number;
  readonly #ids: number;

  /** @throws DedupFileError */
  constructor(folder: string, rank: number) {
    this.#index = openFile(folder, rank, "index");
    this.#ids = openFile(folder, rank, "ids");
  }

  id(position: number): string {
    const record = Buffer.alloc(2 * RECORD);
    const before = position > 0 ? 1 : 0;
    readSync(this.#index, record, 0, (before + 1) * RECORD, (position - before) * RECORD);
    const start = before ? record.readDoubleLE(0) : 0;
    const bytes = Buffer.alloc(record.readDoubleLE(before * RECORD) - start);
    readSync(this.#ids, bytes, 0, bytes.length, start);
    return bytes.toString("utf8");
  }

  /** The scores of `into.length` documents from the first on. */
  scores(into: Float64Array): void {
    const records = Buffer.alloc(RECORD * Math.min(into.length, 65_536));
    for (let done = 0; done < into.length; ) {
      const count = Math.min(65_536, into.length - done);
      readSync(this.#index, records, 0, count * RECORD, done * RECORD);
      for (let i = 0; i < count; i++) into[done + i] = records.readDoubleLE(i * RECORD + 8);
      done += count;
    }
  }

  close(): void {
    closeSync(this.#index);
    closeSync(this.#ids);
  }
}

function openFile(folder: string, rank: number, kind: "index" | "ids"): number {
  const path = documentsPath(folder, rank, kind);
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new DedupFileError(path, "is missing", `run task ${rank} of the first stage again`, cause);
  }
}

/** Ranks whose files are open at a time. */
const OPEN = 64;

/** Ids of documents of any rank. */
export class DocumentIds {
  private readonly folder: string;
  private readonly opened = new Map<number, DocumentIndex>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws DedupFileError */
  of(rank: number, position: number): string {
    let index = this.opened.get(rank);
    if (!index) {
      index = new DocumentIndex(this.folder, rank);
      const [oldest] = this.opened;
      if (oldest && this.opened.size === OPEN) {
        oldest[1].close();
        this.opened.delete(oldest[0]);
      }
      this.opened.set(rank, index);
    }
    return index.id(position);
  }

  close(): void {
    for (const index of this.opened.values()) index.close();
  }
}

/** What `DocumentIndex` reads of one document. */
export function indexRecord(end: number, score: number): Uint8Array {
  const record = Buffer.alloc(RECORD);
  record.writeDoubleLE(end, 0);
  record.writeDoubleLE(score, 8);
  return record;
}
