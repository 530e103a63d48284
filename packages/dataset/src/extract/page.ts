import { type Block, readBlocks } from "./blocks.js";
import { markBoilerplate, markUnreadable, measureTexts, weigh } from "./boilerplate.js";
import { selectContent } from "./content.js";
import { type PageMetadata, readMetadata } from "./metadata.js";
import { parseHtml } from "./tree.js";
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

/** What `extractText` does, for options that were checked. */
export function extractPage(html: string, options: ExtractTextOptions): ExtractedPage {
  const { favor = "balanced", url } = options;
  const nodes = parseHtml(html);
  const metadata = readMetadata(nodes, url);
  const measures = measureTexts(nodes);
  const all = weigh(nodes, measures);
  const dropped = markBoilerplate(nodes, all, favor);
  const weights = weigh(nodes, measures, dropped);
  const roots = selectContent(nodes, dropped, weights);
  let blocks = trimBlocks(readBlocks(nodes, roots, dropped), metadata.title);
  // Much prose and nothing left of it: what was taken for boilerplate is the page.
  if (blocks.length === 0 && all.prose[0]! > 400) blocks = readBlocks(nodes, [0], markUnreadable(nodes));
  return { text: blocks.map(line).join("\n"), ...metadata };
}

function line({ kind, text }: Block): string {
  return kind === "item" ? `- ${text}` : text;
}
