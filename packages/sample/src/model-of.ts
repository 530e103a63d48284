import { check, checkArgument } from "./check.js";
import { ContextOverflowError, InvalidLogitsError } from "./errors.js";
import type { LogitsModel, Session } from "./types.js";

type Next = (ids: readonly number[]) => ArrayLike<number> | Promise<ArrayLike<number>>;

interface ModelSizes {
  vocabSize: number;
  /** How many positions a row can hold. */
  blockSize: number;
  /** The id of the end token, if there is one. */
  endOfText?: number;
}

/**
 * A model of a function from all ids of a row so far to the logits of the next one, (vocabSize): for models that need no
 * cache, and for tests. It is called once for each position whose logits are asked for.
 */
export function modelOf(next: Next, sizes: ModelSizes): LogitsModel {
  checkArgument("next of modelOf", next, "function");
  check("modelOf", sizes, { vocabSize: "count!", blockSize: "count!", endOfText: "natural" });
  const { vocabSize, blockSize, endOfText } = sizes;
  const config = { endOfText };
  return { vocabSize, blockSize, config, session: (rows = 1) => sessionOf(next, sizes, rows) };
}

function sessionOf(next: Next, { vocabSize, blockSize }: ModelSizes, rows: number): Session {
  const texts = new Map<number, readonly number[]>();
  const textOf = (row: number) => {
    const text = texts.get(row);
    if (text) return text;
    throw new RangeError(`row ${row} is not open; these are: ${[...texts.keys()].join(", ")}`);
  };
  let opened = 0;
  const open = (text: readonly number[]) => {
    texts.set(opened, text);
    return opened++;
  };
  for (let i = 0; i < rows; i++) open([]);
  return {
    get rows() {
      return [...texts.keys()];
    },
    length: (row) => textOf(row).length,
    async step(entries, { logits: wanted = "last", signal } = {}) {
      const longer = entries.map(({ row, ids }) => {
        const text = [...textOf(row), ...Array.from(ids)];
        if (text.length <= blockSize) return text;
        throw new ContextOverflowError(text.length, blockSize, "truncate the row, or open a new one");
      });
      const results: Float32Array[] = [];
      for (const [i, { ids }] of entries.entries()) {
        const count = wanted === "all" ? ids.length : 1;
        const result = new Float32Array(count * vocabSize);
        for (let t = 0; t < count; t++) {
          signal?.throwIfAborted();
          const text = longer[i]!;
          const logits = await next(text.slice(0, text.length - count + t + 1));
          if (logits.length !== vocabSize) {
            throw new InvalidLogitsError(`${logits.length} logits for a vocabulary of ${vocabSize}`);
          }
          result.set(logits, t * vocabSize);
        }
        results.push(result);
      }
      for (const [i, { row }] of entries.entries()) texts.set(row, longer[i]!);
      return results;
    },
    add: () => open([]),
    fork: (row) => open(textOf(row)),
    truncate(row, length) {
      const text = textOf(row);
      if (!(Number.isSafeInteger(length) && length >= 0 && length <= text.length)) {
        throw new RangeError(`cannot truncate row ${row} to ${length}: it holds ${text.length} positions`);
      }
      texts.set(row, text.slice(0, length));
    },
    free: (row) => void texts.delete(row),
    dispose: () => texts.clear(),
  };
}
