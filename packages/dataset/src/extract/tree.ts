import type { Attributes } from "./attributes.js";
import { readMarkup } from "./markup.js";
import { TreeBuilder } from "./parse/builder.js";
import { flatten } from "./parse/element.js";
import { foreign } from "./parse/foreign.js";
import { modes } from "./parse/modes.js";

/**
 * A page as a flat list of nodes in document order: a node's subtree is the contiguous range
 * `[index, end)`, so every later pass is a loop and none can overflow a stack, however deep the page is.
 */
export interface HtmlNode {
  /** Lower-case name, or `"#text"`. */
  readonly tag: string;
  readonly parent: number;
  /** Index after the last node of this subtree. */
  end: number;
  /** Content of a text node, and of the scripts that hold data; `""` otherwise. */
  text: string;
  readonly attributes: Attributes;
  /** What its tag says (`elements.ts`). */
  readonly traits: number;
}

/**
 * Parses HTML into its flat tree, as browsers build it with scripting; node 0 is the root. Never throws, and takes time
 * linear in the page.
 */
export function parseHtml(html: string): HtmlNode[] {
  const builder = new TreeBuilder(modes, foreign);
  readMarkup(html.includes("\r") ? html.replace(/\r\n?/g, "\n") : html, builder);
  builder.end();
  return flatten(builder.root);
}
