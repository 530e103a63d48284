import { afterBody, afterFrameset, inFrameset } from "./after-body.js";
import { afterHead, beforeHead, beforeHtml, initial, inTemplate } from "./before-body.js";
import type { Mode, Rules } from "./builder.js";
import { inBody } from "./in-body.js";
import { inHead } from "./in-head.js";
import { inSelect, inSelectInTable } from "./in-select.js";
import { inCaption, inCell, inColumnGroup, inRow, inTable, inTableBody } from "./in-table.js";

/** The text of an element that holds nothing else. */
const text: Rules = {
  text: (builder, text) => builder.insertText(text),
  open() {},
  close(builder) {
    builder.elements.pop();
    builder.mode = builder.original;
  },
};

/** The insertion modes of the HTML Standard that a page's content depends on. */
export const modes: Readonly<Record<Mode, Rules>> = {
  initial,
  beforeHtml,
  beforeHead,
  inHead,
  afterHead,
  inBody,
  text,
  inTable,
  inCaption,
  inColumnGroup,
  inTableBody,
  inRow,
  inCell,
  inSelect,
  inSelectInTable,
  inTemplate,
  afterBody,
  inFrameset,
  afterFrameset,
};
