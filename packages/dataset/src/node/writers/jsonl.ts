import { join } from "node:path";
import { check } from "../../check.js";
import type { Document } from "../../document.js";
import { AtomicFile } from "../../shards/file.js";
import { type Sink, type SinkState, type SinkTask, type SinkWriter, taskName } from "../../sink.js";
import { COMPRESSION_EXTENSIONS, type Compress, type Compression, compressor } from "./compress.js";
import { writeDocuments } from "./documents.js";

/** Options of `writeJsonl` as the end of a pipeline. */
export interface JsonlSinkOptions {
  /** Default `"gzip"`. */
  readonly compression?: Compression | undefined;
}

/** Options of `writeJsonl` over documents. */
export interface WriteJsonlOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Characters of JSON after which a block is compressed: so much is held in memory. */
const blockLength = 2 ** 22;

/**
 * The end of a pipeline: JSON Lines (`{ id, text, meta }`) in `folder`, a file for each task: `00000.jsonl.gz`. It can go on from a
 * checkpoint, where a gzip member or zstd frame ends.
 */
export function writeJsonl(folder: string, options?: JsonlSinkOptions): Sink;
/**
 * Writes documents to a file, compressed if the path ends in `.gz` or `.zst`, and returns how many. The file appears under its name
 * only when it is complete.
 *
 * @throws DiskFullError, MissingPackageError
 */
export function writeJsonl(
  documents: AsyncIterable<Document>,
  path: string,
  options?: WriteJsonlOptions,
): Promise<number>;
export function writeJsonl(
  target: string | AsyncIterable<Document>,
  second?: JsonlSinkOptions | string,
  options: WriteJsonlOptions = {},
): Sink | Promise<number> {
  if (typeof target !== "string") return writeOnce(target, second as string, options);
  const sinkOptions = (second ?? {}) as JsonlSinkOptions;
  check("writeJsonl", sinkOptions, { compression: Object.keys(COMPRESSION_EXTENSIONS) });
  const { compression = "gzip" } = sinkOptions;
  return {
    name: "writeJsonl",
    folder: target,
    async open(task: SinkTask, state?: SinkState) {
      const name = `${taskName(task)}.jsonl${COMPRESSION_EXTENSIONS[compression]}`;
      const compress = await compressor(compression);
      const path = join(target, name);
      const file = state
        ? await AtomicFile.resume(path, Number(state["bytes"]))
        : await AtomicFile.create(path);
      return new JsonlWriter(file, compress, name);
    },
  };
}

function writeOnce(
  documents: AsyncIterable<Document>,
  path: string,
  options: WriteJsonlOptions,
): Promise<number> {
  check("writeJsonl", options, { signal: "signal" });
  const open = async (file: AtomicFile) => new JsonlWriter(file, await compressor(compressionOf(path)), path);
  return writeDocuments("writeJsonl", documents, path, open, options.signal);
}

function compressionOf(path: string): Compression {
  return path.endsWith(".gz") ? "gzip" : path.endsWith(".zst") ? "zstd" : "none";
}

class JsonlWriter implements SinkWriter {
  private readonly file: AtomicFile;
  private readonly compress: Compress;
  private readonly name: string;
  private lines: string[] = [];
  private length = 0;

  constructor(file: AtomicFile, compress: Compress, name: string) {
    this.file = file;
    this.compress = compress;
    this.name = name;
  }

  async write({ id, text, meta }: Document): Promise<void> {
    const line = `${JSON.stringify({ id, text, meta })}\n`;
    this.lines.push(line);
    this.length += line.length;
    if (this.length >= blockLength) await this.endBlock();
  }

  async checkpoint(): Promise<SinkState> {
    if (this.length > 0) await this.endBlock();
    await this.file.sync();
    return { bytes: this.file.bytes };
  }

  async close(): Promise<readonly string[]> {
    // Even a file without documents is one of its compression.
    if (this.length > 0 || this.file.bytes === 0) await this.endBlock();
    await this.file.finish();
    return [this.name];
  }

  abort(): Promise<void> {
    return this.file.leave();
  }

  private async endBlock(): Promise<void> {
    const block = new TextEncoder().encode(this.lines.join(""));
    this.lines = [];
    this.length = 0;
    await this.file.write(await this.compress(block));
  }
}
