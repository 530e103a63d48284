import { axesOf } from "../../cells/words.js";
import type { Overview } from "../../engine/inside.js";
import { indexAt, placeOf } from "../../scheme.js";
import { mostLooked } from "./attention-maps.js";
import { headOfPlane, planeOfHead } from "./head-plane.js";

/** The token that is chosen as usual: the last, however many there are. */
export const LAST_TOKEN = 999;

/** What is chosen: in the picture of a block, in the maps of attention, and of a tensor's cells. */
interface Selection {
  readonly layer: number;
  readonly head: number;
  readonly token: number;
  /** Empty: the weights of attention of the layer. */
  readonly tensor: string;
  /** One index, or none: the usual cell. */
  readonly cell: readonly (readonly number[])[];
}

/** The selection with what it names and the pass has not brought to what is there. */
export function within({ layer, head, token }: Selection, { attention, ids }: Overview) {
  const shown = Math.min(layer, attention.length - 1);
  return {
    layer: shown,
    head: Math.min(head, attention[shown]!.heads - 1),
    token: Math.min(token, ids.length - 1),
  };
}

/** The axes of a tensor that count the tokens of the text: of attention who looks, and who is looked at. */
function tokenAxes(tensor: string, { pictures }: Overview): [looks?: number, looked?: number] {
  const axes = axesOf(tensor, pictures[tensor]!.shape.length);
  return axes.flatMap(({ of }, axis) => (of === "text" ? [axis] : [])) as [number?, number?];
}

/** An index with the row of a token; of attention with what that looks at most. */
function indexOfToken(tensor: string, index: readonly number[], token: number, overview: Overview): number[] {
  const [looks, looked] = tokenAxes(tensor, overview);
  const moved = [...index];
  if (looks !== undefined) moved[looks] = token;
  if (looked !== undefined) {
    const layer = Number(/^h\.(\d+)\./.exec(tensor)![1]);
    moved[looked] = mostLooked(overview, layer, index[1]!, token).key;
  }
  return moved;
}

/** The cell of a tensor that is shown where none is named: the chosen token's, in the chosen head. */
export function usualCell(tensor: string, selection: Selection, overview: Overview): number[] {
  const { shape } = overview.pictures[tensor]!;
  const chosen = within(selection, overview);
  const plane = planeOfHead(tensor, chosen, overview) ?? 0;
  return indexOfToken(tensor, indexAt(shape, { plane, row: 0, column: 0 }), chosen.token, overview);
}

/** What a chosen cell changes: the token whose row it is in, and the head where it is a head's. */
export function choiceOfCell(
  tensor: string,
  index: readonly number[],
  selection: Selection,
  overview: Overview,
) {
  const { plane } = placeOf(overview.pictures[tensor]!.shape, index);
  const [looks] = tokenAxes(tensor, overview);
  return {
    ...{ tensor, cell: [index] },
    ...headOfPlane(tensor, plane, selection, overview),
    ...(looks !== undefined && { token: lastOr(index[looks]!, overview) }),
  };
}

/** What a chosen token changes: a cell that is named goes to its row. */
export function choiceOfToken(
  token: number,
  { tensor, cell: [index] }: Selection,
  overview: Overview,
): Partial<Selection> {
  const isThere = index !== undefined && Object.hasOwn(overview.pictures, tensor);
  return {
    token: lastOr(token, overview),
    ...(isThere && { cell: [indexOfToken(tensor, index, token, overview)] }),
  };
}

/**
 * What a step of a run changes: what it makes is shown cell by cell, and its block as a picture; of what comes before or after all
 * blocks the first or the last one.
 */
export function choiceOfMade(tensor: string, { descriptions, attention }: Overview): Partial<Selection> {
  const [, layer] = /^h\.(\d+)\./.exec(tensor) ?? [];
  const at = descriptions.findIndex(({ name }) => name === tensor);
  const isAfter = at > descriptions.findLastIndex(({ name }) => name.startsWith("h."));
  return {
    tensor,
    cell: [],
    layer: layer !== undefined ? Number(layer) : isAfter ? attention.length - 1 : 0,
  };
}

/** What a chosen head changes: the cells of its layer's attention are then those of this head. */
export function choiceOfHead(
  head: { readonly layer: number; readonly head: number },
  shown: { readonly tensor: string; readonly index: readonly number[] },
  { cell, tensor: named }: Selection,
  overview: Overview,
): Partial<Selection> {
  const { tensor, index } = shown;
  const { shape } = overview.pictures[tensor]!;
  const plane = planeOfHead(tensor, head, overview);
  // The usual cell is that of the head.
  if (cell.length === 0 && (named === "" || plane !== undefined)) return head;
  if (plane === undefined) return { ...head, tensor, cell: [index] };
  return { ...head, tensor, cell: [indexAt(shape, { ...placeOf(shape, index), plane })] };
}

/** The head so many heads on from the chosen one, over all layers. */
export function headBy(
  by: number,
  selection: Selection,
  overview: Overview,
): Pick<Selection, "layer" | "head"> | undefined {
  const { layer, head } = within(selection, overview);
  const all = overview.attention.flatMap(({ heads }, layer) =>
    Array.from({ length: heads }, (_, head) => ({ layer, head })),
  );
  return all[all.findIndex((each) => each.layer === layer && each.head === head) + by];
}

/** The weight of attention that the maps show: the chosen cell's, or of the chosen token what it looks at most. */
export function weightOf(
  selection: Selection,
  shown: { readonly tensor: string; readonly index: readonly number[] },
  overview: Overview,
) {
  const { layer, head, token } = within(selection, overview);
  const [, looked] = tokenAxes(shown.tensor, overview);
  const isHeads = looked !== undefined && shown.tensor.startsWith(`h.${layer}.`) && shown.index[1] === head;
  const [, , query, key] = isHeads ? shown.index : [];
  return { query: query ?? token, key: key ?? mostLooked(overview, layer, head, token).key };
}

const lastOr = (token: number, { ids }: Overview) => (token >= ids.length - 1 ? LAST_TOKEN : token);
