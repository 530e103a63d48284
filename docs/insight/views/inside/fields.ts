import { countField, pathsField, textField } from "../../fields.js";
import { flowFields } from "../../flow/fields.js";
import { FIRST_TEXT, modelField } from "../../models.js";
import { nextFields } from "../../next/fields.js";
import type { StateValues, View } from "../../view.js";
import { partField } from "./block/walk.js";
import { openField } from "./opened/openings.js";
import { LAST_TOKEN } from "./selection.js";

export const fields = {
  text: textField(FIRST_TEXT),
  model: modelField,
  /** Empty: the weights of attention of the layer. */
  tensor: textField(""),
  /** Its chosen cell. */
  cell: pathsField,
  /** The part of the block that is opened large. */
  open: openField,
  /** The step up to which it has come about; 0: all is there. */
  at: countField(0, 0, 99),
  /** The part that a walk through the block has come to. */
  part: partField,
  ...flowFields,
  ...nextFields,
  layer: countField(0, 0, 999),
  head: countField(0, 0, 999),
  token: countField(LAST_TOKEN, 0, LAST_TOKEN),
};

export type InsideState = StateValues<View<typeof fields>>;
