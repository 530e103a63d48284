// Insertion modes inside a select, and of framesets.
import type { Rules, TreeBuilder } from "./builder.js";
import { inBody } from "./in-body.js";
import { inHead, resetMode } from "./in-head.js";
import { oneOf } from "./rules.js";

const endsSelect = oneOf("input keygen textarea");
const ofTable = oneOf("caption table tbody tfoot thead tr td th");

function popIf(builder: TreeBuilder, tag: string): void {
  if (builder.elements.current.tag === tag) builder.elements.pop();
}

function closeSelect(builder: TreeBuilder): void {
  builder.elements.popToTag("select");
  resetMode(builder);
}

export const inSelect: Rules = {
  text: (builder, text) => builder.insertText(text),
  open(builder, tag, attributes, isSelfClosing) {
    if (tag === "html") inBody.open(builder, tag, attributes, isSelfClosing);
    else if (tag === "option") {
      popIf(builder, "option");
      builder.push(tag, attributes);
    } else if (tag === "optgroup" || tag === "hr") {
      popIf(builder, "option");
      popIf(builder, "optgroup");
      if (tag === "hr") builder.append(tag, attributes);
      else builder.push(tag, attributes);
    } else if (tag === "script" || tag === "template") inHead.open(builder, tag, attributes, isSelfClosing);
    else if (tag === "select" || endsSelect(tag)) {
      if (!builder.elements.hasInSelectScope("select")) return;
      closeSelect(builder);
      if (tag !== "select") builder.openHtml(tag, attributes, isSelfClosing);
    }
  },
  close(builder, tag) {
    const { items } = builder.elements;
    if (tag === "option") popIf(builder, tag);
    else if (tag === "optgroup") {
      if (items.at(-2)?.tag === tag) popIf(builder, "option");
      popIf(builder, tag);
    } else if (tag === "select") {
      if (builder.elements.hasInSelectScope(tag)) closeSelect(builder);
    } else if (tag === "template") inHead.close(builder, tag);
  },
};

export const inSelectInTable: Rules = {
  text: inSelect.text,
  open(builder, tag, attributes, isSelfClosing) {
    if (!ofTable(tag)) {
      inSelect.open(builder, tag, attributes, isSelfClosing);
      return;
    }
    closeSelect(builder);
    builder.openHtml(tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    if (!ofTable(tag)) inSelect.close(builder, tag);
    else if (builder.elements.hasInTableScope(tag)) {
      closeSelect(builder);
      builder.closeHtml(tag);
    }
  },
};
