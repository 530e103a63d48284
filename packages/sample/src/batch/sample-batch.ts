import type { Kinds } from "@llm/platform/options";
import { Candidates } from "../candidates.js";
import {
  checkArgument,
  checkConstraint,
  checkCount,
  checkModel,
  checkPrompt,
  checkSeed,
  checkTokenizer,
  read,
} from "../check.js";
import { type Constrained, withMask } from "../constrained-draws.js";
import type { Constraint } from "../constraint.js";
import { ContextOverflowError, InvalidOptionError } from "../errors.js";
import { knownIds, onlyKnown } from "../known-ids.js";
import { SAMPLING, type SamplingParams } from "../params.js";
import { resolve, stopIdsOf } from "../settings.js";
import type { LogitsModel, Tokenizer } from "../types.js";
import { writeBatch } from "./batch.js";
import { BATCH, type BatchOptions, memoryOf, placesOf } from "./batch-options.js";
import { type ForcedTokens, forcedOf } from "./forced.js";
import { type Sample, SampledText } from "./sampled-text.js";

/** Options of `sampleBatch`. */
export interface SampleBatchOptions extends SamplingParams, BatchOptions {
  /** How many tokens each text has at most, those included that are put in. */
  maxTokens: number;
  /** Ids that end a text where they are drawn. By default the model's own end token; `[]` for none. */
  stopIds?: Iterable<number>;
  /** Any whole number. Default 0. */
  seed?: number;
  /**
   * Ids from this one on are never drawn: the tokenizer's, where a model's vocabulary is padded. Default the `tokenizer`'s where
   * there is one, or else the model's.
   */
  vocabSize?: number;
  /**
   * What each text must be, as in `generate`; tokens that are put in are a part of it, and must fit. A text ends by itself (finish
   * reason "stop") where nothing can follow. It needs the `tokenizer`.
   */
  constraint?: Constraint;
  /** That of the ids: only its own are drawn, and a constraint reads them with it. */
  tokenizer?: Tokenizer;
  /**
   * Tokens that are put in where others would be drawn, such as a tool's answer: a function that is asked, for each text, before
   * each draw, or the ids of each text. They are read like a prompt, are marked in the result, and end no text.
   */
  forced?: ForcedTokens;
  /** Aborting throws the signal's reason, between two tokens or within a long prompt. */
  signal?: AbortSignal;
}

/** The kinds of {@link SampleBatchOptions}. */
export const SAMPLE_BATCH: Kinds<SampleBatchOptions> = {
  ...SAMPLING,
  ...BATCH,
  maxTokens: "count!",
  stopIds: "iterable",
  seed: "number",
  vocabSize: "count",
  constraint: "object",
  tokenizer: "object",
  forced: "function|array",
  signal: "signal",
};

/**
 * Draws `samples` texts of ids after each prompt, with all that learning from them needs: log-probabilities, which tokens were
 * drawn, why each text ended. In the order of the prompts, the texts of the first one first.
 *
 * A prompt is read once and forked for its texts; a text that ends leaves the batch at once. What a text draws is a function of
 * `seed`, its number (`row`) and the place of the token, whatever else is in the batch, where the model's logits are. A text that
 * fills the model's block ends with finish reason "context".
 *
 * @throws InvalidOptionError for an option it does not have or cannot use
 * @throws ContextOverflowError for a prompt that is longer than the model's block
 */
export async function sampleBatch(
  model: LogitsModel,
  prompts: readonly ArrayLike<number>[],
  options: SampleBatchOptions,
): Promise<Sample[]> {
  checkModel("sampleBatch", model);
  checkArgument("prompts of sampleBatch", prompts, "array");
  const given = read("sampleBatch", options, SAMPLE_BATCH);
  const { maxTokens, seed = 0, forced, signal, onProgress, constraint, tokenizer } = given;
  const { blockSize } = model;
  checkSeed("sampleBatch", seed);
  if (tokenizer) checkTokenizer("sampleBatch", tokenizer);
  const vocabSize = Math.min(
    model.vocabSize,
    given.vocabSize ?? tokenizer?.vocabSize ?? Number.POSITIVE_INFINITY,
  );
  checkCount("maxTokens", maxTokens, 1);
  const lists = prompts.map((prompt, i) => {
    checkArgument(`prompts[${i}] of sampleBatch`, prompt, "list");
    const ids = Array.from(prompt);
    checkPrompt(ids, model.vocabSize, `prompts[${i}]`);
    if (ids.length <= blockSize) return ids;
    throw new ContextOverflowError(ids.length, blockSize, `shorten prompts[${i}]`);
  });
  const resolved = resolve(constraint ? withMask(given, vocabSize) : given);
  const settings = onlyKnown(resolved, tokenizer && knownIds(tokenizer));
  const stopIds = stopIdsOf(model, given);
  const constrained = constraint && readConstraint(constraint, tokenizer, { settings, stopIds });
  const candidates = new Candidates(vocabSize);
  const places = placesOf(prompts.length, given);
  const put = forcedOf(forced, places.length, model.vocabSize);
  const texts = places.map(
    ({ row, ...place }, i) =>
      new SampledText(
        {
          settings,
          constrained,
          stopIds,
          maxTokens,
          blockSize,
          vocabSize,
          seed,
          put: (ids) => put(ids, place, i),
        },
        place,
        lists[place.prompt]!,
        row,
        candidates,
      ),
  );
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const positions = Math.min(blockSize, longest + maxTokens - 1); // the last token is not read
  const memory = memoryOf(model, texts.length, positions, given);
  for await (const _ of writeBatch(model, texts, { ...memory, positions, signal, onProgress }));
  return texts.map((text) => text.result());
}

/** @throws InvalidOptionError */
function readConstraint(
  constraint: Constraint,
  tokenizer: Tokenizer | undefined,
  text: Pick<Constrained, "settings" | "stopIds">,
): Constrained {
  checkConstraint("sampleBatch", constraint);
  if (tokenizer) return { constraint, tokenizer, ...text };
  throw new InvalidOptionError(
    "tokenizer",
    "a constraint of sampleBatch needs the tokenizer of the ids: pass it too",
  );
}
