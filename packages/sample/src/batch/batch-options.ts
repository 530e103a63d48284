import type { Kinds } from "@llm/platform/options";
import { checkCount } from "../check.js";
import { InvalidOptionError } from "../errors.js";
import type { LogitsModel } from "../types.js";

/** Which text of a batch it is. Results are in the order of the prompts, and of the samples of each. */
export interface BatchPlace {
  /** Index of its prompt. */
  prompt: number;
  /** Which of the texts of this prompt, from 0 on. */
  sample: number;
}

/** How far a batch is. */
export interface BatchProgress {
  /** The most bytes that the model's cache takes, where the model tells (`cacheBytes`). */
  bytes?: number;
  /** Texts written at a time, at most. */
  rows: number;
  /** Texts in all, those that are finished, and those being written now. */
  texts: number;
  finished: number;
  open: number;
  /** Tokens so far, of all texts. */
  tokens: number;
}

/** What functions take that write many texts at once. */
export interface BatchOptions {
  /** How many texts of each prompt. Default 1. */
  samples?: number;
  /**
   * The number by which the first text draws (see `row` of `generate`): the others count on from it. Or the numbers of all
   * texts, those of the first prompt first. Default 0.
   */
  row?: number | ArrayLike<number>;
  /**
   * Texts that are written at a time, at most: the others wait. Default 64, and fewer where `maxBytes` wants it; up to 256 while
   * the model's cache takes no more than 64 MiB.
   */
  maxRows?: number;
  /** The most bytes of memory that the model's cache may take. Default any. */
  maxBytes?: number;
  /** Called before any memory is taken, and after each step of the model. */
  onProgress?: (progress: BatchProgress) => void;
}

/** The kinds of {@link BatchOptions}. */
export const BATCH: Kinds<BatchOptions> = {
  samples: "count",
  row: "natural|list",
  maxRows: "count",
  maxBytes: "number",
  onProgress: "function",
};

const MAX_ROWS = 64;
/** More rows are better, where they cost little: a step has its own cost, whatever is in it. */
const MORE_ROWS = 256;
const LITTLE_BYTES = 64 * 2 ** 20;

/** The place of each text, and the number by which it draws. @throws InvalidOptionError */
export function placesOf(
  prompts: number,
  { samples = 1, row = 0 }: BatchOptions,
): (BatchPlace & { row: number })[] {
  const count = prompts * samples;
  if (typeof row !== "number") {
    if (row.length !== count) {
      const wanted = `${prompts} prompts with ${samples} samples each need ${count}`;
      throw new InvalidOptionError("row", `row has ${row.length} numbers; ${wanted}`);
    }
    for (let i = 0; i < count; i++) checkCount(`row[${i}]`, row[i]!, 0);
  }
  return Array.from({ length: count }, (_, i) => ({
    prompt: Math.floor(i / samples),
    sample: i % samples,
    row: typeof row === "number" ? row + i : row[i]!,
  }));
}

/** How many rows a batch of so many texts has, and the bytes of its cache. @throws InvalidOptionError */
export function memoryOf(
  model: LogitsModel,
  texts: number,
  positions: number,
  { maxRows, maxBytes }: BatchOptions,
): { rows: number; bytes?: number } {
  if (!model.cacheBytes) {
    const rows = Math.min(texts, maxRows ?? MAX_ROWS);
    if (maxBytes === undefined) return { rows };
    const wayOut = "leave maxBytes out and bound maxRows, or give the model cacheBytes(rows, positions)";
    throw new InvalidOptionError(
      "maxBytes",
      `maxBytes is set, and the model does not tell its memory: ${wayOut}`,
    );
  }
  const bytesOf = (rows: number) => model.cacheBytes!(rows, positions);
  const limit = maxBytes ?? Number.POSITIVE_INFINITY;
  const fitsIn = (bytes: number, most: number) => {
    let fitting = most;
    while (fitting > 0 && bytesOf(fitting) > bytes) fitting--;
    return fitting;
  };
  let rows = Math.min(texts, maxRows ?? Math.max(MAX_ROWS, fitsIn(LITTLE_BYTES, MORE_ROWS)));
  if (bytesOf(rows) > limit) {
    const fitting = fitsIn(limit, rows);
    if (maxRows !== undefined || fitting === 0) {
      const needed = `a cache of ${rows} rows with ${positions} positions takes ${bytesOf(rows)} bytes`;
      const fewer = fitting > 0 ? `lower maxRows to ${fitting}, ` : "";
      const wayOut = `${fewer}lower maxTokens, shorten the prompts, or raise maxBytes`;
      throw new InvalidOptionError("maxBytes", `${needed}, and maxBytes is ${maxBytes}: ${wayOut}`);
    }
    rows = fitting;
  }
  return { rows, bytes: bytesOf(rows) };
}
