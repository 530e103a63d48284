import type { Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import { type Alternative, mostProbable } from "./alternatives.js";
import {
  checkArgument,
  checkCount,
  checkModel,
  checkPrompt,
  checkSeed,
  checkTokenizer,
  read,
} from "./check.js";
import { ContextOverflowError } from "./errors.js";
import { History } from "./history.js";
import { SAMPLING, type SamplingParams } from "./params.js";
import { Sampler } from "./sampler.js";
import { readIds, resolve } from "./settings.js";
import { TextWriter } from "./text-writer.js";
import type { LogitsModel, Tokenizer } from "./types.js";

/**
 * Why a generation ended: a stop string or stop id, `maxTokens`, a full context (`overflow: "stop"`), or a signal
 * (`complete` only).
 */
export type FinishReason = "stop" | "length" | "context" | "abort";

/** One generated token. */
export interface TokenEvent {
  id: number;
  /** The text that can be shown now: whole characters, and nothing that may become a stop string. */
  text: string;
  /** The model's own log-probability of the token (natural), before filters and penalties. */
  logprob: number;
  /** The most probable tokens here, best first, where they were asked for. */
  alternatives?: Alternative[];
  /** Set on the last event. */
  finishReason?: FinishReason;
  /** The stop string or the stop id that ended the text, with finish reason "stop". */
  stoppedBy?: string | number;
}

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
  /** Aborting throws the signal's reason, between two tokens or within a long prompt. */
  signal?: AbortSignal;
}

const GENERATE: Kinds<GenerateOptions> = {
  ...SAMPLING,
  maxTokens: "number",
  stop: "string|array",
  stopIds: "iterable",
  alternatives: "natural",
  seed: "number",
  row: "natural",
  overflow: ["error", "stop", "slide"],
  signal: "signal",
};

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

/** A generation that was checked and can begin. Every list in the options has been copied. */
export interface Plan {
  writer: TextWriter;
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
  const {
    maxTokens = 256,
    stop = [],
    seed = 0,
    row = 0,
    alternatives = 0,
    overflow = "stop",
    signal,
  } = options;
  const settings = resolve(options);
  checkCount("maxTokens", maxTokens, 1, true);
  checkSeed(of, seed);
  const end = model.config?.endOfText;
  const stopIds = readIds("stopIds", options.stopIds ?? (end === undefined ? [] : [end]));
  const ids = promptIds(model, tokenizer, prompt, overflow);
  const history = new History(ids, settings.chain.penaltyWindow);
  const vocabSize = Math.min(model.vocabSize, tokenizer.vocabSize);
  const sampler = new Sampler(settings, history, vocabSize, seed, row);
  const writer = new TextWriter(tokenizer, typeof stop === "string" ? [stop] : stop);
  if (typeof prompt !== "string") writer.readPrompt(ids);

  async function* events(): AsyncGenerator<TokenEvent, void, undefined> {
    const rests = new Rests();
    await rests.take(signal);
    const session = model.session(1);
    const [row] = session.rows as [number];
    const read = async (ids: readonly number[]) => {
      const [logits] = await session.step([{ row, ids }], signal && { signal });
      return logits!;
    };
    try {
      let logits = await read(ids.slice(-model.blockSize));
      for (let count = 1; ; count++) {
        await rests.take(signal);
        const drawn = sampler.next(logits);
        const others = alternatives > 0 && { alternatives: mostProbable(logits, alternatives) };
        const isEnd = stopIds.has(drawn.id);
        let { text, stop } = isEnd ? writer.end() : writer.write(drawn.id);
        let finishReason: FinishReason | undefined;
        if (isEnd || stop !== undefined) finishReason = "stop";
        else if (count === maxTokens) finishReason = "length";
        else if (overflow === "stop" && session.length(row) >= model.blockSize) finishReason = "context";
        if (finishReason) {
          if (finishReason !== "stop") {
            const rest = writer.end();
            text += rest.text;
            stop = rest.stop; // the end of a cut character can complete one
            if (stop !== undefined) finishReason = "stop";
          }
          const stoppedBy = stop ?? (isEnd ? drawn.id : undefined);
          yield { ...drawn, text, ...others, finishReason, ...(stoppedBy !== undefined && { stoppedBy }) };
          return;
        }
        yield { ...drawn, text, ...others };
        const held = session.length(row);
        if (held < model.blockSize) {
          logits = await read([drawn.id]);
          continue;
        }
        if (overflow !== "slide") throw overflown(held + 1, model.blockSize);
        // Learned positions cannot be shifted in a cache: what is kept has to be read anew.
        session.truncate(row, 0);
        logits = await read(history.ids.slice(-Math.ceil(model.blockSize / 2)));
      }
    } finally {
      session.dispose();
    }
  }
  return { writer, events };
}

function overflown(needed: number, blockSize: number): ContextOverflowError {
  const wayOut = 'lower maxTokens, or choose overflow "stop" or "slide"';
  return new ContextOverflowError(needed, blockSize, wayOut);
}

function promptIds(
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompt: string | ArrayLike<number>,
  overflow: GenerateOptions["overflow"],
): number[] {
  const ids = Array.from(
    typeof prompt === "string" ? (tokenizer.encodeOrdinary?.(prompt) ?? tokenizer.encode(prompt)) : prompt,
  );
  checkPrompt(ids, model.vocabSize);
  if (ids.length > model.blockSize && overflow !== "slide") {
    throw new ContextOverflowError(
      ids.length,
      model.blockSize,
      'shorten the prompt, or choose overflow "slide" to read only its end',
    );
  }
  return ids;
}
