import type { Block } from "./block.js";
import type { HtmlNode } from "./tree.js";
import type { TextWeights } from "./weights.js";

/** Numbers that tell what readers wrote below a page from the page, in any language. */
export const POST_FEATURES = 6;
/** Characters that a line with a day or a time in it has at most. */
const DATED = 90;
const FAR = 20;
/** And a line that counts something: 30 characters, a number in parentheses and 40 more. */
const LOOKED = 100;

const digit = /\d/;
const day = /(?:^|\D)(?:\d{1,2}[:.]\d\d|\d{1,4}[-./年] ?\d{1,2}[-./月] ?\d{1,4}|(?:19|20)\d\d)(?!\d)/;
const counted = /^\D{0,30}\d{1,4}\)?\D{0,40}$/;

/**
 * Of each block: how far above the last line with a date stands, how many such lines there are, what share of the blocks that are
 * alike have one just above, how far below the next field to write in is and how much of the prose the box holds that has it too,
 * and how far above the last heading that counts something.
 */
export function describePosts(
  nodes: readonly HtmlNode[],
  blocks: readonly Block[],
  { prose }: TextWeights,
  alike: readonly number[],
  write: (index: number, feature: number, value: number) => void,
): void {
  const fields: number[] = [];
  nodes.forEach(({ tag }, i) => {
    if (tag === "textarea") fields.push(i);
  });
  const boxes = fieldBoxes(nodes, fields);
  const hasDigit = blocks.map(({ text }) => text.length < LOOKED && digit.test(text));
  const dated = blocks.map(({ text }, i) => hasDigit[i]! && text.length < DATED && day.test(text));
  const count = Math.log2(1 + dated.filter(Boolean).length);
  const groups: { count: number; dated: number }[] = [];
  let sinceDate = FAR;
  let sinceCount = FAR;
  blocks.forEach(({ kind, text }, i) => {
    const isCounting =
      hasDigit[i]! && !dated[i] && (kind === "heading" || text.length < 40) && counted.test(text);
    sinceDate = dated[i] ? 0 : Math.min(FAR, sinceDate + 1);
    sinceCount = isCounting ? 0 : Math.min(FAR, sinceCount + 1);
    write(i, 0, sinceDate);
    write(i, 1, count);
    write(i, 5, sinceCount);
    groups[alike[i]!] ??= { count: 0, dated: 0 };
    const group = groups[alike[i]!]!;
    group.count++;
    if (sinceDate <= 3 || dated[i + 1]) group.dated++;
  });
  let next = fields.length - 1;
  let untilField = FAR;
  for (let i = blocks.length - 1; i >= 0; i--) {
    const { node } = blocks[i]!;
    untilField = Math.min(FAR, untilField + 1);
    while (next >= 0 && fields[next]! >= node) {
      untilField = 0;
      next--;
    }
    write(i, 3, untilField);
    let at = node;
    while (at > 0 && !boxes.has(at)) at = nodes[at]!.parent;
    write(i, 4, fields.length === 0 ? 2 : prose[at]! / Math.max(1, prose[0]!));
    const group = groups[alike[i]!]!;
    write(i, 2, group.dated / group.count);
  }
}

/** All elements that hold a field. */
function fieldBoxes(nodes: readonly HtmlNode[], fields: readonly number[]): ReadonlySet<number> {
  const boxes = new Set<number>();
  for (const field of fields) {
    for (let at = field; at >= 0 && !boxes.has(at); at = nodes[at]!.parent) boxes.add(at);
  }
  return boxes;
}
