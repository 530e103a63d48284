import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { DataError, OptionsError } from "../errors.js";
import { hashOfIds } from "../hash.js";
import type { Batch, Batches, BatchKey } from "./batch.js";
import { PackedRows, type Packing } from "./packing.js";
import { cut, dealtStarts, rowStarts } from "./windows.js";

/** How tokens become rows. */
export interface RowOptions {
  /**
   * For `packing: "stream"`. `"random"`: windows anywhere, drawn with replacement, as nanoGPT does (the default). `"dealt"`:
   * every window once, in random order, before any comes again, which wastes less of a small text.
   */
  windows?: "random" | "dealt";
  /** Default `"stream"`. */
  packing?: Packing;
  /** Documents that are packed into one row do not see each other: the model must take `documents`. Default false. */
  isolate?: boolean;
}

export const ROWS: Kinds<RowOptions> = {
  windows: ["random", "dealt"],
  packing: ["stream", "bos-bestfit", "best-fit"],
  isolate: "boolean",
};

/** Options of {@link tokenArray}. */
export interface TokenArrayOptions extends RowOptions {
  /** Share of the ids, from the front, that is `"train"`; the rest is `"val"`. Default 0.9, as in nanoGPT. */
  split?: number;
  /** The id that ends every document, for packing. */
  separator?: number;
}

const TOKEN_ARRAY: Kinds<TokenArrayOptions> = { ...ROWS, split: "number", separator: "natural" };

type Ids = Uint16Array | Uint32Array | Int32Array | readonly number[];

/** Batches from ids in memory. @throws {OptionsError} for options it does not have or cannot use */
export function tokenArray(ids: Ids, options: TokenArrayOptions = {}): Batches {
  check("tokenArray", options, TOKEN_ARRAY);
  const { split = 0.9, separator, ...how } = options;
  if (!(split > 0 && split <= 1)) {
    throw new RangeError(`split is ${split}; it must be above 0 and at most 1`);
  }
  checkRows("tokenArray", how);
  const border = Math.floor(ids.length * split);
  const splits = new Map([
    ["train", rowsOf(ids.slice(0, border), separator, how)],
    ["val", rowsOf(ids.slice(border), separator, how)],
  ]);
  return {
    description: {
      tokens: ids.length,
      hash: hashOfIds(ids),
      split,
      ...how,
      ...(separator === undefined ? {} : { separator }),
    },
    batch(key) {
      const rows = splits.get(key.split);
      if (!rows) {
        throw new DataError(`there is no split "${key.split}"; a token array has "train" and "val"`);
      }
      return rows(key);
    },
  };
}

/** Options that would have no effect are mistakes. @throws {OptionsError} */
export function checkRows(of: string, { windows, packing = "stream", isolate }: RowOptions): void {
  if (packing !== "stream" && windows) {
    throw new OptionsError(
      `windows of ${of} is "${windows}", but rows are packed by "${packing}"; leave one of them out`,
    );
  }
  if (packing === "stream" && isolate) {
    throw new OptionsError(
      `isolate of ${of} needs documents in rows: set packing to "bos-bestfit" or "best-fit"`,
    );
  }
}

/** @throws {DataError} for a split too short for a row */
export function requireRows(count: number, key: BatchKey, what: string): void {
  if (count >= 1) return;
  throw new DataError(
    `split "${key.split}" has ${what}; a row of blockSize = ${key.blockSize} needs ${key.blockSize + 1}`,
  );
}

function rowsOf(tokens: Ids, separator: number | undefined, options: RowOptions): (key: BatchKey) => Batch {
  const { packing = "stream", windows = "random", isolate = false } = options;
  const read = (start: number, count: number) => tokens.slice(start, start + count);
  if (packing === "stream") {
    const startsOf = windows === "dealt" ? dealtStarts : rowStarts;
    return (key) => {
      requireRows(tokens.length - key.blockSize, key, `${tokens.length} tokens`);
      return cut(startsOf(key, tokens.length - key.blockSize), key.blockSize, read);
    };
  }
  if (separator === undefined) {
    throw new OptionsError(
      `packing "${packing}" of tokenArray needs the option separator, the id that ends a document`,
    );
  }
  const ends: number[] = [];
  for (let i = 0; i < tokens.length; i++) if (tokens[i] === separator) ends.push(i + 1);
  // What is behind the last separator is cut off: a document that goes on in the other split.
  const packed = new PackedRows({ ends, separator, read }, packing, isolate);
  return (key) => {
    requireRows(packed.count(key), key, `${ends.length} documents of ${tokens.length} tokens`);
    return packed.batch(key);
  };
}
