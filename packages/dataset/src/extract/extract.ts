import { markBoilerplate, weigh } from "./boilerplate.js";
import { readBlocks } from "./blocks.js";
import { selectContent } from "./content.js";
import { parseHtml, type HtmlNode } from "./tree.js";
import { trimBlocks } from "./trim.js";
function titleOf(nodes: HtmlNode[]) {
  const og = nodes.find((n) => n.tag === "meta" && n.attributes.property === "og:title")?.attributes.content;
  return og ?? "";
}

export interface ExtractOptions {
  readonly url?: string;
  readonly favor?: "precision" | "balanced";
}

export function extractText(html: string, options: ExtractOptions = {}): { text: string; title: string } {
  const { favor = "balanced" } = options;
  const nodes = parseHtml(html);
  const dropped = markBoilerplate(nodes, favor);
  const weights = weigh(nodes, dropped);
  const roots = selectContent(nodes, dropped, weights);
  const title = titleOf(nodes);
  const blocks = trimBlocks(readBlocks(nodes, roots, dropped), title);
  return { text: blocks.map((b) => b.text).join("\n"), title };
}
