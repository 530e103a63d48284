import { join } from "node:path";
import v8 from "node:v8";
import zlib from "node:zlib";
import type { Kinds } from "@llm/platform/options";
import type { ColumnSource } from "hyparquet-writer";
import { check } from "../../check.js";
import type { Document } from "../../document.js";
import { AtomicFile } from "../../shards/file.js";
import { type Sink, type SinkState, type SinkTask, type SinkWriter, taskName } from "../../sink.js";
import { writeDocuments } from "./documents.js";

/** What a column made of a field of `meta` holds; values that do not fit are left empty there and stay in `meta`. */
export type ParquetColumn = "STRING" | "DOUBLE" | "INT64" | "BOOLEAN";

/** Options of `writeParquet`. */
export interface ParquetSinkOptions {
  /** Fields of `meta` that get columns of their own, such as `{ url: "STRING" }`; the rest is a column `meta` of JSON. Default none. */
  readonly columns?: Readonly<Record<string, ParquetColumn>> | undefined;
  /** Default `"snappy"`. */
  readonly compression?: "none" | "snappy" | "gzip" | undefined;
  /** Documents in a row group. Default 10,000; a group also ends at 32 Mi characters and at a checkpoint. */
  readonly rowGroupSize?: number | undefined;
}

/** Characters of text and meta after which a row group is written: so much is held in memory. */
const groupLength = 2 ** 25;

/** Options of `writeParquet` over documents. */
export interface WriteParquetOptions extends ParquetSinkOptions {
  readonly signal?: AbortSignal | undefined;
}

const codecs = { none: "UNCOMPRESSED", snappy: "SNAPPY", gzip: "GZIP" } as const;

const SINK: Kinds<ParquetSinkOptions> = {
  columns: "object",
  compression: Object.keys(codecs),
  rowGroupSize: "count",
};

/**
 * The end of a pipeline: Parquet files with columns `id`, `text`, those asked for, and `meta`; `00000.parquet` for each task. It can
 * go on from a checkpoint, where a row group ends.
 */
export function writeParquet(folder: string, options?: ParquetSinkOptions): Sink;
/**
 * Writes documents to a Parquet file and returns how many. The file appears under its name only when it is complete.
 *
 * @throws DiskFullError
 */
export function writeParquet(
  documents: AsyncIterable<Document>,
  path: string,
  options?: WriteParquetOptions,
): Promise<number>;
export function writeParquet(
  target: string | AsyncIterable<Document>,
  second?: ParquetSinkOptions | string,
  options: WriteParquetOptions = {},
): Sink | Promise<number> {
  if (typeof target !== "string") return writeOnce(target, second as string, options);
  const sinkOptions = (second ?? {}) as ParquetSinkOptions;
  check("writeParquet", sinkOptions, SINK);
  return {
    name: "writeParquet",
    folder: target,
    async open(task: SinkTask, state?: SinkState) {
      const name = `${taskName(task)}.parquet`;
      const path = join(target, name);
      if (!state) return ParquetSinkWriter.create(await AtomicFile.create(path), name, sinkOptions);
      const { bytes, columns, groups } = state as unknown as ParquetState;
      if (columns !== columnsOf(sinkOptions)) throw new ColumnsChangedError(columns, columnsOf(sinkOptions));
      return ParquetSinkWriter.create(await AtomicFile.resume(path, bytes), name, sinkOptions, groups);
    },
  };
}

function writeOnce(
  documents: AsyncIterable<Document>,
  path: string,
  options: WriteParquetOptions,
): Promise<number> {
  check("writeParquet", options, { ...SINK, signal: "signal" });
  const { signal, ...sinkOptions } = options;
  const open = (file: AtomicFile) => ParquetSinkWriter.create(file, path, sinkOptions);
  return writeDocuments("writeParquet", documents, path, open, signal);
}

/** What a file needs to go on. */
interface ParquetState {
  readonly bytes: number;
  /** Columns of the file, as JSON. */
  readonly columns: string;
  /** What the footer will say of the row groups so far: the library's own objects, serialized and in base64. */
  readonly groups: string;
}

function columnsOf({ columns = {} }: ParquetSinkOptions): string {
  return JSON.stringify(columns);
}

/** A Parquet file was begun with other columns than it is to go on with. */
export class ColumnsChangedError extends Error {
  override readonly name = "ColumnsChangedError";
  constructor(begun: string, wanted: string) {
    super(
      `The file was begun with the columns ${begun}, not ${wanted}: a Parquet file has the same in every row`,
    );
  }
}

type Hyparquet = typeof import("hyparquet-writer");

class ParquetSinkWriter implements SinkWriter {
  private readonly file: AtomicFile;
  private readonly name: string;
  private readonly options: ParquetSinkOptions;
  private readonly bytes: InstanceType<Hyparquet["ByteWriter"]>;
  private readonly parquet: InstanceType<Hyparquet["ParquetWriter"]>;
  private documents: Document[] = [];
  private length = 0;

  private constructor(
    library: Hyparquet,
    file: AtomicFile,
    name: string,
    options: ParquetSinkOptions,
    groups: string | undefined,
  ) {
    this.file = file;
    this.name = name;
    this.options = options;
    this.bytes = new library.ByteWriter();
    this.parquet = new library.ParquetWriter({
      writer: this.bytes,
      schema: library.schemaFromColumnData({ columnData: this.toColumns([]) }),
      codec: codecs[options.compression ?? "snappy"],
      compressors: { GZIP: (input) => zlib.gzipSync(input) },
      createdBy: "@llm/dataset",
    });
    if (groups === undefined) return;
    Object.assign(this.parquet, v8.deserialize(Buffer.from(groups, "base64")));
    this.bytes.offset = file.bytes;
    this.bytes.index = 0;
  }

  static async create(
    file: AtomicFile,
    name: string,
    options: ParquetSinkOptions,
    groups?: string,
  ): Promise<ParquetSinkWriter> {
    return new ParquetSinkWriter(await import("hyparquet-writer"), file, name, options, groups);
  }

  async write(document: Document): Promise<void> {
    this.documents.push(document);
    this.length += document.text.length + JSON.stringify(document.meta).length;
    const { rowGroupSize = 10_000 } = this.options;
    if (this.documents.length >= rowGroupSize || this.length >= groupLength) await this.endGroup();
  }

  async checkpoint(): Promise<SinkState> {
    if (this.documents.length > 0) await this.endGroup();
    await this.file.sync();
    const { row_groups, num_rows, pendingIndexes } = this.parquet;
    return {
      bytes: this.file.bytes,
      columns: columnsOf(this.options),
      groups: v8.serialize({ row_groups, num_rows, pendingIndexes }).toString("base64"),
    } satisfies ParquetState;
  }

  async close(): Promise<readonly string[]> {
    if (this.documents.length > 0) await this.endGroup();
    await this.parquet.finish();
    await this.drain();
    await this.file.finish();
    return [this.name];
  }

  abort(): Promise<void> {
    return this.file.leave();
  }

  private async endGroup(): Promise<void> {
    const columnData = this.toColumns(this.documents);
    await this.parquet.write({ columnData, rowGroupSize: this.documents.length });
    this.documents = [];
    this.length = 0;
    await this.drain();
  }

  /** Moves what the library has encoded to the file; offsets go on. */
  private async drain(): Promise<void> {
    await this.file.write(this.bytes.getBytes().slice());
    this.bytes.index = 0;
  }

  private toColumns(documents: readonly Document[]): ColumnSource[] {
    const own = Object.entries(this.options.columns ?? {});
    return [
      { name: "id", type: "STRING", nullable: false, data: documents.map(({ id }) => id) },
      {
        name: "text",
        type: "STRING",
        nullable: false,
        // The least and the greatest text help no reader, and would be kept for every row group.
        statistics: false,
        data: documents.map(({ text }) => text),
      },
      ...own.map(([name, type]) => ({
        name,
        type,
        nullable: true,
        data: documents.map(({ meta }) => fitting(meta[name], type)),
      })),
      {
        name: "meta",
        type: "JSON",
        nullable: false,
        statistics: false,
        data: documents.map(({ meta }) =>
          Object.fromEntries(
            Object.entries(meta).filter(
              ([name, value]) => value !== undefined && !isHeld(name, value, this.options.columns),
            ),
          ),
        ),
      },
    ];
  }
}

function isHeld(name: string, value: unknown, columns: ParquetSinkOptions["columns"]): boolean {
  const type = columns && Object.hasOwn(columns, name) ? columns[name] : undefined;
  return type !== undefined && fitting(value, type) !== undefined;
}

function fitting(value: unknown, type: ParquetColumn) {
  if (type === "STRING") return typeof value === "string" ? value : undefined;
  if (type === "BOOLEAN") return typeof value === "boolean" ? value : undefined;
  if (type === "DOUBLE") return typeof value === "number" ? value : undefined;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}
