import { readArticleBody } from "./article-body.js";
import type { Block } from "./block.js";
import { readBlocks } from "./blocks.js";
import type { DescribedPage } from "./describe-page.js";
import { type HtmlNode, parseHtml } from "./tree.js";

/** Below this share of the page's prose a choice may have missed the content. */
const SMALL = 0.25;

/**
 * The text of the chosen blocks, or what else may be the content where they are little: the article that JSON-LD holds, what
 * the rules kept, the body as a whole.
 */
export function textOrFallback(
  nodes: readonly HtmlNode[],
  page: DescribedPage,
  chosen: readonly Block[],
): string {
  const text = joinBlocks(chosen);
  const body = readArticleBody(nodes);
  // Half, since an article cut off for a teaser is none.
  if (body.length > 200 && text.length < 0.5 * body.length) {
    const article = joinBlocks(blocksOfBody(body));
    if (text.length < 0.5 * article.length) return article;
  }
  if (text !== "" && text.length >= SMALL * page.prose) return text;
  const kept = joinBlocks(page.keptByRules);
  if (kept !== "" && kept.length >= SMALL * page.prose) return kept;
  const whole = joinBlocks(page.visible);
  return whole.length > kept.length ? whole : kept;
}

function joinBlocks(blocks: readonly Block[]): string {
  return blocks.map(({ kind, text }) => (kind === "item" ? `- ${text}` : text)).join("\n");
}

/** An `articleBody` may be HTML, HTML with its angle brackets as entities, or plain lines. */
function blocksOfBody(body: string): readonly Block[] {
  const blocks = readMarkup(body);
  const text = joinBlocks(blocks);
  return /<\/?(?:p|div|br|h\d|li)\b/i.test(text) ? readMarkup(text) : blocks;
}

function readMarkup(text: string): readonly Block[] {
  const html = /<\/?[a-z]/i.test(text) ? text : text.replace(/\n/g, "<p>");
  return readBlocks(parseHtml(html));
}
