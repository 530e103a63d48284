import { model } from "./content-model.generated.js";
import { FEATURES, isLinkRow } from "./features.js";

/** Logit of what is a link and nothing else. */
const LINK = -6;
const inner = 2 ** model.depth - 1;
const features = Uint8Array.from(model.features);
const thresholds = Float64Array.from(model.thresholds);
const leaves = Float64Array.from(model.leaves, (hundredths) => hundredths / 100);

/**
 * How much the numbers of each block speak for main content, `(blocks,)`: the logit of a probability, by gradient-boosted
 * trees that were trained on pages whose content is known (`training/train.ts`).
 */
export function contentLogits(rows: Float32Array): Float32Array {
  const ends = leaves.length;
  const logits = new Float32Array(rows.length / FEATURES);
  for (let index = 0; index < logits.length; index++) {
    const row = index * FEATURES;
    let sum = model.bias;
    if (isLinkRow(rows, index)) {
      logits[index] = LINK;
      continue;
    }
    for (let start = 0, leaf = 0; leaf < ends; start += inner, leaf += inner + 1) {
      let at = 0;
      // The node at `i` has its children at `2i + 1` and `2i + 2`.
      while (at < inner) {
        const node = start + at;
        at = 2 * at + (rows[row + features[node]!]! > thresholds[node]! ? 2 : 1);
      }
      sum += leaves[leaf + at - inner]!;
    }
    logits[index] = sum;
  }
  return logits;
}
