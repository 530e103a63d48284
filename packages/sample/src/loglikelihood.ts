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
  checkArgument("continuation of loglikelihood", continuation, "string");
  const [only] = await loglikelihoods(model, tokenizer, context, [continuation], options);
  return only!;
}

/** The same of several continuations. The context is read once where it ends alike before them. */
export async function loglikelihoods(
  model: LogitsModel,
  tokenizer: Tokenizer,
  context: string,
  continuations: readonly string[],
  options: LoglikelihoodOptions,
): Promise<Loglikelihood[]> {
  checkModel("loglikelihood", model);
  checkTokenizer("loglikelihood", tokenizer);
  checkArgument("context of loglikelihood", context, "string");
  const { prefixId = model.config?.endOfText, signal } = read("loglikelihood", options, {
    prefixId: "natural",
    signal: "signal",
  });
  const encode = (text: string) => tokenizer.encodeOrdinary?.(text) ?? tokenizer.encode(text);
  const trimmed = encode(context.trimEnd());
  const vocabSize = Math.min(model.vocabSize, tokenizer.vocabSize);
  const known = knownIds(tokenizer);
  const rests = new Rests();
  await rests.take(signal);
  const session = model.session(1);
  const [row] = session.rows as [number];
  const step = async (ids: Uint32Array, logits: "last" | "all") => {
    const [answer] = await session.step([{ row, ids }], signal ? { logits, signal } : { logits });
    return answer!;
  };
  const results: Loglikelihood[] = [];
  let held = new Uint32Array();
  let first!: Float32Array;
  try {
    for (const continuation of continuations) {
      const joint = encode(context + continuation);
      const split = commonLength(trimmed, joint);
      const ids = joint.slice(split);
      if (continuation === "" || ids.length === 0) {
        throw new InvalidOptionError("continuation", "the continuation has no tokens");
      }
      // The last token is never read, and one token of context must be.
      if (ids.length > model.blockSize)
        throw new ContextOverflowError(ids.length, model.blockSize, "shorten the continuation");
      if (split === 0 && prefixId === undefined) {
        throw new InvalidOptionError("context", "the first token needs one to follow: pass a prefixId");
      }
      const whole = split > 0 ? joint.slice(0, split) : Uint32Array.of(prefixId!);
      checkPrompt([...whole, ...ids], model.vocabSize, "the text");
      const before = whole.slice(ids.length - 1 - model.blockSize);
      if (held.length !== before.length || commonLength(held, before) < before.length) {
        session.truncate(row, 0);
        first = await step(before, "last");
        held = before;
      }
      const later = ids.length > 1 ? await step(ids.slice(0, -1), "all") : first; // (n - 1, vocabSize)
      session.truncate(row, before.length);
      const logprobs = new Float64Array(ids.length);
      let greedy = true;
      for (const [at, id] of ids.entries()) {
        await rests.take(signal);
        const logits = at > 0 ? later.subarray((at - 1) * model.vocabSize, at * model.vocabSize) : first;
        logprobs[at] = logits[id]! - logSumExp(logits);
        greedy &&= bestId(logits, vocabSize, known) === id;
      }
      results.push({ logprob: logprobs.reduce((sum, value) => sum + value, 0), ids, logprobs, greedy });
    }
  } finally {
    session.dispose();
  }
  return results;
}

/** How many ids two lists have in common from the beginning. */
function commonLength(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
