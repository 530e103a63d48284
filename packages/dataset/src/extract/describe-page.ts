import { groupAlike } from "./alike.js";
import type { Block } from "./block.js";
import { readBlocks } from "./blocks.js";
import { markBoilerplate } from "./boilerplate.js";
import { selectContent } from "./content.js";
import { describeBlocks, isHiddenRow } from "./features.js";
import { markHidden } from "./hidden.js";
import { findLeads } from "./leads.js";
import { PageNames, readNames } from "./names.js";
import type { HtmlNode } from "./tree.js";
import { findDiscussion, lengthOf, trimBlocks } from "./trim.js";
import { measureTexts, weigh } from "./weights.js";

/** A page's blocks of text, what the rules make of them, and the numbers that describe each for the classifier. */
export interface DescribedPage {
  readonly blocks: readonly Block[];
  /** `(blocks,)`: which of them are alike. */
  readonly alike: readonly number[];
  /** `(blocks, FEATURES)`; none where the rules alone decide */
  readonly rows: Float32Array;
  readonly keptByRules: readonly Block[];
  /** What stands below the heading of what readers say. */
  readonly discussion: readonly Block[];
  /** What can be seen, unless nothing can, and is not mostly links. */
  readonly visible: readonly Block[];
  /** Characters of prose outside what is named as something else and what readers say. */
  readonly prose: number;
}

/** Blocks from which on the rules alone decide: so many do not read like a page, and their numbers would fill the memory. */
const MANY = 50_000;

/** Reads the blocks of a page and asks the rules, which are: what its elements are named, where its prose stands, what it says. */
export function describePage(
  nodes: readonly HtmlNode[],
  title: string,
  favor: "precision" | "balanced",
): DescribedPage {
  const meanings = readNames(nodes);
  const hidden = markHidden(nodes, meanings);
  const measures = measureTexts(nodes);
  const whole = weigh(nodes, measures);
  const names = new PageNames(nodes, whole, meanings);
  const dropped = markBoilerplate(nodes, whole, names, hidden, favor);
  const weights = weigh(nodes, measures, dropped);
  const roots = selectContent(nodes, dropped, weights);
  const blocks = readBlocks(nodes, hidden);
  const kept = markKept(nodes, roots, dropped);
  const inRoots = blocks.filter(({ node }) => kept[node]);
  const leads = findLeads(nodes, names, blocks, roots[0]!, (node) => isInDropped(nodes, dropped, node));
  const keptByRules = [...leads, ...trimBlocks(inRoots, title)];
  const isText = ({ linkLength, text }: Block) => linkLength < 0.5 * text.length;
  const discussion = inRoots.slice(findDiscussion(inRoots));
  const prose = weights.prose[0]! - lengthOf(discussion);
  if (blocks.length > MANY) {
    return {
      blocks,
      alike: [],
      rows: new Float32Array(0),
      keptByRules,
      discussion,
      visible: blocks.filter(isText),
      prose,
    };
  }
  const alike = groupAlike(nodes, blocks);
  const rows = describeBlocks(nodes, blocks, whole, names, hidden, { roots, dropped }, title, alike);
  const seen = blocks.filter((block, i) => isText(block) && !isHiddenRow(rows, i));
  // A page that hides all of itself shows it by a script.
  const visible = seen.length > 0 ? seen : blocks.filter(isText);
  return { blocks, alike, rows, keptByRules, discussion, visible, prose };
}

/** What is in a root and in nothing that is dropped there, by node. */
function markKept(nodes: readonly HtmlNode[], roots: readonly number[], dropped: Uint8Array): Uint8Array {
  const kept = new Uint8Array(nodes.length);
  for (const root of roots) {
    for (let i = root; i < nodes[root]!.end; i++) {
      if (dropped[i]) i = nodes[i]!.end - 1;
      else kept[i] = 1;
    }
  }
  return kept;
}

function isInDropped(nodes: readonly HtmlNode[], dropped: Uint8Array, node: number): boolean {
  for (let at = node; at > 0; at = nodes[at]!.parent) if (dropped[at]) return true;
  return false;
}
