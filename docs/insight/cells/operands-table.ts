import type { Derivation } from "../engine/inside.js";
import { NOTHING_YET, type Table } from "../table.js";

/** A cell by its name. */
export const cellName = ({
  tensor,
  index,
}: {
  readonly tensor: string;
  readonly index: readonly number[];
}): string => `${tensor}[${index.join(", ")}]`;

/** Which of several cells a row is about, at its end. */
export const ofSeveral = (all: readonly unknown[], words: string): string[] =>
  all.length > 1 ? [words] : [];

/** The chosen cell's operands, each with what it is multiplied by. */
export function operandsTable(explained: Derivation | undefined): Table {
  if (!explained) return NOTHING_YET;
  const [own] = explained;
  return {
    caption: `What ${cellName(own)} = ${own.captured} is computed from`,
    head: ["tensor", "index", "value", "role", "times", ...ofSeveral(explained, "gives")],
    rows: explained.flatMap((made) =>
      made.operands.map(({ tensor, index, value, role, coefficient }) => [
        tensor,
        index.join(", "),
        value,
        role,
        coefficient ?? "",
        ...ofSeveral(explained, cellName(made)),
      ]),
    ),
  };
}
