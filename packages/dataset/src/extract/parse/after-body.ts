// Insertion modes behind the body, and of framesets.
import type { Rules } from "./builder.js";
import { inBody } from "./in-body.js";
import { inHead } from "./in-head.js";
import { spaceEnd } from "./rules.js";

export const afterBody: Rules = {
  text(builder, text) {
    if (spaceEnd(text) < text.length) builder.mode = "inBody";
    inBody.text(builder, text);
  },
  open(builder, tag, attributes, isSelfClosing) {
    if (tag !== "html") builder.mode = "inBody";
    inBody.open(builder, tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    if (tag === "html" || tag === "#end") return;
    builder.mode = "inBody";
    builder.closeHtml(tag);
  },
};

export const inFrameset: Rules = {
  text(builder, text) {
    const space = text.replace(/[^\t\n\f\r ]+/g, "");
    if (space !== "") builder.insertText(space);
  },
  open(builder, tag, attributes, isSelfClosing) {
    if (tag === "html") inBody.open(builder, tag, attributes, isSelfClosing);
    else if (tag === "frameset") builder.push(tag, attributes);
    else if (tag === "frame") builder.append(tag, attributes);
    else if (tag === "noframes") inHead.open(builder, tag, attributes, isSelfClosing);
  },
  close(builder, tag) {
    const { elements } = builder;
    if (tag !== "frameset" || elements.items.length < 2) return;
    elements.pop();
    if (elements.current.tag !== "frameset") builder.mode = "afterFrameset";
  },
};

export const afterFrameset: Rules = {
  text: inFrameset.text,
  open(builder, tag, attributes, isSelfClosing) {
    if (tag === "html") inBody.open(builder, tag, attributes, isSelfClosing);
    else if (tag === "noframes") inHead.open(builder, tag, attributes, isSelfClosing);
  },
  close() {},
};
