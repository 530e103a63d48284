import { noAttributes } from "../attributes.js";
import type { TreeBuilder } from "./builder.js";
import { isFormatting } from "./formatting.js";
import { inHead } from "./in-head.js";
import { BUTTON } from "./open-elements.js";
import { BLOCK, bitsOf, HEADING, SPECIAL } from "./tags.js";

/** An end tag in the body. */
export function closeInBody(builder: TreeBuilder, tag: string): void {
  const { elements, formatting } = builder;
  const bits = bitsOf(tag);
  if (tag === "p") {
    if (!elements.hasInScope("p", BUTTON)) builder.push("p");
    builder.closeParagraph();
  } else if (bits & BLOCK || tag === "button" || tag === "pre" || tag === "listing")
    closeInScope(builder, tag);
  else if (isFormatting({ bits, tag })) {
    if (!formatting.adopt(tag, elements, builder)) closeOther(builder, tag);
  } else if (tag === "li") closeInScope(builder, tag, LISTS);
  else if (tag === "dd" || tag === "dt") closeInScope(builder, tag);
  else if (bits & HEADING) closeHeading(builder);
  else if (tag === "body" || tag === "html") {
    if (!elements.hasInScope("body")) return;
    builder.mode = "afterBody";
    if (tag === "html") builder.closeHtml(tag);
  } else if (tag === "form") closeForm(builder);
  else if (tag === "br") {
    builder.reconstruct();
    builder.append(tag, noAttributes);
    builder.framesetOk = false;
  } else if (tag === "applet" || tag === "marquee" || tag === "object") {
    if (!elements.hasInScope(tag)) return;
    closeInScope(builder, tag);
    formatting.clearToMark();
  } else if (tag === "template") inHead.close(builder, tag);
  else if (tag !== "#end") closeOther(builder, tag);
}

const LISTS = ["ol", "ul"];

function closeInScope({ elements }: TreeBuilder, tag: string, stops?: readonly string[]): void {
  if (!elements.hasInScope(tag, stops)) return;
  elements.closeImplied(tag);
  elements.popToTag(tag);
}

/** The end tag of a heading ends any that is open. */
function closeHeading({ elements }: TreeBuilder): void {
  if (!["h1", "h2", "h3", "h4", "h5", "h6"].some((tag) => elements.hasInScope(tag))) return;
  elements.closeImplied();
  while (!(elements.current.bits & HEADING)) elements.pop();
  elements.pop();
}

/** A form that is ended elsewhere leaves open what was opened in it. */
function closeForm(builder: TreeBuilder): void {
  const { elements, form } = builder;
  if (elements.has("template")) {
    closeInScope(builder, "form");
    return;
  }
  builder.form = undefined;
  if (!form || !elements.hasElementInScope(form)) return;
  elements.closeImplied();
  elements.remove(form);
}

function closeOther({ elements }: TreeBuilder, tag: string): void {
  if (!elements.has(tag)) return;
  for (let i = elements.items.length - 1; i > elements.furthest; i--) {
    const element = elements.items[i]!;
    if (element.tag === tag && element.space === "html") {
      elements.closeImplied(tag);
      elements.popTo(element);
      return;
    }
    if (element.bits & SPECIAL) return;
  }
}
