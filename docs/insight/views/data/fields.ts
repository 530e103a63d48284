import { LIMITS } from "../../engine/data/limits.js";
import { choiceField, countField, textField, type Values } from "../../fields.js";
import { limitsField } from "./limits-field.js";
import { sourceField } from "./source-field.js";

/** What a link says of the view Data. */
export const fields = {
  source: sourceField,
  /** Of which the reasons are shown; empty: the one that drops most. */
  step: textField(""),
  /** Of which the documents are shown; empty: all that the step drops. */
  reason: textField(""),
  /** The document that is explained, by position; -1: the first that the step drops. */
  at: countField(-1, -1, 1e6),
  limit: choiceField(
    "minWords",
    LIMITS.map(({ name }) => name),
  ),
  limits: limitsField,
  /** The two that are compared, by position; -1: a near-duplicate and what it is one of. */
  a: countField(-1, -1, 1e6),
  b: countField(-1, -1, 1e6),
  /** Texts in their place. */
  left: textField(""),
  right: textField(""),
};

export type DataState = Values<typeof fields>;

/** What another choice of documents begins with. */
export const nothingChosen = {
  step: "",
  reason: "",
  at: -1,
  a: -1,
  b: -1,
  left: "",
  right: "",
} as const satisfies Partial<DataState>;
