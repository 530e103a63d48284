import type { Rules, TreeBuilder } from "./builder.js";
import { addAttributes } from "./element.js";
import { oneOf, spaceEnd } from "./rules.js";
import { CELLISH, IMPLIED } from "./tags.js";

const endsHead = oneOf("body html br #end");
const texts = oneOf("title noscript noframes style script");

export const inHead: Rules = {
  text(builder, text) {
    const end = spaceEnd(text);
    if (end > 0) builder.insertText(text.slice(0, end));
    if (end === text.length) return;
    endHead(builder);
    builder.text(text.slice(end));
  },
  open(builder, tag, attributes, isSelfClosing) {
    if (tag === "html") addAttributes(builder.elements.items[0]!, attributes);
    else if (texts(tag)) builder.pushText(tag, attributes);
    else if (tag === "template") {
      builder.push(tag, attributes);
      builder.formatting.mark();
      builder.framesetOk = false;
      builder.mode = "inTemplate";
      builder.templates.push("inTemplate");
    } else if (
      tag === "base" ||
      tag === "basefont" ||
      tag === "bgsound" ||
      tag === "link" ||
      tag === "meta"
    ) {
      builder.append(tag, attributes);
    } else if (tag !== "head") {
      endHead(builder);
      builder.openHtml(tag, attributes, isSelfClosing);
    }
  },
  close(builder, tag) {
    if (tag === "head") endHead(builder);
    else if (tag === "template") closeTemplate(builder);
    else if (endsHead(tag)) {
      endHead(builder);
      builder.closeHtml(tag);
    }
  },
};

function endHead(builder: TreeBuilder): void {
  builder.elements.pop();
  builder.mode = "afterHead";
}

function closeTemplate(builder: TreeBuilder): void {
  const { elements, formatting, templates } = builder;
  if (!elements.has("template")) return;
  while (elements.current.bits & (IMPLIED | CELLISH)) elements.pop();
  elements.popToTag("template");
  formatting.clearToMark();
  templates.pop();
  resetMode(builder);
}

/** Finds the mode that the open elements call for. */
export function resetMode(builder: TreeBuilder): void {
  const { items } = builder.elements;
  for (let i = items.length - 1; i >= 0; i--) {
    const { tag, space } = items[i]!;
    if (space !== "html") continue;
    if (tag === "select") {
      const isInTable =
        items.findLastIndex(({ tag }, at) => at < i && tag === "table") >
        items.findLastIndex(({ tag }, at) => at < i && tag === "template");
      builder.mode = isInTable ? "inSelectInTable" : "inSelect";
    } else if ((tag === "td" || tag === "th") && i > 0) builder.mode = "inCell";
    else if (tag === "tr") builder.mode = "inRow";
    else if (tag === "tbody" || tag === "thead" || tag === "tfoot") builder.mode = "inTableBody";
    else if (tag === "caption") builder.mode = "inCaption";
    else if (tag === "colgroup") builder.mode = "inColumnGroup";
    else if (tag === "table") builder.mode = "inTable";
    else if (tag === "template") builder.mode = builder.templates.at(-1) ?? "inBody";
    else if (tag === "head" && i > 0) builder.mode = "inHead";
    else if (tag === "body") builder.mode = "inBody";
    else if (tag === "frameset") builder.mode = "inFrameset";
    else if (tag === "html") builder.mode = builder.head ? "afterHead" : "beforeHead";
    else continue;
    return;
  }
  builder.mode = "inBody";
}
