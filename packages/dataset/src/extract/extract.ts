import { rewrite, type Step } from "../step.js";
import { type Block, readBlocks } from "./blocks.js";
import { markBoilerplate, weigh } from "./boilerplate.js";
import { selectContent } from "./content.js";
import { type PageMetadata, readMetadata } from "./metadata.js";
import { parseHtml } from "./tree.js";
import { trimBlocks } from "./trim.js";

/** Options of `extractText` and `extract`. */
export interface ExtractOptions {
  /** `"precision"` also drops headers, teasers, boxes and embedded figures; `"balanced"` (the default) keeps them. */
  readonly favor?: "precision" | "balanced" | undefined;
}

/** The main content of a page and what the page says about itself. */
export interface ExtractedPage extends PageMetadata {
  /** A paragraph, heading, list item (`- item`) or table row (`a | b`) a line; `""` where the page has no content. */
  text: string;
}

/**
 * Main content of an HTML page, without navigation, advertising, comments and other boilerplate. Takes time linear in
 * the page, whatever the page, and never throws for bad HTML.
 */
export function extractText(
  html: string,
  options: ExtractOptions & { readonly url?: string } = {},
): ExtractedPage {
  const { favor = "balanced", url } = options;
  const nodes = parseHtml(html);
  const metadata = readMetadata(nodes, url);
  const dropped = markBoilerplate(nodes, favor);
  const weights = weigh(nodes, dropped);
  const roots = selectContent(nodes, dropped, weights);
  const blocks = trimBlocks(readBlocks(nodes, roots, dropped), metadata.title);
  return { text: blocks.map(line).join("\n"), ...metadata };
}

function line({ kind, text }: Block): string {
  return kind === "item" ? `- ${text}` : text;
}

/**
 * A step that turns documents whose `meta.mediaType` is HTML into their main content, adding what the page says of
 * itself to `meta` (`title`, `author`, `language`, and its date as `published`) where the document does not say it already. Pages without
 * content are dropped as `no_content`; other documents pass.
 */
export function extract(options: ExtractOptions = {}): Step {
  return rewrite("extract", function* (document) {
    const { mediaType, url } = document.meta;
    if (mediaType !== "text/html" && mediaType !== "application/xhtml+xml") return document;
    const { text, date, ...metadata } = extractText(document.text, {
      ...options,
      ...(typeof url === "string" && { url }),
    });
    if (text === "")
      yield { keep: false, reason: "no_content", metric: "characters", value: 0, threshold: 1 };
    return {
      id: document.id,
      text,
      meta: { ...metadata, ...(date && { published: date }), ...document.meta, mediaType: "text/plain" },
    };
  });
}
