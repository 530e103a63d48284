import { perplexity } from "@llm/sample/evaluation";
import { bigram } from "../baselines.js";
import type { OpenedModel } from "../opened.js";
import { textTokenizer } from "./text-tokenizer.js";

/** A text, and what a bigram is counted on. */
export interface SurpriseQuestion {
  readonly text: string;
  readonly counted: string;
}

/** What one predictor thinks of a text. */
interface Predicted {
  /** Bits of each token: -log2 of its probability. */
  readonly bits: readonly number[];
  readonly bitsPerByte: number;
}

/** How surprising each token of a text is. */
export interface Surprise {
  readonly ids: readonly number[];
  readonly bytes: number;
  readonly model: Predicted;
  readonly bigram: Predicted;
  /** Every token alike: bits a token. */
  readonly uniform: number;
  /** Tokens that are read at a time. */
  readonly window: number;
  /** Each token has at least so many before it, as far as the text has. */
  readonly context: number;
}

/** The most tokens of a text: a screen or two. */
const MOST = 2000;

/** The most tokens that are read at a time: the logits of all of them are kept. */
const WINDOW = 256;

/**
 * The surprise of the open model at each token, and that of a bigram which was counted on another text with the same tokens. A
 * text that is longer is read in windows that overlap by half.
 */
export async function surprise(
  opened: OpenedModel,
  { text, counted }: SurpriseQuestion,
  signal?: AbortSignal,
): Promise<Surprise> {
  const { model } = opened;
  const all = opened.encode(text);
  if (all.length === 0) throw new Error("The text has no token that this model knows: write another one.");
  if (all.length > MOST) {
    throw new Error(`The text has ${all.length} tokens, and at most ${MOST} are shown: shorten it.`);
  }
  const window = Math.min(WINDOW, model.blockSize);
  const stride = Math.ceil(window / 2);
  // The first token follows the end of another text; a model that knows none is asked after its first token.
  const prefixId = model.config.endOfText ?? 0;
  const { ids, logprobs, bytes, bitsPerByte } = await perplexity(model, textTokenizer(opened), text, {
    ...{ prefixId, window, stride },
    ...(signal && { signal }),
  });
  const bits = Array.from(logprobs, (logprob) => -logprob / Math.LN2);
  const plain = bigram(opened.encode(counted), model.vocabSize);
  const own = Array.from(ids, (id, i) => -plain(i === 0 ? prefixId : ids[i - 1]!, id) / Math.LN2);
  return {
    ids: [...ids],
    bytes,
    model: { bits, bitsPerByte },
    bigram: { bits: own, bitsPerByte: own.reduce((sum, each) => sum + each, 0) / bytes },
    uniform: Math.log2(model.vocabSize),
    window,
    context: window - stride + 1,
  };
}
