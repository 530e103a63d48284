// Insertion modes inside a table.
import { noAttributes } from "../attributes.js";
import type { Rules, TreeBuilder } from "./builder.js";
import { inBody } from "./in-body.js";
import { inHead, resetMode } from "./in-head.js";
import { oneOf, spaceEnd } from "./rules.js";
import { bitsOf, CELLISH, ROWISH, TABLE_PART } from "./tags.js";

const ROW_GROUPS = ["tbody", "thead", "tfoot"];
const outsideTable = oneOf("body caption col colgroup html tbody td tfoot th thead tr #end");
const outsideBody = oneOf("body caption col colgroup html td th tr #end");
const outsideRow = oneOf("body caption col colgroup html td th #end");
const outsideCell = oneOf("body caption col colgroup html #end");
const outsideCaption = oneOf("body col colgroup html tbody td tfoot th thead tr #end");

/** What a table cannot hold goes before it. */
function fostering(builder: TreeBuilder, run: () => void): void {
  builder.isFostering = true;
  run();
  builder.isFostering = false;
}

function textInTable(builder: TreeBuilder, text: string): void {
  const { current } = builder.elements;
  if (!(current.bits & TABLE_PART) && current.tag !== "template") inBody.text(builder, text);
  else if (spaceEnd(text) === text.length) builder.insertText(text);
  else fostering(builder, () => inBody.text(builder, text));
}

export const inTable: Rules = {
  text: textInTable,
  open(builder, tag, attributes, isSelfClosing) {
    const { elements } = builder;
    const begin = (name: string, mode: TreeBuilder["mode"], own = attributes) => {
      elements.clearTo("table", "template", "html");
      builder.push(name, own);
      builder.mode = mode;
    };
    if (tag === "tr" || tag === "td" || tag === "th") {
      begin("tbody", "inTableBody", noAttributes);
      builder.openHtml(tag, attributes, isSelfClosing);
    } else if (bitsOf(tag) & ROWISH) begin(tag, "inTableBody");
    else if (tag === "caption") {
      elements.clearTo("table", "template", "html");
      builder.formatting.mark();
      begin(tag, "inCaption");
    } else if (tag === "colgroup") begin(tag, "inColumnGroup");
    else if (tag === "col") {
      begin("colgroup", "inColumnGroup", noAttributes);
      builder.openHtml(tag, attributes, isSelfClosing);
    } else if (tag === "table") {
      if (!elements.hasInTableScope(tag)) return;
      elements.popToTag(tag);
      resetMode(builder);
      builder.openHtml(tag, attributes, isSelfClosing);
    } else if (tag === "style" || tag === "script" || tag === "template") {
      inHead.open(builder, tag, attributes, isSelfClosing);
    } else if (tag === "input" && attributes["type"]?.toLowerCase() === "hidden")
      builder.append(tag, attributes);
    else if (tag === "form") {
      if (builder.form || elements.has("template")) return;
      builder.form = builder.push(tag, attributes);
      elements.pop();
    } else fostering(builder, () => inBody.open(builder, tag, attributes, isSelfClosing));
  },
  close(builder, tag) {
    if (tag === "table") {
      if (!builder.elements.hasInTableScope(tag)) return;
      builder.elements.popToTag(tag);
      resetMode(builder);
    } else if (tag === "template") inHead.close(builder, tag);
    else if (!outsideTable(tag)) fostering(builder, () => inBody.close(builder, tag));
  },
};

export const inCaption: Rules = {
  text: (builder, text) => inBody.text(builder, text),
  open(builder, tag, attributes, isSelfClosing) {
    if (!(bitsOf(tag) & CELLISH)) inBody.open(builder, tag, attributes, isSelfClosing);
    else if (closeCaption(builder)) builder.openHtml(tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    if (tag === "caption") closeCaption(builder);
    else if (tag === "table") {
      if (closeCaption(builder)) builder.closeHtml(tag);
    } else if (!outsideCaption(tag)) inBody.close(builder, tag);
  },
};

function closeCaption(builder: TreeBuilder): boolean {
  const { elements, formatting } = builder;
  if (!elements.hasInTableScope("caption")) return false;
  elements.closeImplied();
  elements.popToTag("caption");
  formatting.clearToMark();
  builder.mode = "inTable";
  return true;
}

export const inColumnGroup: Rules = {
  text(builder, text) {
    const end = spaceEnd(text);
    if (end > 0) builder.insertText(text.slice(0, end));
    if (end < text.length && closeColumnGroup(builder)) builder.text(text.slice(end));
  },
  open(builder, tag, attributes, isSelfClosing) {
    if (tag === "html") inBody.open(builder, tag, attributes, isSelfClosing);
    else if (tag === "col") builder.append(tag, attributes);
    else if (tag === "template") inHead.open(builder, tag, attributes, isSelfClosing);
    else if (closeColumnGroup(builder)) builder.openHtml(tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    if (tag === "template") inHead.close(builder, tag);
    else if (tag === "col" || tag === "#end") return;
    else if (closeColumnGroup(builder) && tag !== "colgroup") builder.closeHtml(tag);
  },
};

function closeColumnGroup(builder: TreeBuilder): boolean {
  if (builder.elements.current.tag !== "colgroup") return false;
  builder.elements.pop();
  builder.mode = "inTable";
  return true;
}

export const inTableBody: Rules = {
  text: textInTable,
  open(builder, tag, attributes, isSelfClosing) {
    const { elements } = builder;
    if (tag === "tr" || tag === "td" || tag === "th") {
      elements.clearTo(...ROW_GROUPS, "template", "html");
      builder.push("tr", tag === "tr" ? attributes : noAttributes);
      builder.mode = "inRow";
      if (tag !== "tr") builder.openHtml(tag, attributes, isSelfClosing);
    } else if (bitsOf(tag) & CELLISH) {
      if (closeRowGroup(builder, ...ROW_GROUPS)) builder.openHtml(tag, attributes, isSelfClosing);
    } else inTable.open(builder, tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    if (bitsOf(tag) & ROWISH) closeRowGroup(builder, tag);
    else if (tag === "table") {
      if (closeRowGroup(builder, ...ROW_GROUPS)) builder.closeHtml(tag);
    } else if (!outsideBody(tag)) inTable.close(builder, tag);
  },
};

function closeRowGroup(builder: TreeBuilder, ...tags: string[]): boolean {
  const { elements } = builder;
  if (!elements.hasInTableScope(...tags)) return false;
  elements.clearTo(...ROW_GROUPS, "template", "html");
  elements.pop();
  builder.mode = "inTable";
  return true;
}

export const inRow: Rules = {
  text: textInTable,
  open(builder, tag, attributes, isSelfClosing) {
    const { elements } = builder;
    if (tag === "td" || tag === "th") {
      elements.clearTo("tr", "template", "html");
      builder.push(tag, attributes);
      builder.mode = "inCell";
      builder.formatting.mark();
    } else if (bitsOf(tag) & CELLISH) {
      if (closeRow(builder)) builder.openHtml(tag, attributes, isSelfClosing);
    } else inTable.open(builder, tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    if (tag === "tr") closeRow(builder);
    else if (tag === "table") {
      if (closeRow(builder)) builder.closeHtml(tag);
    } else if (bitsOf(tag) & ROWISH) {
      // As parse5 does, of any group: the standard passes over the end of one that is not open.
      if (builder.elements.hasInTableScope(...ROW_GROUPS) && closeRow(builder)) builder.closeHtml(tag);
    } else if (!outsideRow(tag)) inTable.close(builder, tag);
  },
};

function closeRow(builder: TreeBuilder): boolean {
  const { elements } = builder;
  if (!elements.hasInTableScope("tr")) return false;
  elements.clearTo("tr", "template", "html");
  elements.pop();
  builder.mode = "inTableBody";
  return true;
}

export const inCell: Rules = {
  text: (builder, text) => inBody.text(builder, text),
  open(builder, tag, attributes, isSelfClosing) {
    if (!(bitsOf(tag) & CELLISH)) inBody.open(builder, tag, attributes, isSelfClosing);
    else if (builder.elements.hasInTableScope("td", "th")) {
      closeCell(builder);
      builder.openHtml(tag, attributes, isSelfClosing);
    }
  },
  close(builder, tag) {
    if (tag === "td" || tag === "th") {
      if (builder.elements.hasInTableScope(tag)) closeCell(builder, tag);
    } else if (bitsOf(tag) & TABLE_PART) {
      if (!builder.elements.hasInTableScope(tag)) return;
      closeCell(builder);
      builder.closeHtml(tag);
    } else if (!outsideCell(tag)) inBody.close(builder, tag);
  },
};

function closeCell(builder: TreeBuilder, wanted?: string): void {
  const { elements, formatting } = builder;
  elements.closeImplied();
  if (wanted) elements.popToTag(wanted);
  else {
    while (elements.current.tag !== "td" && elements.current.tag !== "th") elements.pop();
    elements.pop();
  }
  formatting.clearToMark();
  builder.mode = "inRow";
}
