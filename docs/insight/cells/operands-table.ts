import type { Explanation } from "@llm/gpt/inspect";
import { NOTHING_YET, type Table } from "../table.js";

/** The chosen cell's operands, each with what it is multiplied by. */
export function operandsTable(explained: Explanation | undefined): Table {
  if (!explained) return NOTHING_YET;
  const { tensor, index, captured, operands } = explained;
  return {
    caption: `What ${tensor}[${index.join(", ")}] = ${captured} is computed from`,
    head: ["tensor", "index", "value", "role", "times"],
    rows: operands.map(({ tensor, index, value, role, coefficient }) => [
      tensor,
      index.join(", "),
      value,
      role,
      coefficient ?? "",
    ]),
  };
}
