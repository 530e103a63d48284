import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "@llm/platform/durable";
import { AtomicFile } from "../../shards/file.js";
import { appendRecords } from "./append-records.js";
import { bytesOf, RecordFile } from "./records.js";
import { sortRecords } from "./sort.js";

/** Words that all files hold together before theirs go to the disk. */
const HELD = 2 ** 22;

/** Records for several files, kept on the disk as they come: only one file's are in memory at a time, to be sorted. */
export class UnsortedRecords {
  private readonly files: readonly { path: string; held: Uint32Array; count: number }[];
  private readonly width: number;
  /** Records that a file holds in memory. */
  private readonly capacity: number;

  private constructor(paths: readonly string[], width: number, held: number) {
    this.width = width;
    this.capacity = Math.ceil(held / paths.length / width);
    this.files = paths.map((path) => ({ path, held: new Uint32Array(this.capacity * width), count: 0 }));
  }

  /**
   * @param width words a record
   * @param held words that are held in memory
   */
  static async create(paths: readonly string[], width: number, held = HELD): Promise<UnsortedRecords> {
    for (const path of paths) {
      await mkdir(dirname(path), { recursive: true });
      await rm(`${path}.unsorted`, { force: true });
    }
    return new UnsortedRecords(paths, width, held);
  }

  /** Adds to a file a record, which is written by `fill` at a place in a list. Answers whether the file has to be spilt now. */
  add(file: number, fill: (words: Uint32Array, at: number) => void): boolean {
    const { held, count } = this.files[file]!;
    const place = count % this.capacity;
    fill(held, place * this.width);
    this.files[file]!.count++;
    return place === this.capacity - 1;
  }

  /** Brings a full file's records to the disk. */
  async spill(file: number): Promise<void> {
    const { path, held } = this.files[file]!;
    await appendRecords(`${path}.unsorted`, held);
  }

  /** Writes a file whole and sorted. */
  async writeSorted(file: number): Promise<void> {
    const { path, held, count } = this.files[file]!;
    const rest = count % this.capacity;
    const records = new Uint32Array(count * this.width);
    records.set(held.subarray(0, rest * this.width), (count - rest) * this.width);
    if (count > rest) {
      const spilt = await RecordFile.find(`${path}.unsorted`, this.width, "run this task again");
      records.set(await spilt.read(0, count - rest));
    }
    const sorted = await AtomicFile.create(path);
    try {
      await sorted.write(bytesOf(sortRecords(records, this.width)));
      await sorted.close();
      await sorted.commit();
      await syncFolder(dirname(path));
    } finally {
      await sorted.discard();
    }
  }

  async discard(): Promise<void> {
    for (const { path } of this.files) await rm(`${path}.unsorted`, { force: true });
  }
}
