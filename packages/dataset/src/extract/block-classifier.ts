import { model } from "./content-model.generated.js";
import { FEATURES, isLinkRow } from "./features.js";

/** Logit of what is a link and nothing else. */
const LINK = -6;
const inner = 2 ** model.depth - 1;
const features = Uint8Array.from(model.features);
const thresholds = Float64Array.from(model.thresholds);
const leaves = Int16Array.from(model.leaves);

/**
 * How much the numbers of each block speak for main content, `(blocks,)`: the logit of a probability, by gradient-boosted
 * trees that were trained on pages whose content is known (`training/train.ts`).
 */
export function contentLogits(rows: Float32Array): Float32Array {
  const trees = leaves.length / (inner + 1);
  const logits = new Float32Array(rows.length / FEATURES);
  for (let index = 0; index < logits.length; index++) {
    const row = index * FEATURES;
    let sum = model.bias;
    if (isLinkRow(rows, index)) {
      logits[index] = LINK;
      continue;
    }
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
    logits[index] = sum;
  }
  return logits;
}
