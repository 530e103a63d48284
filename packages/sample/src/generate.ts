import type { Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import { check, checkArgument, checkModel } from "./check.js";
import { distributionOf, draw, logProbability } from "./distribution.js";
import { ContextOverflowError, InvalidOptionError } from "./errors.js";
import { resolveChain, SAMPLING, type SamplingParams } from "./params.js";
import { uniform } from "./random.js";
import { StopMatcher } from "./stop.js";
import type { LogitsModel, TokenDecoder, Tokenizer } from "./types.js";

/**
 * Why a generation ended: a stop string or stop id, `maxTokens`, or a full context (`overflow:
 * "stop"`).
 */
export type FinishReason = "stop" | "length" | "context";

/** One generated token. */
export interface TokenEvent {
  id: number;
  /** The text that can be shown now: whole characters, and nothing that may become a stop string. */
  text: string;
  /** The model's own log-probability of the token (natural), before filters and penalties. */
  logprob: number;
  /** Set on the last event. */
  finishReason?: FinishReason;
}

/** Options of `generate` and `complete`. */
export interface GenerateOptions extends SamplingParams {
  /** How many tokens at most. Default 256. */
  maxTokens?: number;
  /** Text ends before the first of these strings. Only generated text is searched. */
  stop?: string | readonly string[];
  /** Ids that end the text, such as that of `<|endoftext|>`; their own text is not shown. */
  stopIds?: Iterable<number>;
  /** Default 0. */
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
  seed: "number",
  row: "number",
  overflow: ["error", "stop", "slide"],
  signal: "signal",
};

/**
 * Writes on from a prompt (text, or ids), one event per token as soon as it is drawn. The same
 * model, prompt and options give the same events.
 *
 * @throws InvalidOptionError for an option it does not have or cannot use, ContextOverflowError
 */
export async function* generate(
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompt: string | ArrayLike<number>,
  options: GenerateOptions = {},
): AsyncGenerator<TokenEvent, void, undefined> {
  checkModel("generate", model, tokenizer);
  checkArgument("prompt of generate", prompt, "string|list");
  check("generate", options, GENERATE);
  const { maxTokens = 256, stop = [], seed = 0, row: sequence = 0, overflow = "stop", signal } = options;
  resolveChain(options);
  checkCount("maxTokens", maxTokens, 1);
  checkCount("seed", seed, 0);
  checkCount("row", sequence, 0);
  const history = promptIds(model, tokenizer, prompt, overflow);
  const stopIds = new Set(options.stopIds);
  const matcher = new StopMatcher(typeof stop === "string" ? [stop] : stop);
  const decoder = tokenizer.decoder();
  if (typeof prompt !== "string") readTail(decoder, history);

  const rests = new Rests();
  await rests.take(signal);
  const session = model.session(1);
  const [row] = session.rows as [number];
  const read = async (ids: readonly number[]) => {
    const [logits] = await session.step([{ row, ids }], signal && { signal });
    return logits!;
  };
  try {
    let logits = await read(history.slice(-model.blockSize));
    for (let count = 1; ; count++) {
      await rests.take(signal);
      const id = draw(
        distributionOf(logits, options, history),
        uniform({ seed, row: sequence, position: history.length }),
      );
      const logprob = logProbability(logits, id);
      history.push(id);

      const ended = stopIds.has(id);
      const shown = matcher.write(ended ? decoder.end() : decoder.write(id));
      let finishReason: FinishReason | undefined;
      if (ended || shown.stopped) finishReason = "stop";
      else if (count === maxTokens) finishReason = "length";
      else if (overflow === "stop" && session.length(row) >= model.blockSize) finishReason = "context";
      if (!finishReason) {
        yield { id, text: shown.text, logprob };
        const held = session.length(row);
        if (held < model.blockSize) {
          logits = await read([id]);
          continue;
        }
        if (overflow !== "slide") throw overflown(held + 1, model.blockSize);
        // Learned positions cannot be shifted in a cache: what is kept has to be read anew.
        session.truncate(row, 0);
        logits = await read(history.slice(-Math.ceil(model.blockSize / 2)));
        continue;
      }
      let text = shown.text;
      if (!shown.stopped) {
        const rest = matcher.write(ended ? "" : decoder.end());
        text += rest.text + (rest.stopped ? "" : matcher.end());
      }
      yield { id, text, logprob, finishReason };
      return;
    }
  } finally {
    session.dispose();
  }
}

/** A finished generation. */
export interface Completion {
  /** The text without the stop string or stop token. */
  text: string;
  /** Every token drawn, those of the stop included. */
  ids: Uint32Array;
  /** The model's own log-probability of each token of `ids`. */
  logprobs: Float64Array;
  finishReason: FinishReason;
}

/** `generate`, collected. */
export async function complete(
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompt: string | ArrayLike<number>,
  options: GenerateOptions = {},
): Promise<Completion> {
  check("complete", options, GENERATE);
  const events: TokenEvent[] = [];
  for await (const event of generate(model, tokenizer, prompt, options)) events.push(event);
  return {
    text: events.map((event) => event.text).join(""),
    ids: Uint32Array.from(events, (event) => event.id),
    logprobs: Float64Array.from(events, (event) => event.logprob),
    finishReason: events.at(-1)!.finishReason!,
  };
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
  if (ids.length === 0) {
    throw new InvalidOptionError("prompt", "the prompt has no tokens: start from the id of <|endoftext|>");
  }
  const stranger = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < model.vocabSize));
  if (stranger !== undefined) {
    throw new InvalidOptionError(
      "prompt",
      `the prompt holds id ${stranger}, and the model knows ids below ${model.vocabSize}: is this its tokenizer?`,
    );
  }
  if (ids.length > model.blockSize && overflow !== "slide") {
    throw new ContextOverflowError(
      ids.length,
      model.blockSize,
      'shorten the prompt, or choose overflow "slide" to read only its end',
    );
  }
  return ids;
}

/** Lets the decoder see the end of a prompt of ids, in case it stops inside a character. */
function readTail(decoder: TokenDecoder, ids: readonly number[]): void {
  for (const id of ids.slice(-4)) decoder.write(id);
}

function checkCount(option: string, value: number, low: number): void {
  const valid = Number.isSafeInteger(value) || (option === "maxTokens" && value === Number.POSITIVE_INFINITY);
  if (valid && value >= low) return;
  throw new InvalidOptionError(option, `${option} is ${value}; it must be an integer of at least ${low}`);
}
