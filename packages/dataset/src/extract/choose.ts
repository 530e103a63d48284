import type { Block } from "./block.js";
import type { DescribedPage } from "./describe-page.js";
import { isDroppedRow } from "./features.js";

/** What the rules add to the logit of a block: one that they keep, leave out, or take for something else by its name or element. */
const KEPT = 2.5;
const LEFT = -2;
const DROPPED = -2.5;
/** And one below a heading of comments, however much it reads like the text. */
const DISCUSSED = -6;
/** How much the logits of the neighbours count, but for what is named as something else: an advertisement stands amid the text. */
const BESIDE = 0.2;
/** How much the mean of all that are alike counts in place of the block's own, and the characters that count of each. */
const ALIKE = 0.5;
const ALIKE_LENGTH = 300;

/**
 * The blocks of main content by classifier and rules together. Where the rules keep under half of the text that the classifier
 * takes for content they count for less, since then they have the wrong part of the page, or one of several. Blocks that are alike, such as the posts of a thread, are decided
 * together in part.
 *
 * @param logits of the classifier, `(blocks,)`
 * @param threshold logit from which a block is content
 */
export function chooseBlocks(
  { blocks, alike, rows, keptByRules, discussion }: DescribedPage,
  logits: Float32Array,
  threshold: number,
): readonly Block[] {
  if (rows.length === 0) return keptByRules;
  const kept = new Set(keptByRules);
  const below = new Set(discussion);
  let likely = 0;
  let both = 0;
  blocks.forEach((block, i) => {
    if (logits[i]! <= 0) return;
    likely += block.text.length;
    if (kept.has(block)) both += block.text.length;
  });
  const trust = likely === 0 ? 1 : Math.min(1, (2 * both) / likely);
  const own = logits.map((logit, i) => {
    if (below.has(blocks[i]!)) return logit + DISCUSSED;
    const rules = kept.has(blocks[i]!) ? KEPT : isDroppedRow(rows, i) ? DROPPED : LEFT;
    return logit + trust * rules;
  });
  const isNamed = (i: number) => isDroppedRow(rows, i) && !kept.has(blocks[i]!);
  const means = meansOf(own, blocks, alike);
  const sums = own.map((sum, i) => (isNamed(i) ? sum : sum + ALIKE * (means[alike[i]!]! - sum)));
  const at = (i: number) => sums[i] ?? -3;
  return blocks.filter((_, i) => sums[i]! + (isNamed(i) ? 0 : BESIDE * (at(i - 1) + at(i + 1))) > threshold);
}

/** Mean of each group's values, the longer texts counting for more. */
function meansOf(values: Float32Array, blocks: readonly Block[], groups: readonly number[]): number[] {
  const totals: number[] = [];
  const weights: number[] = [];
  values.forEach((value, i) => {
    const group = groups[i]!;
    const weight = Math.min(ALIKE_LENGTH, blocks[i]!.text.length);
    totals[group] = (totals[group] ?? 0) + weight * value;
    weights[group] = (weights[group] ?? 0) + weight;
  });
  return totals.map((total, group) => total / weights[group]!);
}
