import type { Field } from "../../fields.js";
import { openedRun } from "../../run/opened-run.js";

const SOURCES = ["pages", "files", "run"] as const;

/** Which documents are shown: as usual those that the reader's run dropped, once one is open. */
export const sourceField: Field<(typeof SOURCES)[number]> = {
  get initial() {
    return openedRun()?.drops ? "run" : "pages";
  },
  write: (name) => name,
  read: (text) => SOURCES.find((name) => name === text),
};
