import { axesOf, placeWords, textsOf } from "../../cells/words.js";
import type { CellWindow, Overview } from "../../engine/inside.js";
import type { ModelInfo } from "../../engine/opened.js";
import { NOTHING_YET, type Table } from "../../table.js";
import { headOf } from "./attention-maps.js";

/** The cells that are shown, and where they are from. */
export interface ShownPart extends CellWindow {
  readonly tensor: string;
  readonly plane: number;
  readonly of: Overview;
}

/** The tensor's cells that are shown one by one. */
export function cellsTable(part: ShownPart | undefined, info: ModelInfo | undefined): Table {
  if (!part || !info) return NOTHING_YET;
  const { tensor, plane, top, left, rows, columns, values, of } = part;
  const { shape, planes } = of.pictures[tensor]!;
  const axes = axesOf(tensor, shape.length);
  const tokens = textsOf(of, info);
  const words = (axis: number, at: number) => {
    const counted = axes.at(axis);
    return counted ? placeWords(counted, at, tokens) : "";
  };
  return {
    caption: `Cells of ${tensor}${planes > 1 ? `, ${words(-3, plane)}` : ""}`,
    head: ["", ...Array.from({ length: columns }, (_, column) => words(-1, left + column))],
    rows: Array.from({ length: rows }, (_, row) => [
      words(-2, top + row),
      ...values.subarray(row * columns, (row + 1) * columns),
    ]),
  };
}

/** Every weight of attention. */
export function attentionTable(overview: Overview | undefined, info: ModelInfo | undefined): Table {
  if (!overview || !info) return NOTHING_YET;
  const { attention, ids } = overview;
  const token = (at: number) => `${at} ${info.tokens[ids[at]!]}`;
  return {
    caption: "How much each token looks at each",
    head: ["block", "head", "who looks", ...ids.map((_, at) => token(at))],
    rows: attention.flatMap(({ heads }, layer) =>
      Array.from({ length: heads }, (_, head) => headOf(overview, layer, head)).flatMap((weights, head) =>
        ids.map((_, at) => [
          layer,
          head,
          token(at),
          ...weights.subarray(at * ids.length, (at + 1) * ids.length),
        ]),
      ),
    ),
  };
}

/** The most probable tokens after each layer. */
export function lensRows(overview: Overview | undefined, info: ModelInfo | undefined): Table {
  if (!overview || !info) return NOTHING_YET;
  return {
    caption: "The most probable next tokens, if the model ended after each block",
    head: ["after", "position", "token", "rank", "id", "next", "probability"],
    rows: overview.lens.flatMap(({ layer, position, best }) =>
      best.map(({ id, p }, rank) => [
        layer === 0 ? "embedding" : `block ${layer - 1}`,
        position,
        info.tokens[overview.ids[position]!]!,
        rank + 1,
        id,
        info.tokens[id]!,
        p,
      ]),
    ),
  };
}
