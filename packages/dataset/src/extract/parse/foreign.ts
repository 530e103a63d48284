import type { Attributes } from "../attributes.js";
import type { ForeignRules, TreeBuilder } from "./builder.js";
import { HTML_POINT, TEXT_POINT } from "./tags.js";

/** Start tags of HTML that end SVG and MathML. */
const breakouts = new Set(
  "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var".split(
    " ",
  ),
);

/** Whether a start tag, or text, is read by the rules of SVG and MathML. */
function takes({ elements }: TreeBuilder, tag: string): boolean {
  if (elements.items.length === 0) return false;
  const { space, bits, tag: parent } = elements.current;
  if (space === "html" || bits & HTML_POINT) return false;
  if (bits & TEXT_POINT) return tag === "mglyph" || tag === "malignmark";
  return !(parent === "annotation-xml" && tag === "svg");
}

function open(builder: TreeBuilder, tag: string, attributes: Attributes, isSelfClosing: boolean): void {
  const { elements } = builder;
  const breaksOut =
    breakouts.has(tag) ||
    (tag === "font" && (["color", "face", "size"] as const).some((name) => attributes[name] !== undefined));
  if (breaksOut) {
    leaveForeign(builder);
    builder.openHtml(tag, attributes, isSelfClosing);
  } else if (isSelfClosing) builder.append(tag, attributes, elements.current.space);
  else builder.push(tag, attributes, elements.current.space);
}

function leaveForeign({ elements }: TreeBuilder): void {
  while (elements.current.space !== "html" && !(elements.current.bits & (HTML_POINT | TEXT_POINT)))
    elements.pop();
}

function close(builder: TreeBuilder, tag: string): void {
  const { elements } = builder;
  if (tag === "p" || tag === "br") {
    leaveForeign(builder);
    builder.closeHtml(tag);
    return;
  }
  for (let i = elements.items.length - 1; i > 0; i--) {
    const element = elements.items[i]!;
    if (element.space === "html") {
      builder.closeHtml(tag);
      return;
    }
    if (element.tag === tag) {
      elements.popTo(element);
      return;
    }
  }
}

/** The rules for SVG and MathML in a page. */
export const foreign: ForeignRules = { takes, open, close };
