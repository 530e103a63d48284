import type { Attributes } from "../attributes.js";
import type { Rules, TreeBuilder } from "./builder.js";
import { addAttributes, detach } from "./element.js";
import { closeInBody } from "./in-body-end.js";
import { inHead } from "./in-head.js";
import { spaceEnd } from "./rules.js";
import { BLOCK, bitsOf, CELLISH, FORMATTING, HEADING, HEADISH, SPECIAL } from "./tags.js";

export const inBody: Rules = {
  text(builder, text) {
    builder.reconstruct();
    builder.insertText(text);
    if (builder.framesetOk && spaceEnd(text) < text.length) builder.framesetOk = false;
  },
  open(builder, tag, attributes, isSelfClosing) {
    const start = starts.get(tag);
    if (start) {
      start(builder, tag, attributes, isSelfClosing);
      return;
    }
    const bits = bitsOf(tag);
    if (bits & BLOCK) {
      builder.closeParagraph();
      builder.push(tag, attributes);
    } else if (bits & HEADISH) inHead.open(builder, tag, attributes, isSelfClosing);
    else if (bits & FORMATTING) builder.pushFormatting(tag, attributes);
    else if (bits & HEADING) {
      builder.closeParagraph();
      if (builder.elements.current.bits & HEADING) builder.elements.pop();
      builder.push(tag, attributes);
    } else if (!(bits & CELLISH)) {
      builder.reconstruct();
      builder.push(tag, attributes);
    }
  },
  close: closeInBody,
};

type Start = (builder: TreeBuilder, tag: string, attributes: Attributes, isSelfClosing: boolean) => void;
const starts = new Map<string, Start>();
function on(tags: string, start: Start): void {
  for (const tag of tags.split(" ")) starts.set(tag, start);
}

on("html", ({ elements }, _, attributes) => {
  if (!elements.has("template")) addAttributes(elements.items[0]!, attributes);
});
on("head frame", () => {});
on("body", (builder, _, attributes) => {
  const body = builder.elements.items[1];
  if (body?.tag !== "body" || builder.elements.has("template")) return;
  builder.framesetOk = false;
  addAttributes(body, attributes);
});
on("frameset", (builder, tag, attributes) => {
  const { elements, framesetOk } = builder;
  const body = elements.items[1];
  if (body?.tag !== "body" || !framesetOk) return;
  detach(body);
  elements.popTo(body);
  builder.push(tag, attributes);
  builder.mode = "inFrameset";
});
on("p", (builder, tag, attributes) => {
  builder.closeParagraph();
  builder.push(tag, attributes);
});
on("pre listing", (builder, tag, attributes) => {
  builder.closeParagraph();
  builder.push(tag, attributes);
  builder.skipsNewline = true;
  builder.framesetOk = false;
});
on("form", (builder, tag, attributes) => {
  const isInTemplate = builder.elements.has("template");
  if (builder.form && !isInTemplate) return;
  builder.closeParagraph();
  const form = builder.push(tag, attributes);
  if (!isInTemplate) builder.form = form;
});
on("li", (builder, tag, attributes) => openItem(builder, tag, attributes, ["li"]));
on("dd dt", (builder, tag, attributes) => openItem(builder, tag, attributes, ["dd", "dt"]));
on("plaintext xmp", (builder, tag, attributes) => {
  builder.closeParagraph();
  if (tag === "xmp") {
    builder.reconstruct();
    builder.framesetOk = false;
  }
  builder.pushText(tag, attributes);
});
on("iframe noembed noscript", (builder, tag, attributes) => {
  if (tag === "iframe") builder.framesetOk = false;
  builder.pushText(tag, attributes);
});
on("textarea", (builder, tag, attributes) => {
  builder.pushText(tag, attributes);
  builder.skipsNewline = true;
  builder.framesetOk = false;
});
on("button", (builder, tag, attributes) => {
  const { elements } = builder;
  if (elements.hasInScope("button")) {
    elements.closeImplied();
    elements.popToTag("button");
  }
  builder.reconstruct();
  builder.push(tag, attributes);
  builder.framesetOk = false;
});
on("a", (builder, tag, attributes) => {
  const { elements, formatting } = builder;
  const before = formatting.find(tag);
  if (before) {
    formatting.adopt(tag, elements, builder);
    formatting.remove(before);
    elements.remove(before);
  }
  builder.pushFormatting(tag, attributes);
});
on("nobr", (builder, tag, attributes) => {
  const { elements, formatting } = builder;
  builder.reconstruct();
  if (elements.hasInScope(tag)) formatting.adopt(tag, elements, builder);
  builder.pushFormatting(tag, attributes);
});
on("applet marquee object", (builder, tag, attributes) => {
  builder.reconstruct();
  builder.push(tag, attributes);
  builder.formatting.mark();
  builder.framesetOk = false;
});
on("table", (builder, tag, attributes) => {
  if (!builder.isQuirky) builder.closeParagraph();
  builder.push(tag, attributes);
  builder.framesetOk = false;
  builder.mode = "inTable";
});
on("area br embed img keygen wbr image", (builder, tag, attributes) => {
  builder.reconstruct();
  builder.append(tag === "image" ? "img" : tag, attributes);
  builder.framesetOk = false;
});
on("input", (builder, tag, attributes) => {
  builder.reconstruct();
  builder.append(tag, attributes);
  if (attributes["type"]?.toLowerCase() !== "hidden") builder.framesetOk = false;
});
on("param source track", (builder, tag, attributes) => builder.append(tag, attributes));
on("hr", (builder, tag, attributes) => {
  builder.closeParagraph();
  builder.append(tag, attributes);
  builder.framesetOk = false;
});
on("select", (builder, tag, attributes) => {
  builder.reconstruct();
  builder.push(tag, attributes);
  builder.framesetOk = false;
  builder.mode = /^in(?:Table|Caption|TableBody|Row|Cell)$/.test(builder.mode)
    ? "inSelectInTable"
    : "inSelect";
});
on("option optgroup", (builder, tag, attributes) => {
  if (builder.elements.current.tag === "option") builder.elements.pop();
  builder.reconstruct();
  builder.push(tag, attributes);
});
on("rb rtc rp rt", (builder, tag, attributes) => {
  const { elements } = builder;
  if (elements.hasInScope("ruby")) elements.closeImplied(tag === "rp" || tag === "rt" ? "rtc" : undefined);
  builder.push(tag, attributes);
});
on("svg math", (builder, tag, attributes, isSelfClosing) => {
  builder.reconstruct();
  const space = tag as "svg" | "math";
  if (isSelfClosing) builder.append(tag, attributes, space);
  else builder.push(tag, attributes, space);
});

/** An item ends the one before, unless something stands between that holds it. */
function openItem(
  builder: TreeBuilder,
  tag: string,
  attributes: Attributes,
  closes: readonly string[],
): void {
  const { elements } = builder;
  builder.framesetOk = false;
  for (let i = elements.items.length - 1; i >= elements.furthest; i--) {
    const { tag: open, bits, space } = elements.items[i]!;
    if (closes.includes(open) && space === "html") {
      elements.closeImplied(open);
      elements.popToTag(open);
      break;
    }
    if (bits & SPECIAL && open !== "address" && open !== "div" && open !== "p") break;
  }
  builder.closeParagraph();
  builder.push(tag, attributes);
}
