import { Rests } from "@llm/platform/rest";
import { checkArgument, checkModel, checkPrompt, checkTokenizer, read } from "./check.js";
import { ContextOverflowError, InvalidOptionError } from "./errors.js";
import { knownIds } from "./known-ids.js";
import { bestId, logSumExp } from "./logits.js";
import type { LogitsModel, Tokenizer } from "./types.js";

/** How well a model expects a text to go on in a given way. */
export interface Loglikelihood {
  /** Sum of the natural log-probabilities of the continuation's tokens. */
  logprob: number;
  /** Each token of the continuation, and its log-probability. */
  ids: Uint32Array;
  logprobs: Float64Array;
  /** Whether greedy decoding would have written exactly this continuation. */
  greedy: boolean;
}

/** Options of `loglikelihood`. */
export interface LoglikelihoodOptions {
  /** The id that stands before a text without context. The model's own end token by default. */
  prefixId?: number;
  signal?: AbortSignal;
}

/**
 * The log-probability of `continuation` after `context`. Both are encoded as one text, because encoding them apart gives
 * other tokens at the seam. What is scored are the tokens from the first one on that the context alone does not have: a token
 * that spans the seam counts whole, and white space that ends the context counts as the continuation's. So the tokens before
 * and the scored ones are those of the whole text, wherever it is cut. A context that is too long loses its beginning.
 * Aborting throws the signal's reason.
 */
export async function loglikelihood(
  model: LogitsModel,
  tokenizer: Tokenizer,
  context: string,
  continuation: string,
  options: LoglikelihoodOptions = {},
): Promise<Loglikelihood> {
  checkModel("loglikelihood", model);
  checkTokenizer("loglikelihood", tokenizer);
  checkArgument("context of loglikelihood", context, "string");
  checkArgument("continuation of loglikelihood", continuation, "string");
  const { prefixId = model.config?.endOfText, signal } = read("loglikelihood", options, {
    prefixId: "natural",
    signal: "signal",
  });
  const encode = (text: string) => tokenizer.encodeOrdinary?.(text) ?? tokenizer.encode(text);
  const joint = encode(context + continuation);
  const split = commonLength(encode(context.trimEnd()), joint);
  const ids = joint.slice(split);
  if (continuation === "" || ids.length === 0) {
    throw new InvalidOptionError("continuation", "the continuation has no tokens");
  }
  let before = joint.slice(0, split);
  if (split === 0) {
    if (prefixId === undefined) {
      throw new InvalidOptionError(
        "context",
        "the first token needs one to follow, and neither the context nor the model has one: pass a prefixId",
      );
    }
    before = Uint32Array.of(prefixId);
  }
  checkPrompt([...before, ...ids], model.vocabSize, "the text");
  const vocabSize = Math.min(model.vocabSize, tokenizer.vocabSize);
  const known = knownIds(tokenizer);
  const needed = ids.length; // the last token is never read, and one token of context must be
  if (needed > model.blockSize)
    throw new ContextOverflowError(needed, model.blockSize, "shorten the continuation");

  const logprobs = new Float64Array(ids.length);
  let greedy = true;
  const score = (at: number, logits: Float32Array): void => {
    logprobs[at] = logits[ids[at]!]! - logSumExp(logits);
    greedy &&= bestId(logits, vocabSize, known) === ids[at];
  };
  const rests = new Rests();
  await rests.take(signal);
  const session = model.session(1);
  const [row] = session.rows as [number];
  const step = async (ids: Uint32Array, logits: "last" | "all") => {
    const [answer] = await session.step([{ row, ids }], signal ? { logits, signal } : { logits });
    return answer!;
  };
  try {
    const room = model.blockSize - (ids.length - 1);
    score(0, await step(before.slice(-room), "last"));
    const later = ids.length > 1 ? await step(ids.slice(0, -1), "all") : new Float32Array(0); // (n - 1, vocabSize)
    for (let at = 1; at < ids.length; at++) {
      await rests.take(signal);
      score(at, later.subarray((at - 1) * model.vocabSize, at * model.vocabSize));
    }
  } finally {
    session.dispose();
  }
  return { logprob: logprobs.reduce((sum, value) => sum + value, 0), ids, logprobs, greedy };
}

/** How many ids two lists have in common from the beginning. */
function commonLength(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
