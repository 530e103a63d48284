import { markBoilerplate, weigh } from "./boilerplate.js";
import { readBlocks } from "./blocks.js";
import { selectContent } from "./content.js";
import { parseHtml } from "./tree.js";

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
  const blocks = readBlocks(nodes, roots, dropped);
  return { text: blocks.map((b) => b.text).join("\n"), title: "" };
}
