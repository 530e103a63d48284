import type { Block } from "./blocks.js";

/** What the rules add to the logit of a block that they keep, and take from that of another. */
const KEPT = 2.5;
const LEFT = 2;
/** How much the logits of the neighbours count. */
const BESIDE = 0.2;

/**
 * The blocks of main content by classifier and rules together. Where the rules keep under half of the text that the classifier
 * takes for content they count for less, since then they have the wrong part of the page, or one of several.
 *
 * @param logits `(blocks,)` of the classifier
 * @param threshold logit from which a block is content
 */
export function chooseBlocks(
  blocks: readonly Block[],
  logits: Float32Array,
  keptByRules: ReadonlySet<Block>,
  threshold: number,
): Block[] {
  let [likely, both] = [0, 0];
  blocks.forEach((block, i) => {
    if (logits[i]! <= 0) return;
    likely += block.text.length;
    if (keptByRules.has(block)) both += block.text.length;
  });
  const trust = likely === 0 ? 1 : Math.min(1, (2 * both) / likely);
  const sums = logits.map((logit, i) => logit + trust * (keptByRules.has(blocks[i]!) ? KEPT : -LEFT));
  const at = (i: number) => sums[i] ?? -3;
  return blocks.filter((_, i) => sums[i]! + BESIDE * (at(i - 1) + at(i + 1)) > threshold);
}
