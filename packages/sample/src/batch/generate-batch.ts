import type { Kinds } from "@llm/platform/options";
import { Candidates } from "../candidates.js";
import { checkArgument, checkModel, checkTokenizer, read } from "../check.js";
import { type Completion, completionOf } from "../complete.js";
import { followingIds, GENERATE, type GenerateOptions, promptIds, textSettings } from "../generate.js";
import { TextRow, type TextSettings, type TextStart, type TokenEvent } from "../text-row.js";
import type { LogitsModel, Tokenizer } from "../types.js";
import { writeBatch } from "./batch.js";
import { BATCH, type BatchOptions, type BatchPlace, memoryOf, placesOf } from "./batch-options.js";
import type { BatchText, Reading } from "./places.js";

/** Options of `generateBatch` and `completeBatch`. */
export interface GenerateBatchOptions extends Omit<GenerateOptions, "row" | "speculate">, BatchOptions {}

const { speculate: _, ...SHARED } = GENERATE; // steps of several rows are no place for drafts
const GENERATE_BATCH: Kinds<GenerateBatchOptions> = { ...SHARED, ...BATCH };

/** A token of one of the texts. */
export interface BatchTokenEvent extends TokenEvent, BatchPlace {}

/** One of the finished texts. */
export interface BatchCompletion extends Completion, BatchPlace {}

/**
 * `generate` for several prompts at once, or several texts of each: one event per token, told apart by `prompt` and `sample`.
 * The texts are written in rows of one session, and each is the one that `generate` writes with the same `seed` and `row`,
 * whatever else is in the batch, where the model's logits are. Leaving the loop ends all of them.
 *
 * @throws InvalidOptionError for an option it does not have or cannot use, ContextOverflowError
 */
export function generateBatch(
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompts: readonly (string | ArrayLike<number>)[],
  options: GenerateBatchOptions = {},
): AsyncGenerator<BatchTokenEvent, void, undefined> {
  return plan("generateBatch", model, tokenizer, prompts, options).events();
}

/**
 * `generateBatch`, collected: the texts in the order of the prompts, those of the first one first. Aborted before the first
 * token it throws the signal's reason; later it answers the texts so far, with finish reason "abort" where they had not ended.
 *
 * @throws InvalidOptionError for an option it does not have or cannot use, ContextOverflowError
 */
export async function completeBatch(
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompts: readonly (string | ArrayLike<number>)[],
  options: GenerateBatchOptions = {},
): Promise<BatchCompletion[]> {
  const { texts, events } = plan("completeBatch", model, tokenizer, prompts, options);
  const lists = new Map<string, TokenEvent[]>();
  const keyOf = ({ prompt, sample }: BatchPlace) => `${prompt} ${sample}`;
  for (const { place } of texts) lists.set(keyOf(place), []);
  let isBegun = false;
  try {
    for await (const event of events()) {
      isBegun = true;
      lists.get(keyOf(event))!.push(event);
    }
  } catch (error) {
    if (!isBegun || !options.signal?.aborted || error !== options.signal.reason) throw error;
  }
  return texts.map(({ place, row }) => ({ ...place, ...completionOf(lists.get(keyOf(place))!, row) }));
}

interface BatchPlan {
  texts: readonly StreamedText[];
  events(): AsyncGenerator<BatchTokenEvent, void, undefined>;
}

function plan(
  of: string,
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompts: readonly (string | ArrayLike<number>)[],
  given: GenerateBatchOptions,
): BatchPlan {
  checkModel(of, model);
  checkTokenizer(of, tokenizer);
  checkArgument(`prompts of ${of}`, prompts, "array");
  const options = read(of, given, GENERATE_BATCH);
  const { row: _, ...own } = options;
  const settings = textSettings(of, model, tokenizer, own);
  const { overflow, maxTokens, blockSize, vocabSize } = settings;
  const starts = prompts.map((prompt, i) => {
    checkArgument(`prompts[${i}] of ${of}`, prompt, "string|list");
    const ids = promptIds(model, tokenizer, prompt, overflow, `prompts[${i}]`);
    return { ids, prompt: ids.slice(-blockSize) };
  });
  const candidates = new Candidates(vocabSize);
  const texts = placesOf(prompts.length, options).map(({ row, ...place }) => {
    const { prompt, ...start } = starts[place.prompt]!;
    return new StreamedText(settings, place, prompt, { ...start, row }, candidates);
  });
  const reach = Math.max(0, ...starts.map(({ ids }) => ids.length)) + maxTokens - 1; // the last token is not read
  const positions = Math.min(blockSize, reach);
  const memory = memoryOf(model, texts.length, positions, options);
  const { signal, onProgress } = options;

  async function* events(): AsyncGenerator<BatchTokenEvent, void, undefined> {
    const writing = writeBatch(model, texts, { ...memory, positions, signal, onProgress });
    for await (const { place, event } of writing) yield { ...place, ...event! };
  }
  return { texts, events };
}

/** A text whose tokens are told one by one. */
class StreamedText implements BatchText {
  readonly place: BatchPlace;
  readonly prompt: readonly number[];
  readonly row: TextRow;
  /** The last one. */
  event: TokenEvent | undefined;
  tokens = 0;
  readonly #settings: TextSettings;

  constructor(
    settings: TextSettings,
    place: BatchPlace,
    prompt: readonly number[],
    start: TextStart,
    candidates: Candidates,
  ) {
    this.place = place;
    this.prompt = prompt;
    this.row = new TextRow(settings, start, candidates);
    this.#settings = settings;
  }

  next(logits: Float32Array, held: number): Reading | undefined {
    const event = this.row.next(logits, held);
    this.event = event;
    this.tokens++;
    return event.finishReason ? undefined : followingIds(this.row, event.id, held, this.#settings);
  }
}
