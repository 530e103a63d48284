import { type FileHandle, open, stat } from "node:fs/promises";
import { DedupFileError } from "./errors.js";

/** A file of records of 32-bit words, little-endian as all machines are that run Node. */
export class RecordFile {
  readonly path: string;
  /** Words a record. */
  readonly width: number;
  /** Records. */
  readonly count: number;

  private constructor(path: string, width: number, count: number) {
    this.path = path;
    this.width = width;
    this.count = count;
  }

  /** @throws DedupFileError if the file is missing or holds part of a record; `wayOut` says what to do then */
  static async find(path: string, width: number, wayOut: string): Promise<RecordFile> {
    const found = await stat(path).catch((cause) => {
      throw new DedupFileError(path, "is missing", wayOut, cause);
    });
    if (found.size % (4 * width) !== 0) {
      const problem = `is cut short: ${found.size} bytes are no whole number of records of ${4 * width}`;
      throw new DedupFileError(path, problem, wayOut);
    }
    return new RecordFile(path, width, found.size / (4 * width));
  }

  /** Up to `count` records from `first` on. The file is open only meanwhile: there may be more files than can be open. */
  async read(first: number, count: number): Promise<Uint32Array> {
    const handle = await open(this.path);
    try {
      return await this.readFrom(handle, first, count);
    } finally {
      await handle.close();
    }
  }

  /** All records, as many at a time as are in a mebibyte. */
  async *batches(): AsyncGenerator<Uint32Array> {
    const size = Math.floor(2 ** 20 / (4 * this.width));
    const handle = await open(this.path);
    try {
      for (let first = 0; first < this.count; first += size) yield await this.readFrom(handle, first, size);
    } finally {
      await handle.close();
    }
  }

  /** The first record, of those sorted by their leading 64-bit number, whose number is at least `[high, low]`; `count` if none is. */
  async lowerBound([high, low]: readonly [number, number]): Promise<number> {
    const handle = await open(this.path);
    try {
      let [from, to] = [0, this.count];
      while (from < to) {
        const middle = Math.floor((from + to) / 2);
        const record = await this.readFrom(handle, middle, 1);
        if (record[1]! < high || (record[1] === high && record[0]! < low)) from = middle + 1;
        else to = middle;
      }
      return from;
    } finally {
      await handle.close();
    }
  }

  private async readFrom(handle: FileHandle, first: number, count: number): Promise<Uint32Array> {
    const words = new Uint32Array(Math.min(count, this.count - first) * this.width);
    const bytes = new Uint8Array(words.buffer);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, 4 * this.width * first + at);
      if (bytesRead === 0)
        throw new DedupFileError(this.path, "became shorter while it was read", "run this stage again");
      at += bytesRead;
    }
    return words;
  }
}

/** The words as bytes, not copied. */
export function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
