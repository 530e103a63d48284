import { contentLogits } from "./block-classifier.js";
import { chooseBlocks } from "./choose.js";
import { describePage } from "./describe-page.js";
import { textOrFallback } from "./fallback.js";
import { type PageMetadata, readMetadata } from "./metadata.js";
import { parseHtml } from "./tree.js";

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
  const page = describePage(nodes, metadata.title, favor);
  const chosen = chooseBlocks(page, contentLogits(page.rows), favor === "precision" ? 1.6 : 0.5);
  return { text: textOrFallback(nodes, page, chosen), ...metadata };
}
