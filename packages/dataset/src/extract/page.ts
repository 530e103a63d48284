import { type Block, readBlocks } from "./blocks.js";
import { markBoilerplate, measureTexts, weigh } from "./boilerplate.js";
import { chooseBlocks } from "./choose.js";
import { selectContent } from "./content.js";
import { textOrFallback } from "./fallback.js";
import { describeBlocks, isHiddenRow, isKeptRow } from "./features.js";
import { findLeads } from "./leads.js";
import { type PageMetadata, readMetadata } from "./metadata.js";
import { type HtmlNode, parseHtml } from "./tree.js";
import { trimBlocks } from "./trim.js";

/** Options of `extractText`. */
export interface ExtractTextOptions {
  /** `"precision"` also drops headers, teasers, boxes and embedded figures; `"balanced"` (the default) keeps them. */
  readonly favor?: "precision" | "balanced" | undefined;
  /** The page's own, for the date that many have in them. */
  readonly url?: string | undefined;
}

/** The main content of a page and what the page says about itself. */
export interface ExtractedPage extends PageMetadata {
  /** A paragraph, heading, list item (`- item`) or table row (`a | b`) a line; `""` where the page has no content. */
  text: string;
}

/** A page's blocks of text, what the rules make of them, and the numbers that describe each for the classifier. */
export interface DescribedPage {
  readonly blocks: readonly Block[];
  /** `(blocks, FEATURES)` */
  readonly rows: Float32Array;
  readonly keptByRules: readonly Block[];
  /** What can be seen and is not mostly links. */
  readonly visible: readonly Block[];
  /** Characters of prose outside what is named as something else. */
  readonly prose: number;
}

/** What `extractText` does, for options that were checked. */
export function extractPage(html: string, options: ExtractTextOptions): ExtractedPage {
  const { favor = "balanced", url } = options;
  const nodes = parseHtml(html);
  const metadata = readMetadata(nodes, url);
  const page = describePage(nodes, metadata.title, favor);
  const chosen = chooseBlocks(page, favor === "precision" ? 1.6 : 0.5);
  return { text: textOrFallback(nodes, page, chosen), ...metadata };
}

/** Reads the blocks of a page and asks the rules, which are: what its elements are named, where its prose stands, what it says. */
export function describePage(
  nodes: readonly HtmlNode[],
  title: string,
  favor: "precision" | "balanced",
): DescribedPage {
  const measures = measureTexts(nodes);
  const whole = weigh(nodes, measures);
  const dropped = markBoilerplate(nodes, whole, favor);
  const weights = weigh(nodes, measures, dropped);
  const roots = selectContent(nodes, dropped, weights);
  const blocks = readBlocks(nodes);
  const rows = describeBlocks(nodes, blocks, whole, { roots, dropped }, title);
  const inRoots = blocks.filter((_, i) => isKeptRow(rows, i));
  const leads = findLeads(nodes, blocks, roots[0]!, (node) => isInDropped(nodes, dropped, node));
  const keptByRules = [...leads, ...trimBlocks(inRoots, title)];
  const visible = blocks.filter(
    ({ linkLength, text }, i) => linkLength < 0.5 * text.length && !isHiddenRow(rows, i),
  );
  return { blocks, rows, keptByRules, visible, prose: weights.prose[0]! };
}

function isInDropped(nodes: readonly HtmlNode[], dropped: Uint8Array, node: number): boolean {
  for (let at = node; at > 0; at = nodes[at]!.parent) if (dropped[at]) return true;
  return false;
}
