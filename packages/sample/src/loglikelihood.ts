import { Rests } from "@llm/platform/rest";
import { best } from "./candidates.js";
import { check, checkArgument, checkModel } from "./check.js";
import { logProbability } from "./distribution.js";
import { ContextOverflowError, InvalidOptionError } from "./errors.js";
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

/**
 * The log-probability of `continuation` after `context`. Both are encoded as one text, because
 * encoding them apart gives other tokens at the seam; white space that ends the context counts as
 * the continuation's. A context that is too long loses its beginning. Aborting throws the signal's reason.
 */
export async function loglikelihood(
  model: LogitsModel,
  tokenizer: Tokenizer,
  context: string,
  continuation: string,
  options: { signal?: AbortSignal } = {},
): Promise<Loglikelihood> {
  checkModel("loglikelihood", model, tokenizer);
  checkArgument("context of loglikelihood", context, "string");
  checkArgument("continuation of loglikelihood", continuation, "string");
  check("loglikelihood", options, { signal: "signal" });
  const encode = (text: string) => tokenizer.encodeOrdinary?.(text) ?? tokenizer.encode(text);
  const head = context.trimEnd();
  const joint = encode(context + continuation);
  const split = encode(head).length;
  if (split === 0) {
    throw new InvalidOptionError(
      "context",
      "the context has no tokens; the first token needs something to follow",
    );
  }
  const ids = joint.slice(split);
  if (ids.length === 0) throw new InvalidOptionError("continuation", "the continuation has no tokens");
  const needed = ids.length; // the last token is never read, and one token of context must be
  if (needed > model.blockSize)
    throw new ContextOverflowError(needed, model.blockSize, "shorten the continuation");

  const from = Math.max(0, joint.length - 1 - model.blockSize);
  const logprobs = new Float64Array(ids.length);
  let greedy = true;
  const score = (at: number, logits: Float32Array): void => {
    logprobs[at] = logProbability(logits, ids[at]!);
    greedy &&= best({ ids, logits: Float64Array.from(logits) }) === ids[at];
  };
  const { signal } = options;
  const rests = new Rests();
  await rests.take(signal);
  const session = model.session(1);
  const [row] = session.rows as [number];
  const read = async (ids: Uint32Array, logits: "last" | "all") => {
    const [answer] = await session.step([{ row, ids }], signal ? { logits, signal } : { logits });
    return answer!;
  };
  try {
    score(0, await read(joint.slice(from, split), "last"));
    const later = ids.length > 1 ? await read(ids.slice(0, -1), "all") : new Float32Array(0); // (n - 1, vocabSize)
    for (let at = 1; at < ids.length; at++) {
      await rests.take(signal);
      score(at, later.subarray((at - 1) * model.vocabSize, at * model.vocabSize));
    }
  } finally {
    session.dispose();
  }
  return { logprob: logprobs.reduce((sum, value) => sum + value, 0), ids, logprobs, greedy };
}
