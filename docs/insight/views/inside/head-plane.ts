import { axesOf } from "../../cells/words.js";
import type { Overview } from "../../engine/inside.js";

/** The layer whose heads a tensor's planes are, and how many heads of queries share one; undefined where they are no heads. */
function planesOfHeads(tensor: string, { pictures, attention }: Overview) {
  const { shape, planes } = pictures[tensor]!;
  const [, layer] = /^h\.(\d+)\./.exec(tensor) ?? [];
  if (layer === undefined || axesOf(tensor, shape.length).at(-3)?.counts !== "head") return undefined;
  const { heads } = attention[Number(layer)]!;
  return { layer: Number(layer), heads, group: heads / planes };
}

interface Head {
  readonly layer: number;
  readonly head: number;
}

/** The plane of a head; undefined where the tensor has none for it. */
export function planeOfHead(tensor: string, { layer, head }: Head, overview: Overview): number | undefined {
  const found = planesOfHeads(tensor, overview);
  if (found?.layer !== layer) return undefined;
  // An address may name a head that the model has not.
  return Math.floor(Math.min(head, found.heads - 1) / found.group);
}

/** The first head that a plane belongs to; undefined where the one that is shown does, too. */
export function headOfPlane(
  tensor: string,
  plane: number,
  shown: Head,
  overview: Overview,
): Head | undefined {
  if (planeOfHead(tensor, shown, overview) === plane) return undefined;
  const found = planesOfHeads(tensor, overview);
  return found && { layer: found.layer, head: plane * found.group };
}
