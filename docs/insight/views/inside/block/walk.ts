import { choiceField } from "../../../fields.js";
import type { About } from "./names.js";
import type { BlockTensors } from "./tensors.js";

/** In which order a walk goes through a block. What is added is told where both have met. */
const ORDER = [
  ...["token", "place", "+into", "into", "norm1", "query", "key", "value", "scores", "masked", "weights"],
  ...["found", "mixed", "attended", "+middle", "norm2", "wide", "up", "made", "fed", "+out"],
  ...["final", "logits", "next"],
] as About[];

/** Where a walk stands; empty: there is none. */
export const partField = choiceField<About | "">("", ["", ...ORDER]);

/** The parts that a block has. */
export const walkOf = ({ names }: BlockTensors): readonly About[] =>
  ORDER.filter((part) => {
    // A stream that begins here is a sum, or else may be the token's own row.
    if (part === "+into") return names.place !== undefined;
    if (part === "into") return names.place === undefined && names.token !== names.into;
    return part === "next" || part.startsWith("+") || names[part as keyof typeof names] !== undefined;
  });

/** A part that a walk has come to, and how far that is. */
export interface WalkedPart {
  readonly part: About;
  readonly at: number;
  readonly of: number;
}

/** undefined: the block has no such part, or there is no walk. */
export function walkedPart(part: About | "", tensors: BlockTensors): WalkedPart | undefined {
  const parts = walkOf(tensors);
  const at = parts.indexOf(part as About);
  return at < 0 ? undefined : { part: parts[at]!, at: at + 1, of: parts.length };
}
