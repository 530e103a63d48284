import { selfAttention, type Tensor } from "@llm/tensor";
import { attentionOptions } from "./attention-options.js";
import { check, checkTensor } from "./check.js";
import type { CompleteGptConfig } from "./config.js";
import { ContextLengthError } from "./errors.js";
import { FORWARD, type ForwardOptions, TRAINING } from "./model-options.js";
import { packedRows } from "./packed-rows.js";
import type { Pass } from "./pass.js";

/**
 * What a pass over whole sequences takes besides the model: checked options of `of`, and attention within each sequence.
 * @throws {ContextLengthError} for ids that are not (B, T) with T at most `blockSize`
 */
export function overSequences(
  of: string,
  config: CompleteGptConfig,
  ids: Tensor,
  options: ForwardOptions,
): Pick<Pass, "attend" | "positions" | "training" | "recompute" | "capture"> {
  checkTensor(`ids of ${of}`, ids);
  check(of, options, FORWARD);
  if (options.training) check(`training of ${of}`, options.training, TRAINING);
  const [B, T] = ids.shape;
  if (ids.shape.length !== 2 || T === undefined || T > config.blockSize) {
    throw new ContextLengthError(
      `ids have shape [${ids.shape}]; they must be (B, T) with T at most blockSize = ${config.blockSize}`,
    );
  }
  const { documents, ...rest } = options;
  const packed = documents ? packedRows(documents, [B!, T]) : undefined;
  const attend: Pass["attend"] = (qkv, layer, dropout) => {
    const isolated = packed ? { documents: packed.documents() } : {};
    const how = { ...attentionOptions(config, layer), ...isolated };
    return selfAttention(qkv, dropout ? { ...how, dropout } : how);
  };
  return { ...rest, attend, positions: packed?.positions };
}
