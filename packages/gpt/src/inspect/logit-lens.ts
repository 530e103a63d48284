import { concat, reshape, scope, slice, type Tensor } from "@llm/tensor";
import { check, checkTensor } from "../check.js";
import type { Gpt } from "../gpt.js";

/** Options of {@link logitLens}. */
export interface LogitLensOptions {
  /** Of all positions, or of the last one only, which takes a T-th of the memory. Default "all". */
  positions?: "all" | "last";
}

/**
 * What the model would answer if it ended after each of its blocks: the residual stream after the embedding and after every
 * block, each through the final norm and the output head (nostalgebraist, "interpreting GPT: the logit lens", 2020). Answers
 * logits (nLayer + 1, B, T, vocabSize) for ids (B, T), the last of which are those of `forward`.
 */
export function logitLens(model: Gpt, ids: Tensor, options: LogitLensOptions = {}): Tensor {
  checkTensor("ids of logitLens", ids);
  check("logitLens", options, { positions: ["all", "last"] });
  const { nLayer, vocabSize } = model.config;
  const [B, T] = ids.shape as [number, number];
  const isLast = options.positions === "last";
  const shown = (x: Tensor) => (isLast ? slice(x, 1, T - 1, T) : x);
  const streams: Tensor[] = [];
  return scope(() => {
    const logits = model.forward(ids, {
      capture(name, tensor) {
        if (name !== "embedding" && !/^h\.\d+\.residual_2$/.test(name)) return;
        streams.push(shown(tensor));
        // The final norm and the head take all streams at once, as rows of one batch.
        return streams.length > nLayer ? concat(streams, 0) : undefined;
      },
    });
    return reshape(logits, [nLayer + 1, B, isLast ? 1 : T, vocabSize]);
  });
}
