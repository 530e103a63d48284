import type { Kinds } from "@llm/platform/options";
import { check, checkArgument } from "../check.js";
import { HashTable } from "../hash/hash-table.js";
import { ngramHashes } from "../hash/ngrams.js";
import { simplify } from "../minhash/normalize.js";
import { filter, type Step } from "../step.js";
import { words } from "../text/words.js";

/** What a model will be evaluated on. */
export interface EvaluationItem {
  /** How verdicts call it, as in `"arc/17"`. Default: its place in the list. */
  readonly id?: string | undefined;
  /** What the model is asked. */
  readonly query?: string | undefined;
  /** The right answer. */
  readonly label: string;
}

/** Options of `decontaminate`. */
export interface DecontaminateOptions {
  /** Words that have to agree in a row. Default 12. */
  readonly ngram?: number | undefined;
  /** Whether n-grams of the query alone count. Default false. */
  readonly queryNgrams?: boolean | undefined;
  /** Whether n-grams that begin in the query and end in the label count. Default true. */
  readonly overlapNgrams?: boolean | undefined;
}

const DECONTAMINATE: Kinds<DecontaminateOptions> = {
  ngram: "number",
  queryNgrams: "boolean",
  overlapNgrams: "boolean",
};

/**
 * A step that drops documents which hold an n-gram of words of an evaluation, as `contaminated`; the verdict's value names the
 * first evaluation item and the n-gram, as compared. Decides as datatrove's n-gram decontamination: words of texts that are
 * simplified as `minhashDedup` does, compared by 64-bit hashes. A bare text is an item of its label only.
 */
export function decontaminate(
  evaluation: Iterable<EvaluationItem | string>,
  options: DecontaminateOptions = {},
): Step {
  checkArgument("evaluation of decontaminate", evaluation, "iterable");
  check("decontaminate", options, DECONTAMINATE);
  const { ngram = 12 } = options;
  if (!Number.isInteger(ngram) || ngram < 1)
    throw new RangeError(`ngram is ${ngram}, but has to be a whole number above 0`);
  const ids: string[] = [];
  const index = new HashTable();
  for (const entry of evaluation) {
    const item = typeof entry === "string" ? { label: entry } : entry;
    for (const stretch of stretchesOf(item, ngram, options)) {
      const hashes = ngramHashes(stretch, ngram);
      for (let i = 0; i < hashes.length; i += 2) index.addHash(hashes[i]!, hashes[i + 1]!, ids.length);
    }
    ids.push(item.id ?? `${ids.length}`);
  }
  return filter("decontaminate", ({ text }) => {
    const tokens = words(simplify(text));
    const hashes = ngramHashes(tokens, ngram);
    for (let i = 0; i < hashes.length; i += 2) {
      const item = index.getHash(hashes[i]!, hashes[i + 1]!);
      if (item === undefined) continue;
      const value = `${ids[item]}: ${tokens.slice(i / 2, i / 2 + ngram).join(" ")}`;
      return {
        keep: false,
        reason: "contaminated",
        metric: `${ngram}-gram of evaluation`,
        value,
        threshold: "none",
      };
    }
    return { keep: true, metric: `${ngram}-grams of evaluation`, value: 0, threshold: "none" };
  });
}

/** Stretches of words all of whose n-grams count. */
function stretchesOf(
  item: EvaluationItem,
  ngram: number,
  options: DecontaminateOptions,
): (readonly string[])[] {
  const { queryNgrams = false, overlapNgrams = true } = options;
  const label = words(simplify(item.label));
  if (item.query === undefined) return [label];
  const query = words(simplify(item.query));
  const stretches: (readonly string[])[] = [label];
  if (queryNgrams) stretches.push(query);
  // Any n-gram of the last n - 1 words before and the first n - 1 after has words of both.
  if (overlapNgrams && ngram > 1) stretches.push([...query.slice(1 - ngram), ...label.slice(0, ngram - 1)]);
  return stretches;
}
