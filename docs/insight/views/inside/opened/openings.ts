import type { Overview } from "../../../engine/inside.js";
import { choiceField } from "../../../fields.js";
import type { BlockTensors, Part } from "../block/tensors.js";

/** What of a block's picture opens large, by name, and the parts that open it: the last of them is what it makes. */
const PARTS_OF = {
  into: ["token", "place", "into"],
  norm1: ["norm1"],
  query: ["query"],
  key: ["key"],
  value: ["value"],
  attention: ["scores", "masked", "weights"],
  heads: ["found", "mixed", "attended"],
  middle: ["middle"],
  norm2: ["norm2"],
  mlp: ["wide", "up", "made", "fed"],
  out: ["out"],
  // Behind the last block, and of the others no part.
  next: ["final", "logits"],
} as const satisfies Readonly<Record<string, readonly Part[]>>;

export type Opening = keyof typeof PARTS_OF;

/** From left to right. */
export const OPENINGS = Object.keys(PARTS_OF) as Opening[];

/** Empty: none is open. */
export const openField = choiceField<Opening | "">("", ["", ...OPENINGS]);

/** What a part opens. */
export const openingOf = (part: Part): Opening =>
  OPENINGS.find((opening) => (PARTS_OF[opening] as readonly Part[]).includes(part))!;

/** The parts of an opening that a block has. */
export const partsOf = (opening: Opening, { names }: BlockTensors): readonly Part[] =>
  (PARTS_OF[opening] as readonly Part[]).filter((part) => names[part] !== undefined);

/** What an opening makes; undefined where a block has nothing of it. */
export const lastOf = (opening: Opening, tensors: BlockTensors): string | undefined =>
  opening === "next" ? "logits" : tensors.names[partsOf(opening, tensors).at(-1)!];

/** What behind the last block is looked at first: the logit of the most probable next token. */
export const bestLogit = ({ ids, lens }: Overview) => ({
  tensor: "logits",
  index: [0, ids.length - 1, lens.at(-1)!.best[0]!.id],
});
