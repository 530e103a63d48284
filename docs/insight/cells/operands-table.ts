import type { Derivation } from "../engine/inside.js";
import { NOTHING_YET, type Table } from "../table.js";

/** The chosen cell's operands, each with what it is multiplied by. */
export function operandsTable(explained: Derivation | undefined): Table {
  if (!explained) return NOTHING_YET;
  const [{ tensor, index, captured }] = explained;
  return {
    caption: `What ${tensor}[${index.join(", ")}] = ${captured} is computed from`,
    ...perCell(explained, ["tensor", "index", "value", "role", "times"], ({ operands }) =>
      operands.map(({ tensor, index, value, role, coefficient }) => [
        tensor,
        index.join(", "),
        value,
        role,
        coefficient ?? "",
      ]),
    ),
  };
}

interface Cell {
  readonly tensor: string;
  readonly index: readonly number[];
}

/** Rows about cells; where these are several, it stands before each row which of them it is about. */
export function perCell<T extends Cell>(
  cells: readonly T[],
  head: readonly string[],
  rowsOf: (cell: T) => Table["rows"],
): Pick<Table, "head" | "rows"> {
  if (cells.length === 1) return { head, rows: rowsOf(cells[0]!) };
  const rows = cells.flatMap((cell) =>
    rowsOf(cell).map((row) => [`${cell.tensor}[${cell.index.join(", ")}]`, ...row]),
  );
  return { head: ["of", ...head], rows };
}
