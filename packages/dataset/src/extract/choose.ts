import { contentLogits } from "./block-classifier.js";
import type { Block } from "./blocks.js";
import type { DescribedPage } from "./describe-page.js";
import { isDroppedRow } from "./features.js";

/** What the rules add to the logit of a block: one that they keep, leave out, or take for something else by its name or element. */
const KEPT = 2.5;
const LEFT = -2;
const DROPPED = -2.5;
/** How much the logits of the neighbours count, but for what is named as something else: an advertisement stands amid the text. */
const BESIDE = 0.2;

/**
 * The blocks of main content by classifier and rules together. Where the rules keep under half of the text that the classifier
 * takes for content they count for less, since then they have the wrong part of the page, or one of several.
 *
 * @param threshold logit from which a block is content
 */
export function chooseBlocks({ blocks, rows, keptByRules }: DescribedPage, threshold: number): Block[] {
  const logits = contentLogits(rows);
  const kept = new Set(keptByRules);
  let likely = 0;
  let both = 0;
  blocks.forEach((block, i) => {
    if (logits[i]! <= 0) return;
    likely += block.text.length;
    if (kept.has(block)) both += block.text.length;
  });
  const trust = likely === 0 ? 1 : Math.min(1, (2 * both) / likely);
  const sums = logits.map((logit, i) => {
    const rules = kept.has(blocks[i]!) ? KEPT : isDroppedRow(rows, i) ? DROPPED : LEFT;
    return logit + trust * rules;
  });
  const at = (i: number) => sums[i] ?? -3;
  return blocks.filter((block, i) => {
    const isNamed = isDroppedRow(rows, i) && !kept.has(block);
    return sums[i]! + (isNamed ? 0 : BESIDE * (at(i - 1) + at(i + 1))) > threshold;
  });
}
