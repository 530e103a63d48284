import type { Alternative } from "./alternatives.js";
import { type GenerateOptions, plan } from "./generate.js";
import type { Speculation } from "./speculation/speculative-session.js";
import type { FinishReason, TextRow, TokenEvent } from "./text-row.js";
import type { LogitsModel, Tokenizer } from "./types.js";

/** A finished generation. */
export interface Completion {
  /** The text without the stop string or stop token. */
  text: string;
  /** Every token drawn, those of the stop included. */
  ids: Uint32Array;
  /** The model's own log-probability of each token of `ids`. */
  logprobs: Float64Array;
  /** The most probable tokens at the place of each of `ids`, where they were asked for. */
  alternatives?: Alternative[][];
  finishReason: FinishReason;
  /** The stop string or the stop id that ended the text, with finish reason "stop". */
  stoppedBy?: string | number;
  /** With `speculate`: what drafting did for the text. Not where it was aborted. */
  speculation?: Speculation;
}

/**
 * `generate`, collected. Aborted before the first token it throws the signal's reason; later it answers the text so far, with
 * finish reason "abort".
 *
 * @throws InvalidOptionError for an option it does not have or cannot use, ContextOverflowError
 */
export async function complete(
  model: LogitsModel,
  tokenizer: Tokenizer,
  prompt: string | ArrayLike<number>,
  options: GenerateOptions = {},
): Promise<Completion> {
  const { text, events } = plan("complete", model, tokenizer, prompt, options);
  const list: TokenEvent[] = [];
  try {
    for await (const event of events()) list.push(event);
  } catch (error) {
    if (list.length === 0 || !options.signal?.aborted || error !== options.signal.reason) throw error;
  }
  return completionOf(list, text);
}

/** The events of a text, collected. One that did not finish was aborted. */
export function completionOf(events: readonly TokenEvent[], text: TextRow): Completion {
  const { finishReason = "abort", stoppedBy, speculation } = events.at(-1) ?? {};
  const rest = finishReason === "abort" ? text.end() : "";
  const alternatives = events.flatMap(({ alternatives }) => (alternatives ? [alternatives] : []));
  return {
    text: events.map(({ text }) => text).join("") + rest,
    ids: Uint32Array.from(events, ({ id }) => id),
    logprobs: Float64Array.from(events, ({ logprob }) => logprob),
    ...(alternatives.length > 0 && { alternatives }),
    finishReason,
    ...(stoppedBy !== undefined && { stoppedBy }),
    ...(speculation && { speculation }),
  };
}
