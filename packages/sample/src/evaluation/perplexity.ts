import { check, checkArgument, checkModel, checkTokenizer } from "../check.js";
import { InvalidOptionError } from "../errors.js";
import { logSumExp } from "../logits.js";
import type { LoglikelihoodOptions } from "../loglikelihood.js";
import type { LogitsModel, Tokenizer } from "../types.js";

/** How surprising a text is to a model. */
export interface Perplexity {
  /** Sum of the natural log-probabilities of all its tokens. */
  logprob: number;
  /** Each token, and its natural log-probability. */
  ids: Uint32Array;
  logprobs: Float64Array;
  tokens: number;
  bytes: number;
  words: number;
  /** e to the mean loss of a token, of a byte and of a word. */
  perTokenPerplexity: number;
  perBytePerplexity: number;
  perWordPerplexity: number;
  bitsPerByte: number;
}

/** Options of {@link perplexity}. */
export interface PerplexityOptions extends LoglikelihoodOptions {
  /**
   * Tokens of a window. Default the model's block. With `max_length: n` lm-evaluation-harness 0.4.13 takes windows of n - 2 from
   * a server, and so finds slightly more for a text that is longer.
   */
  window?: number;
  /**
   * Tokens by which the window moves on. Default the window. The smaller, the more each token has of what comes before it, and
   * the more is computed.
   */
  stride?: number;
}

/**
 * Scores every token of a text once, in windows of the model's block: the first begins with `prefixId`, and each later one
 * has as much of what comes before it as there is room for (as lm-evaluation-harness does). Words are what white space
 * separates.
 */
export async function perplexity(
  model: LogitsModel,
  tokenizer: Tokenizer,
  text: string,
  options: PerplexityOptions = {},
): Promise<Perplexity> {
  check("perplexity", options, { prefixId: "natural", signal: "signal", window: "count", stride: "count" });
  checkModel("perplexity", model);
  checkTokenizer("perplexity", tokenizer);
  checkArgument("text of perplexity", text, "string");
  const { prefixId = model.config?.endOfText, signal } = options;
  const ids = tokenizer.encodeOrdinary?.(text) ?? tokenizer.encode(text);
  if (ids.length === 0) throw new InvalidOptionError("text", "the text has no tokens");
  if (prefixId === undefined) {
    throw new InvalidOptionError("prefixId", "the first token needs one to follow: pass a prefixId");
  }
  const { blockSize, vocabSize } = model;
  const { window = blockSize, stride = window } = options;
  if (window > blockSize) {
    throw new InvalidOptionError("window", `window is ${window}; the model's block holds ${blockSize}`);
  }
  if (stride > window)
    throw new InvalidOptionError("stride", `stride is ${stride}; the window has ${window}`);
  const session = model.session(1, { positions: Math.min(window, ids.length) });
  const [row] = session.rows as [number];
  const logprobs = new Float64Array(ids.length);
  try {
    for (let from = 0, end = 0; from < ids.length; from = end) {
      end = Math.min(ids.length, from + (from === 0 ? window : stride));
      const start = Math.max(0, end - window);
      const before = start === 0 ? [prefixId] : [ids[start - 1]!];
      const read = [...before, ...ids.subarray(start, end - 1)];
      const [logits] = await session.step([{ row, ids: read }], {
        logits: "all",
        ...(signal && { signal }),
      });
      for (let at = from; at < end; at++) {
        const each = logits!.subarray((at - start) * vocabSize, (at - start + 1) * vocabSize);
        logprobs[at] = each[ids[at]!]! - logSumExp(each);
      }
      session.truncate(row, 0);
    }
  } finally {
    session.dispose();
  }
  const logprob = logprobs.reduce((sum, each) => sum + each, 0);
  const bytes = new TextEncoder().encode(text).length;
  const words = text.split(/\s+/).length;
  return {
    logprob,
    ids,
    logprobs,
    tokens: ids.length,
    bytes,
    words,
    perTokenPerplexity: Math.exp(-logprob / ids.length),
    perBytePerplexity: Math.exp(-logprob / bytes),
    perWordPerplexity: Math.exp(-logprob / words),
    bitsPerByte: -logprob / bytes / Math.LN2,
  };
}
