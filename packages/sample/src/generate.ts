import type { Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import {
  checkArgument,
  checkConstraint,
  checkCount,
  checkModel,
  checkPrompt,
  checkSeed,
  checkTokenizer,
  read,
} from "./check.js";
import { withMask } from "./constrained-draws.js";
import type { Constraint } from "./constraint.js";
import { ContextOverflowError } from "./errors.js";
import { knownIds, onlyKnown } from "./known-ids.js";
import { SAMPLING, type SamplingParams } from "./params.js";
import { resolve, stopIdsOf } from "./settings.js";
import { readSpeculate, type SpeculateOption } from "./speculation/options.js";
import { TextRow, type TextSettings, type TokenEvent } from "./text-row.js";
import type { LogitsModel, Tokenizer } from "./types.js";

/** Options of `generate` and `complete`. */
export interface GenerateOptions extends SamplingParams {
  /** How many tokens at most. Default 256. */
  maxTokens?: number;
  /** Text ends before the one of these strings that is complete first. Only generated text is searched. */
  stop?: string | readonly string[];
  /** Ids that end the text; their own text is not shown. By default the model's own end token; `[]` for none. */
  stopIds?: Iterable<number>;
  /** How many of the most probable tokens to report beside each drawn one, by the model's own probabilities. Default 0. */
  alternatives?: number;
  /** Any whole number. Default 0. */
  seed?: number;
  /** Which of several sequences of one seed: another row draws other numbers. Default 0. */
  row?: number;
  /**
   * What happens when the model's block is full: throw `ContextOverflowError`, end the text with
   * finish reason "context" (the default), or go on: forget the older half and read the newer half
   * again ("slide", for endless text).
   */
  overflow?: "error" | "stop" | "slide";
  /**
   * Drafts tokens, so that one step of the model checks several: "prompt" (or `{ ngram, minNgram, tokens }`) looks them up in the
   * row's own text, `{ draft: model }` lets a smaller model write them. A draft counts only where the model draws the same token
   * by itself, so the text is the same as without. Default none.
   */
  speculate?: SpeculateOption;
  /**
   * What the text must be, such as JSON of a schema: `@llm/sample/constraints` makes them. Only tokens that keep to it are drawn;
   * one that ends the text only where it may end, and the text ends by itself (finish reason "stop") where nothing can follow.
   */
  constraint?: Constraint;
  /** Aborting throws the signal's reason, between two tokens or within a long prompt. */
  signal?: AbortSignal;
}

/** The kinds of {@link GenerateOptions}. */
export const GENERATE: Kinds<GenerateOptions> = {
  ...SAMPLING,
  maxTokens: "number",
  stop: "string|array",
  stopIds: "iterable",
  alternatives: "natural",
  seed: "number",
  row: "natural",
  overflow: ["error", "stop", "slide"],
  speculate: "string|object",
  constraint: "object",
  signal: "signal",
};

/** Most texts are written without. */
const loadSpeculation = () => import("./speculation/speculate.js");

/**
 * Writes on from a prompt (text, or ids), one event per token as soon as it is drawn. The same
 * model, prompt and options give the same events. Only ids that the tokenizer has are drawn.
 *
 * @throws InvalidOptionError for an option it does not have or cannot use, ContextOverflowError
 */
export function generate(
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompt: string | ArrayLike<number>,
  options: GenerateOptions = {},
): AsyncGenerator<TokenEvent, void, undefined> {
  return plan("generate", model, tokenizer, prompt, options).events();
}

/** A generation that was checked and can begin. */
export interface Plan {
  text: TextRow;
  events(): AsyncGenerator<TokenEvent, void, undefined>;
}

/** @param of the function that is called, for messages */
export function plan(
  of: string,
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompt: string | ArrayLike<number>,
  given: GenerateOptions,
): Plan {
  checkModel(of, model);
  checkTokenizer(of, tokenizer);
  checkArgument(`prompt of ${of}`, prompt, "string|list");
  const options = read(of, given, GENERATE);
  const { row: key = 0, signal } = options;
  const settings = textSettings(of, model, tokenizer, options);
  const { overflow } = settings;
  const ids = promptIds(model, tokenizer, prompt, overflow);
  const text = new TextRow(settings, { ids, row: key });
  const source =
    options.speculate && readSpeculate(of, options.speculate, { ids, vocabSize: settings.vocabSize });

  async function* events(): AsyncGenerator<TokenEvent, void, undefined> {
    const rests = new Rests();
    await rests.take(signal);
    const ahead =
      source && (await loadSpeculation()).speculate(model, source, text, { ...settings, row: key, signal });
    const session = ahead ?? model.session(1);
    const [row] = session.rows as [number];
    const read = async (ids: readonly number[]) => {
      const [logits] = await session.step([{ row, ids }], signal && { signal });
      return logits!;
    };
    try {
      let logits = await read(ids.slice(-model.blockSize));
      for (;;) {
        await rests.take(signal);
        const event = text.next(logits, session.length(row));
        if (ahead && event.finishReason) event.speculation = { ...ahead.speculation };
        yield event;
        if (event.finishReason) return;
        const following = followingIds(text, event.id, session.length(row), settings);
        if (following.anew) session.truncate(row, 0);
        logits = await read(following.ids);
      }
    } finally {
      session.dispose();
    }
  }
  return { text, events };
}

/** What the texts of a call have in common. @throws InvalidOptionError */
export function textSettings(
  of: string,
  model: LogitsModel,
  tokenizer: Tokenizer,
  options: GenerateOptions,
): TextSettings {
  const { maxTokens = 256, stop = [], seed = 0, alternatives = 0, overflow = "stop" } = options;
  checkCount("maxTokens", maxTokens, 1, true);
  checkSeed(of, seed);
  const vocabSize = Math.min(model.vocabSize, tokenizer.vocabSize);
  const known = knownIds(tokenizer);
  const { constraint } = options;
  if (constraint) checkConstraint(of, constraint);
  return {
    settings: onlyKnown(resolve(constraint ? withMask(options, vocabSize) : options), known),
    constraint,
    tokenizer,
    vocabSize,
    known,
    blockSize: model.blockSize,
    maxTokens,
    stops: typeof stop === "string" ? [stop] : [...stop],
    stopIds: stopIdsOf(model, options),
    seed,
    alternatives,
    overflow,
  };
}

/**
 * What a model has to read next of a text, of which it holds `held` positions: the token that was drawn, or `anew` the newer
 * half of a text that has outgrown the block. (Learned positions cannot be shifted in a cache: what is kept has to be read
 * again.)
 * @throws ContextOverflowError where the block is full and must not slide
 */
export function followingIds(
  { history }: TextRow,
  id: number,
  held: number,
  { blockSize, overflow }: TextSettings,
): { ids: readonly number[]; anew?: boolean } {
  if (held < blockSize) return { ids: [id] };
  if (overflow !== "slide") throw overflown(held + 1, blockSize);
  return { ids: history.ids.slice(-Math.ceil(blockSize / 2)), anew: true };
}

function overflown(needed: number, blockSize: number): ContextOverflowError {
  const wayOut = 'lower maxTokens, or choose overflow "stop" or "slide"';
  return new ContextOverflowError(needed, blockSize, wayOut);
}

/** The ids of a prompt. @throws InvalidOptionError, ContextOverflowError */
export function promptIds(
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompt: string | ArrayLike<number>,
  overflow: GenerateOptions["overflow"],
  which = "the prompt",
): number[] {
  const ids = Array.from(
    typeof prompt === "string" ? (tokenizer.encodeOrdinary?.(prompt) ?? tokenizer.encode(prompt)) : prompt,
  );
  checkPrompt(ids, model.vocabSize, which);
  if (ids.length > model.blockSize && overflow !== "slide") {
    throw new ContextOverflowError(
      ids.length,
      model.blockSize,
      `shorten ${which}, or choose overflow "slide" to read only its end`,
    );
  }
  return ids;
}
