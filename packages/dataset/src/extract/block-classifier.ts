import { model } from "./content-model.generated.js";
import { FEATURES } from "./features.js";

/**
 * How much the numbers of each block speak for main content, `(blocks,)`: the logit of a probability, by gradient-boosted
 * trees that were trained on pages whose content is known (`training/train.ts`).
 */
export function contentLogits(rows: Float32Array): Float32Array {
  const { depth, bias, features, thresholds, leaves } = model;
  const inner = 2 ** depth - 1;
  const trees = leaves.length / (inner + 1);
  return Float32Array.from({ length: rows.length / FEATURES }, (_, index) => {
    const row = index * FEATURES;
    let sum = bias;
    for (let tree = 0; tree < trees; tree++) {
      const start = tree * inner;
      let at = 0;
      // The node at `i` has its children at `2i + 1` and `2i + 2`.
      while (at < inner) {
        const isRight = rows[row + features[start + at]!]! > thresholds[start + at]!;
        at = 2 * at + (isRight ? 2 : 1);
      }
      sum += leaves[tree * (inner + 1) + at - inner]! / 100;
    }
    return sum;
  });
}
