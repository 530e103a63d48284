// Where entries of a batch and rows of a table stand, read from int32 buffers and checked: for every engine.
import type { DeviceBuffer } from "../../device-buffer.js";
import { IndexError } from "../../errors.js";
import type {
  AttentionMask,
  BatchPlaces,
  CopyArgs,
  StridedRows,
  WriteRowsArgs,
} from "../../kernel-arguments.js";

/** An entry of a batch: its first query is at position `start`, its keys are in `row`. */
export interface EntryPlace {
  readonly start: number;
  readonly queries: number;
  readonly row: number;
}

/** A batch whose entries may stand each by itself. */
type Batch = BatchPlaces & { readonly batch: number; readonly queries: number; readonly start: number };

/** The values of an int32 buffer of at least this length. */
export type ReadIntegers = (buffer: DeviceBuffer, length: number) => ArrayLike<number>;

/**
 * The place of each entry of a batch whose keys are in `keys`; `op` names the kernel in errors.
 *
 * @throws {IndexError} where an entry has more queries than there are, or reaches past its row
 */
export function placesOf(op: string, args: Batch, keys: StridedRows, integers: ReadIntegers): EntryPlace[] {
  const { batch, queries, start } = args;
  const read = (buffer: DeviceBuffer | null | undefined) => (buffer ? integers(buffer, batch) : null);
  const [starts, lengths, rows] = [read(args.starts), read(args.lengths), read(args.rows)];
  const places: EntryPlace[] = [];
  for (let b = 0; b < batch; b++) {
    places.push({
      start: starts ? starts[b]! : start,
      queries: lengths ? lengths[b]! : queries,
      row: rows ? rows[b]! : b,
    });
  }
  if (!starts && !lengths && !rows) return places;
  const known = Math.floor(keys.buffer.length / keys.batchStride);
  const positions = Math.floor(keys.batchStride / keys.rowStride);
  for (const [b, place] of places.entries()) {
    if (!(place.row >= 0 && place.row < known)) {
      throw new IndexError(`${op}: entry ${b} of the batch names row ${place.row}, but there are ${known}.`);
    }
    if (!(place.queries >= 0 && place.queries <= queries)) {
      throw new IndexError(`${op}: entry ${b} of the batch has ${place.queries} positions of ${queries}.`);
    }
    if (!(place.start >= 0 && place.start + place.queries <= positions)) {
      throw new IndexError(
        `${op}: entry ${b} of the batch has ${place.queries} positions from ${place.start} on, but a row has ${positions}.`,
      );
    }
  }
  return places;
}

/**
 * What `Engine.writeRows` copies for each entry of the batch.
 *
 * @throws {IndexError} as `placesOf` does, and where two entries name the same row
 */
export function copiesOf(args: WriteRowsArgs, integers: ReadIntegers): CopyArgs[] {
  const { x, out, columns } = args;
  const places = placesOf("writeRows", args, out, integers);
  const named = new Set<number>();
  return places.map(({ start, queries, row }, b) => {
    if (queries > 0 && named.has(row)) {
      throw new IndexError(`writeRows: two entries of the batch name row ${row}; each needs its own.`);
    }
    if (queries > 0) named.add(row);
    return {
      x: x.buffer,
      xOffset: x.offset + b * x.batchStride,
      xStride: x.rowStride,
      out: { buffer: out.buffer, accumulate: false },
      outOffset: out.offset + row * out.batchStride + start * out.rowStride,
      outStride: out.rowStride,
      rows: queries,
      columns,
    };
  });
}

/**
 * The first key that each query may see, (batch, queries), where these are given, else null.
 *
 * @throws {IndexError} where one is behind the query's own position
 */
export function firstKeysOf(
  op: string,
  args: Pick<AttentionMask, "firstKeys">,
  places: readonly EntryPlace[],
  queries: number,
  integers: ReadIntegers,
): ArrayLike<number> | null {
  if (!args.firstKeys) return null;
  const firstKeys = integers(args.firstKeys, places.length * queries);
  for (const [b, { start, queries: own }] of places.entries()) {
    for (let t = 0; t < own; t++) {
      const first = firstKeys[b * queries + t]!;
      if (first >= 0 && first <= start + t) continue;
      throw new IndexError(
        `${op}: entry ${b} of the batch sees from position ${first} on at position ${start + t}; it must be one up to that.`,
      );
    }
  }
  return firstKeys;
}

/**
 * The position of each row where positions are given, else null.
 *
 * @throws {IndexError} where one is not among the `known` of the table
 */
export function positionsOf(
  op: string,
  args: { readonly positions?: DeviceBuffer | null | undefined; readonly rows: number },
  known: number,
  integers: ReadIntegers,
): ArrayLike<number> | null {
  if (!args.positions) return null;
  const positions = integers(args.positions, args.rows);
  for (let r = 0; r < args.rows; r++) {
    const position = positions[r]!;
    if (position >= 0 && position < known) continue;
    throw new IndexError(`${op}: position ${position} is not in a table of ${known} positions.`);
  }
  return positions;
}
