// Insertion modes up to the body, and of templates.
import { noAttributes } from "../attributes.js";
import type { Rules, TreeBuilder } from "./builder.js";
import { inBody } from "./in-body.js";
import { inHead } from "./in-head.js";
import { oneOf, spaceEnd } from "./rules.js";
import { bitsOf, HEADISH } from "./tags.js";

/** End tags that begin what is missing, as text does; others are passed over. */
const beginsBody = oneOf("head body html br #end");
const beginsAfterHead = oneOf("body html br #end");

export const initial: Rules = {
  text(builder, text) {
    const rest = text.slice(spaceEnd(text));
    if (rest === "") return;
    withoutDoctype(builder);
    builder.text(rest);
  },
  open(builder, ...tag) {
    withoutDoctype(builder);
    builder.openHtml(...tag);
  },
  close(builder, tag) {
    withoutDoctype(builder);
    builder.closeHtml(tag);
  },
};

function withoutDoctype(builder: TreeBuilder): void {
  builder.isQuirky = true;
  builder.mode = "beforeHtml";
}

export const beforeHtml: Rules = {
  text(builder, text) {
    const rest = text.slice(spaceEnd(text));
    if (rest === "") return;
    beginHtml(builder);
    builder.text(rest);
  },
  open(builder, tag, attributes, isSelfClosing) {
    beginHtml(builder, tag === "html" ? attributes : noAttributes);
    if (tag !== "html") builder.openHtml(tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    if (!beginsBody(tag)) return;
    beginHtml(builder);
    builder.closeHtml(tag);
  },
};

function beginHtml(builder: TreeBuilder, attributes = noAttributes): void {
  builder.push("html", attributes);
  builder.mode = "beforeHead";
}

export const beforeHead: Rules = {
  text(builder, text) {
    const rest = text.slice(spaceEnd(text));
    if (rest === "") return;
    beginHead(builder);
    builder.text(rest);
  },
  open(builder, tag, attributes, isSelfClosing) {
    if (tag === "html") inBody.open(builder, tag, attributes, isSelfClosing);
    else {
      beginHead(builder, tag === "head" ? attributes : noAttributes);
      if (tag !== "head") builder.openHtml(tag, attributes, isSelfClosing);
    }
  },
  close(builder, tag) {
    if (!beginsBody(tag)) return;
    beginHead(builder);
    builder.closeHtml(tag);
  },
};

function beginHead(builder: TreeBuilder, attributes = noAttributes): void {
  builder.head = builder.push("head", attributes);
  builder.mode = "inHead";
}

export const afterHead: Rules = {
  text(builder, text) {
    const end = spaceEnd(text);
    if (end > 0) builder.insertText(text.slice(0, end));
    if (end === text.length) return;
    beginBody(builder);
    builder.text(text.slice(end));
  },
  open(builder, tag, attributes, isSelfClosing) {
    if (tag === "html") inBody.open(builder, tag, attributes, isSelfClosing);
    else if (tag === "body") {
      beginBody(builder, attributes);
      builder.framesetOk = false;
    } else if (tag === "frameset") {
      builder.push(tag, attributes);
      builder.mode = "inFrameset";
    } else if (bitsOf(tag) & HEADISH) {
      const { head, elements } = builder;
      if (head) elements.push(head);
      inHead.open(builder, tag, attributes, isSelfClosing);
      if (head) elements.remove(head);
    } else if (tag !== "head") {
      beginBody(builder);
      builder.openHtml(tag, attributes, isSelfClosing);
    }
  },
  close(builder, tag) {
    if (tag === "template") inHead.close(builder, tag);
    else if (beginsAfterHead(tag)) {
      beginBody(builder);
      builder.closeHtml(tag);
    }
  },
};

function beginBody(builder: TreeBuilder, attributes = noAttributes): void {
  builder.push("body", attributes);
  builder.mode = "inBody";
}

const templateModes = new Map([
  ...["caption", "colgroup", "tbody", "tfoot", "thead"].map((tag) => [tag, "inTable"] as const),
  ["col", "inColumnGroup"] as const,
  ["tr", "inTableBody"] as const,
  ["td", "inRow"] as const,
  ["th", "inRow"] as const,
]);

export const inTemplate: Rules = {
  text: (builder, text) => inBody.text(builder, text),
  open(builder, tag, attributes, isSelfClosing) {
    if (bitsOf(tag) & HEADISH) {
      inHead.open(builder, tag, attributes, isSelfClosing);
      return;
    }
    const mode = templateModes.get(tag) ?? "inBody";
    builder.templates.pop();
    builder.templates.push(mode);
    builder.mode = mode;
    builder.openHtml(tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    if (tag === "template") inHead.close(builder, tag);
  },
};
