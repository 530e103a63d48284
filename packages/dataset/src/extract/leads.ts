import type { Block } from "./block.js";
import { isInline } from "./elements.js";
import type { PageNames } from "./names.js";
import type { HtmlNode } from "./tree.js";

/** How far above the root of the content the element may be that holds a standfirst too. */
const LEVELS = 4;

/**
 * The standfirst of a page whose content begins at `root`: prose between the headline and the content, or named for it, in an
 * element of its own.
 *
 * @param isLeft whether the rules leave out what stands in an element, whatever stands there
 */
export function findLeads(
  nodes: readonly HtmlNode[],
  names: PageNames,
  blocks: readonly Block[],
  root: number,
  isLeft: (node: number) => boolean,
): Block[] {
  let top = root;
  for (let level = 0; level < LEVELS && nodes[top]!.parent > 0; level++) top = nodes[top]!.parent;
  const before = blocks.filter(({ node }) => node >= top && node < root && nodes[node]!.end <= root);
  const headline = before.findLastIndex(({ node }) => nodes[nearestBlock(nodes, node)]!.tag === "h1");
  return before.filter((block, i) => {
    const { text, linkLength, node } = block;
    if (text.length < 50 || text.length > 1500 || linkLength > 0.3 * text.length || isLeft(node))
      return false;
    if (block.isFurniture || block.isEnding || isBeside(nodes, node, top)) return false;
    if (text.replace(/\D+/g, "").length > 0.15 * text.length) return false;
    const isSentence = text.length > 80 || /[.!?…。！？]["'”’»)]*$/.test(text);
    return isNamedLead(nodes, names, node, top) || (headline >= 0 && i > headline && isSentence);
  });
}

function nearestBlock(nodes: readonly HtmlNode[], node: number): number {
  let at = node;
  while (at > 0 && isInline(nodes[at]!)) at = nodes[at]!.parent;
  return at;
}

/** Whether an element is the headline itself, or stands in a picture's caption. */
function isBeside(nodes: readonly HtmlNode[], node: number, top: number): boolean {
  for (let at = node; at > top; at = nodes[at]!.parent) {
    const { tag } = nodes[at]!;
    if (tag === "h1" || tag === "figure" || tag === "figcaption") return true;
  }
  return false;
}

function isNamedLead(nodes: readonly HtmlNode[], names: PageNames, node: number, top: number): boolean {
  for (let at = node; at > top; at = nodes[at]!.parent) if (names.of(at).isLead) return true;
  return false;
}
