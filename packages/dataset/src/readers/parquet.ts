import type { Compressors, FileMetaData, RowGroup, SchemaTree } from "hyparquet";
import { check, checkArgument } from "../check.js";
import type { Source, StepContext } from "../step.js";
import { broken, FIELDS, type FieldOptions, toDocument } from "./fields.js";

/** A file that is read at any place: a local one, an object in a store, a `File` of a browser (`slice(..).arrayBuffer()`). */
export interface RandomAccess {
  /** In bytes. */
  readonly byteLength: number;
  /** The bytes from `start` to before `end`. */
  slice(start: number, end?: number): Promise<ArrayBuffer> | ArrayBuffer;
}

/** Options of `readParquet`. */
export interface ParquetOptions extends FieldOptions {
  /** What rows without an id are called after: `"<name>:<row>"`, from 1. Default `"parquet"`. */
  readonly name?: string | undefined;
}

/**
 * A source of the rows of a Parquet file, a row group in memory at a time. Columns other than text and id become `meta`, as plain
 * JSON: dates as ISO 8601, 64-bit integers that no number holds as strings, bytes that are not UTF-8 as base64. A file that cannot be read is dropped as
 * `invalid_parquet`, each row of a damaged row group as `corrupt_row_group`, and rows without a text as `no_text`.
 */
export function readParquet(
  file: RandomAccess | (() => Promise<RandomAccess>),
  options: ParquetOptions = {},
): Source {
  checkArgument("file of readParquet", file, "object|function");
  check("readParquet", options, { ...FIELDS, name: "string" });
  return {
    name: "readParquet",
    async *read(context) {
      yield* parquetRows(typeof file === "function" ? await file() : file, options, context);
    },
  };
}

/** The rows from number `from` on. Every row is one document or one drop; a file that cannot be opened is one drop. */
export async function* parquetRows(
  file: RandomAccess,
  options: ParquetOptions,
  { drop, signal }: StepContext,
  from = 0,
) {
  const { name = "parquet" } = options;
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import("hyparquet");
  const compressors = emptySafe((await import("hyparquet-compressors")).compressors);
  const watched = watch(file);
  let metadata: FileMetaData;
  let columns: string;
  try {
    metadata = await parquetMetadataAsync(watched);
    watched.rethrow();
    columns = JSON.stringify(leaves(parquetSchema(metadata)));
  } catch (error) {
    watched.rethrow();
    const verdict = broken("invalid_parquet", "format", message(error), "Parquet");
    if (from === 0) drop({ id: name, text: "", meta: {} }, verdict);
    return;
  }
  let end = 0;
  for (const group of metadata.row_groups) {
    const start = end;
    end += Number(group.num_rows);
    if (end <= from) continue;
    signal?.throwIfAborted();
    let rows: Record<string, unknown>[] | undefined;
    let problem = "";
    try {
      // The library leaves errors in columns that the schema does not have where nobody can catch them.
      if (JSON.stringify(paths(group)) !== columns)
        throw new Error("its columns are not those of the schema");
      rows = await parquetReadObjects({
        file: watched,
        metadata,
        compressors,
        utf8: false,
        rowStart: start,
        rowEnd: end,
      });
      watched.rethrow();
    } catch (error) {
      watched.rethrow();
      problem = message(error);
    }
    for (let row = Math.max(start, from); row < end; row++) {
      const id = `${name}:${row + 1}`;
      const found = rows
        ? toDocument(plain(present(rows[row - start] ?? {})), id, options)
        : broken("corrupt_row_group", "format", problem, "Parquet");
      if ("reason" in found) drop({ id, text: "", meta: {} }, found);
      else yield found;
    }
  }
}

/** Decompressors that know that nothing is nothing, which a column without values has for its dictionary, and LZ4's refuses. */
function emptySafe(compressors: Compressors): Compressors {
  const safe = Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array(0) : decompress(input, length)),
  ]);
  return Object.fromEntries(safe);
}

/** The column paths of a schema. */
function leaves({ path, children }: SchemaTree): string[][] {
  return children.length === 0 ? [path] : children.flatMap(leaves);
}

function paths({ columns }: RowGroup): string[][] {
  return columns.map(({ meta_data }) => meta_data?.path_in_schema ?? []);
}

/** The file, remembering that the reading of bytes failed, which is no fault of what they hold. Until then it gives none. */
function watch(file: RandomAccess): RandomAccess & { rethrow(): void } {
  let failure: { error: unknown } | undefined;
  return {
    byteLength: file.byteLength,
    async slice(start, end) {
      try {
        if (!failure) return await file.slice(start, end);
      } catch (error) {
        failure = { error };
      }
      return new ArrayBuffer(0);
    },
    rethrow() {
      if (failure) throw failure.error;
    },
  };
}

/** The columns that have a value in a row. */
function present(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
}

/** A value as JSON has it. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return textOf(value) ?? base64(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Strings of writers that do not mark them as such. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}
