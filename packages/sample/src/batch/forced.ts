import { checkArgument } from "../check.js";
import { InvalidOptionError } from "../errors.js";
import type { BatchPlace } from "./batch-options.js";

/** A text that may be given tokens, as far as it is. */
export interface TextSoFar extends BatchPlace {
  /** What follows the prompt so far, drawn and put in. It grows: copy what is to be kept. */
  readonly ids: readonly number[];
}

/**
 * Tokens that are put in. A function is asked before each draw and answers the ids that come next, or nothing for a draw; it is
 * asked again after those. Its promises are awaited. Or a list for each text: the id at each place of the output, -1 for one
 * that is drawn.
 */
export type ForcedTokens =
  | ((text: TextSoFar) => Put | Promise<Put>)
  | readonly (ArrayLike<number> | null | undefined)[];

// biome-ignore lint/suspicious/noConfusingVoidType: a function that answers nothing is meant
type Put = ArrayLike<number> | null | undefined | void;

/** What is put in next behind `ids`, the output of text number `index`. */
type Putting = (ids: readonly number[], place: BatchPlace, index: number) => Promise<readonly number[]>;

/** @throws InvalidOptionError for lists that do not fit, or ids that the model does not know */
export function forcedOf(forced: ForcedTokens | undefined, texts: number, vocabSize: number): Putting {
  if (!forced) return async () => [];
  if (typeof forced === "function") {
    return async (ids, place) => {
      const put = (await forced({ ...place, ids })) ?? [];
      const whose = `what forced answers for prompt ${place.prompt}, sample ${place.sample}`;
      checkArgument(whose, put, "list");
      return checked(Array.from(put), 0, vocabSize, whose);
    };
  }
  if (forced.length !== texts) {
    throw new InvalidOptionError("forced", `forced has ${forced.length} lists; there are ${texts} texts`);
  }
  const lists = forced.map((list, i) => {
    checkArgument(`forced[${i}] of sampleBatch`, list ?? [], "list");
    return checked(Array.from(list ?? []), -1, vocabSize, `forced[${i}]`);
  });
  return async (ids, _, index) => {
    const rest = lists[index]!.slice(ids.length);
    const end = rest.indexOf(-1);
    return end < 0 ? rest : rest.slice(0, end);
  };
}

function checked(ids: number[], low: number, vocabSize: number, whose: string): number[] {
  const stranger = ids.find((id) => !(Number.isInteger(id) && id >= low && id < vocabSize));
  if (stranger === undefined) return ids;
  throw new InvalidOptionError(
    "forced",
    `${whose} has ${stranger}: the model knows ids from 0 to ${vocabSize - 1}`,
  );
}
